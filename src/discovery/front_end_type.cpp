// SPDX-License-Identifier: Apache-2.0
#include "discovery/front_end_type.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "charmux/base/text.hpp"

namespace charmux::discovery {
namespace {

// The device types of hw/char, hw/usb and hw/arm that have a chardev of their own and are UARTs, QEMU 5.2 to 10.2.
// Those which handle CHR_EVENT_BREAK:
constexpr std::array<std::string_view, 19> kUartsThatHearBreak = {
    "isa-serial",   "pci-serial",      "pci-serial-2x",   "pci-serial-4x",  "serial",
    "serial-mm",    "mchp.pfsoc.uart", "pl011",           "pl011_luminary", "x-pl011-rust",
    "cadence_uart", "imx.serial",      "exynos4210.uart", "escc",           "sh-serial",
    "mcf-uart",     "renesas-sci",     "strongarm-uart",  "usb-serial",
};
constexpr std::array<std::string_view, 4> kMoreThatHearBreak = {"nrf51_soc.uart", "ipoctal232", "diva-gsp",
                                                                "diva-gsp-multi"};
// And those which do not:
constexpr std::array<std::string_view, 26> kUarts = {
    "spapr-vty",      "riscv.sifive.uart", "riscv.htif.uart", "ibex-uart",      "shakti-uart",
    "cmsdk-apb-uart", "stm32f2xx-usart",   "stm32l4x5-usart", "stm32l4x5-uart", "stm32l4x5-lpuart",
    "bcm2835-aux",    "xlnx.xps-uartlite", "grlib-apbuart",   "grlib,apbuart",  "digic-uart",
    "etraxfs-serial", "etraxfs,serial",    "goldfish_tty",    "avr-usart",      "lm32-uart",
    "lm32-juart",     "milkymist-uart",    "max78000-uart",   "tricore-asclin", "altera-juart",
    "juart-altera",
};

// Names of virtio ports that many guests have, and who speaks there.
struct Named {
  std::string_view beginning;
  std::string_view is;
};
constexpr std::array<Named, 6> kAgents = {{
    {"org.qemu.guest_agent.", "the guest agent's channel"},
    {"com.redhat.spice.", "the SPICE agent's channel"},
    {"org.spice-space.", "a SPICE channel"},
    {"com.redhat.rhevm.", "the oVirt agent's channel"},
    {"ovirt-guest-agent.", "the oVirt agent's channel"},
    {"org.libguestfs.", "libguestfs's channel"},
}};
constexpr std::array<Named, 9> kOthers = {{
    {"vhost-user-", "a vhost-user device's channel"},
    {"cryptodev-vhost-user", "a vhost-user device's channel"},
    {"rng-egd", "an entropy source's channel (rng-egd)"},
    {"isa-debugcon", "the firmware's debug output (isa-debugcon)"},
    {"ivshmem-", "a shared memory server's channel (ivshmem)"},
    {"usb-redir", "USB redirection's channel"},
    {"ccid-card-passthru", "a smart card's channel"},
    {"tpm-", "a TPM's channel"},
    {"x-terminal3270", "a 3270 terminal, which is no byte stream"},
}};

template <class Table>
bool holds(const Table& table, std::string_view type) {
  return std::find(table.begin(), table.end(), type) != table.end();
}

template <class Table>
std::string_view look_up(const Table& table, std::string_view text) {
  const auto found = std::find_if(table.begin(), table.end(),
                                  [text](const Named& named) { return text.starts_with(named.beginning); });
  return found == table.end() ? std::string_view{} : found->is;
}

/// A virtio port is no console, whatever it is called: programs talk there, and what is typed at one would be a
/// command to it. Only a virtconsole is a terminal to the guest (hvc0).
std::string why_no_console(const std::string& port) {
  if (const std::string_view agent = look_up(kAgents, port); !agent.empty()) return std::string(agent);
  if (port.empty()) return "a virtio channel, not a console";
  return fmt::format("a virtio channel ({}), not a console", printable(port));
}

}  // namespace

FrontEndType front_end_type(const DeviceFacts& device) {
  const std::string& type = device.type;
  if (holds(kUartsThatHearBreak, type) || holds(kMoreThatHearBreak, type)) return {Kind::serial, "", ""};
  if (holds(kUarts, type)) return {Kind::serial, "", fmt::format("QEMU's {} takes none", type)};
  if (type == "isa-parallel") return {Kind::parallel, "", "parallel ports have none"};
  if (type == "virtserialport") return {Kind::other, why_no_console(device.name), ""};
  if (type == "virtconsole") return {Kind::console, "", "virtio consoles have none"};
  if (type == "sclpconsole" || type == "sclplmconsole") return {Kind::console, "", "SCLP consoles have none"};
  if (type == "xen-console") return {Kind::console, "", "Xen consoles have none"};
  if (const std::string_view other = look_up(kOthers, type); !other.empty())
    return {Kind::other, std::string(other), ""};
  return {Kind::other, fmt::format("not known to be a console: a device of type {} uses it", type), ""};
}

}  // namespace charmux::discovery
