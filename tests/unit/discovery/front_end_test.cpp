// SPDX-License-Identifier: Apache-2.0
#include "discovery/front_end.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "discovery/front_end_type.hpp"

using namespace charmux;
using namespace charmux::discovery;

namespace {

ChardevFacts pty(std::string label, const std::string& number = "1") {
  return {std::move(label), "chardev-pty", "pty:/dev/pts/" + number, true, std::nullopt};
}
ChardevFacts plain(std::string label, const std::string& kind) {
  return {std::move(label), "chardev-" + kind, kind, false, std::nullopt};
}
DeviceFacts device(std::string path, std::string type, std::string chardev) {
  return {std::move(path), std::move(type), std::move(chardev), "", "", std::nullopt, std::nullopt};
}
DeviceFacts isa(std::string path, std::string chardev, int index) {
  DeviceFacts out = device(std::move(path), "isa-serial", std::move(chardev));
  out.index = index;
  return out;
}
DeviceFacts port(std::string type, std::string chardev, std::string bus, int nr, std::string name = "") {
  return {"/machine/peripheral/" + chardev,
          std::move(type),
          std::move(chardev),
          std::move(name),
          std::move(bus),
          std::nullopt,
          nr};
}
const Chardev& of(const std::vector<Chardev>& chardevs, const std::string& label) {
  const auto found = std::find_if(chardevs.begin(), chardevs.end(), [&](const Chardev& c) { return c.label == label; });
  REQUIRE(found != chardevs.end());
  return *found;
}
std::vector<std::string> labels(const std::vector<Chardev>& chardevs) {
  std::vector<std::string> out;
  out.reserve(chardevs.size());
  for (const Chardev& chardev : chardevs) out.push_back(chardev.label);
  return out;
}

}  // namespace

TEST_CASE("paths are ordered by the numbers in them") {
  CHECK(path_before("/machine/unattached/device[9]", "/machine/unattached/device[10]"));
  CHECK_FALSE(path_before("/machine/unattached/device[10]", "/machine/unattached/device[9]"));
  CHECK(path_before("a[1]/b", "a[1]/c"));
  CHECK(path_before("a", "a1"));
  CHECK_FALSE(path_before("a01", "a1"));
  CHECK_FALSE(path_before("a", "a"));
}

TEST_CASE("UARTs: isa-serial by index, then the board's by path, then what was added") {
  const auto found = chardevs_of(
      {{pty("pci"), pty("com2"), pty("soc10"), pty("soc9"), pty("com1")},
       {device("/machine/peripheral-anon/device[0]", "pci-serial", "pci"),
        isa("/machine/unattached/device[3]", "com2", 1), device("/machine/unattached/device[10]", "pl011", "soc10"),
        device("/machine/unattached/device[9]", "pl011", "soc9"), isa("/machine/unattached/device[7]", "com1", 0)},
       std::nullopt});
  CHECK(labels(found) == std::vector<std::string>{"com1", "com2", "soc9", "soc10", "pci"});
  for (unsigned at = 0; at < found.size(); ++at) {
    CHECK(found[at].kind == Kind::serial);
    CHECK(found[at].position == at);
    CHECK(found[at].primary == (at == 0));
    CHECK(found[at].at.has_value());
    CHECK(found[at].why_no_break.empty());
  }
}

TEST_CASE("the lowest UART is at position 0, whatever its index") {
  const auto found = chardevs_of({{pty("com2")}, {isa("/machine/unattached/device[3]", "com2", 1)}, std::nullopt});
  CHECK(found[0].position == 0);
  CHECK(found[0].primary);
}

TEST_CASE("a 16550 inside a device is the device") {
  const auto found = chardevs_of(
      {{pty("b"), pty("a")},
       {device("/machine/unattached/device[4]/serial", "serial", "a"), isa("/machine/unattached/device[4]", "a", 0),
        isa("/machine/unattached/device[3]", "b", 1), device("/machine/unattached/device[3]/serial", "serial", "b")},
       std::nullopt});
  CHECK(labels(found) == std::vector<std::string>{"a", "b"});
}

TEST_CASE("virtio consoles are ordered by bus and number") {
  const auto found = chardevs_of({{pty("c2"), pty("c1"), pty("c10")},
                                  {port("virtconsole", "c2", "/bus[2]", 0), port("virtconsole", "c1", "/bus[1]", 3),
                                   port("virtconsole", "c10", "/bus[10]", 0)},
                                  std::nullopt});
  CHECK(labels(found) == std::vector<std::string>{"c1", "c2", "c10"});
  CHECK(found[0].primary);
  for (const Chardev& chardev : found) {
    CHECK(chardev.kind == Kind::console);
    CHECK(chardev.why_no_break == "virtio consoles have none");
  }
}

TEST_CASE("the first serial bears the guest's name even where it cannot be offered") {
  const auto found =
      chardevs_of({{plain("serial0", "null"), pty("serial1"), pty("con")},
                   {isa("/machine/unattached/device[3]", "serial0", 0),
                    isa("/machine/unattached/device[4]", "serial1", 1), port("virtconsole", "con", "/b", 0)},
                   std::nullopt});
  CHECK(of(found, "serial0").primary);
  CHECK(of(found, "serial0").reason == "null: nothing to see");
  CHECK_FALSE(of(found, "serial1").primary);
  CHECK_FALSE(of(found, "con").primary);
}

TEST_CASE("machines' own channels are never offered") {
  const auto found = chardevs_of(
      {{pty("agent"), pty("spice"), pty("dbg"), pty("rng"), pty("vu"), pty("tpm"), pty("mystery"),
        pty("compat_monitor0"), pty("charmonitor"), pty("gdb"), pty("mon"), plain("#chr019", "gdb"),
        plain("rb", "ringbuf"), plain("fl", "file"), plain("par", "null")},
       {port("virtserialport", "agent", "/b", 1, "org.qemu.guest_agent.0"),
        port("virtserialport", "spice", "/b", 2, "com.redhat.spice.0"),
        device("/machine/peripheral-anon/device[0]", "isa-debugcon", "dbg"), device("/objects/r0", "rng-egd", "rng"),
        device("/machine/peripheral/vu", "vhost-user-fs-pci", "vu"),
        device("/machine/peripheral/m", "new-thing", "mystery"), device("t0", "tpm-emulator", "tpm"),
        device("/machine/peripheral/p", "isa-parallel", "par")},
       std::nullopt});
  CHECK(of(found, "agent").reason == "the guest agent's channel");
  CHECK(of(found, "spice").reason == "the SPICE agent's channel");
  CHECK(of(found, "dbg").reason == "the firmware's debug output (isa-debugcon)");
  CHECK(of(found, "rng").reason == "an entropy source's channel (rng-egd)");
  CHECK(of(found, "vu").reason == "a vhost-user device's channel");
  CHECK(of(found, "tpm").reason == "a TPM's channel");
  CHECK(of(found, "mystery").reason == "not known to be a console: a device of type new-thing uses it");
  CHECK(of(found, "compat_monitor0").reason == "a QEMU monitor");
  CHECK(of(found, "charmonitor").reason == "a QEMU monitor");
  CHECK(of(found, "gdb").reason == "the gdb stub");
  CHECK(of(found, "mon").reason == "no device of the guest uses it; perhaps a monitor");
  CHECK(of(found, "#chr019").reason == "the gdb stub");
  CHECK(of(found, "rb").reason == "ringbuf: it stays in QEMU's memory");
  CHECK(of(found, "fl").reason == "no device of the guest uses it; perhaps a monitor");
  CHECK(of(found, "par").kind == Kind::parallel);
  for (const Chardev& chardev : found) {
    CAPTURE(chardev.label);
    CHECK_FALSE(chardev.at.has_value());
    CHECK_FALSE(chardev.reason.empty());
    CHECK_FALSE(chardev.primary);
    CHECK((chardev.kind == Kind::other) == (chardev.label != "par"));
  }
}

TEST_CASE("a virtio port is no console, whatever its name is") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "a virtio channel, not a console"},
      {"org.example.console", "a virtio channel (org.example.console), not a console"},
      {"a\n\x1b[2J", "a virtio channel (a\\x0a\\x1b[2J), not a console"},
      {"org.qemu.guest_agent.1", "the guest agent's channel"},
      {"com.redhat.spice.0", "the SPICE agent's channel"},
      {"org.spice-space.webdav.0", "a SPICE channel"}};
  for (const auto& [name, reason] : cases) {
    const auto found = chardevs_of({{pty("p")}, {port("virtserialport", "p", "/b", 1, name)}, std::nullopt});
    CHECK(found[0].kind == Kind::other);
    CHECK(found[0].reason == reason);
    CHECK_FALSE(found[0].at.has_value());
    CHECK_FALSE(found[0].primary);
  }
}

TEST_CASE("a mux is listed as the console it is, with the reason, and what is under it is not offered") {
  const ChardevFacts mux = plain("serial0", "mux");
  const auto found = chardevs_of(
      {{pty("serial0-base"), mux, pty("other-base")},
       {isa("/machine/unattached/device[3]", "serial0", 0), isa("/machine/unattached/device[4]", "other-base", 1)},
       std::nullopt});
  CHECK(of(found, "serial0").kind == Kind::serial);
  CHECK(of(found, "serial0").primary);
  CHECK(of(found, "serial0").reason == "shared with QEMU's monitor (mux): Ctrl-A x would end the guest");
  CHECK(of(found, "serial0-base").kind == Kind::other);
  CHECK(of(found, "serial0-base").reason == "under a mux: Ctrl-A x would end the guest");
  CHECK(of(found, "other-base").at.has_value());
}

TEST_CASE("a break is promised only where QEMU's device hears it") {
  CHECK(front_end_type(device("/d", "pl011", "x")).why_no_break.empty());
  CHECK(front_end_type(device("/d", "usb-serial", "x")).why_no_break.empty());
  CHECK(front_end_type(device("/d", "spapr-vty", "x")).why_no_break == "QEMU's spapr-vty takes none");
  CHECK(front_end_type(device("/d", "isa-parallel", "x")).why_no_break == "parallel ports have none");
  CHECK(front_end_type(device("/d", "sclpconsole", "x")).kind == Kind::console);
}
