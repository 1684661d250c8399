// SPDX-License-Identifier: Apache-2.0
#include "discovery/offer_words.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "charmux/address/parts.hpp"
#include "charmux/base/text.hpp"

namespace charmux::discovery {
namespace {

struct Why {
  std::string_view kind;
  std::string_view reason;
};
// Kinds that are what they are, by the name that QEMU gives them.
constexpr std::array<Why, 15> kNever = {{
    {"null", "null: nothing to see"},
    {"mux", "shared with QEMU's monitor (mux): Ctrl-A x would end the guest"},
    {"hub", "hub: several chardevs share it"},
    {"vc", "vc: it is in QEMU's own window"},
    {"ringbuf", "ringbuf: it stays in QEMU's memory"},
    {"memory", "memory: it stays in QEMU's memory"},
    {"stdio", "stdio: it is QEMU's own terminal"},
    {"spicevmc", "a SPICE channel"},
    {"spiceport", "a SPICE channel"},
    {"qemu-vdagent", "QEMU's own SPICE agent"},
    {"dbus", "dbus: it is in QEMU's display"},
    {"gdb", "the gdb stub"},
    {"msmouse", "a mouse"},
    {"wctablet", "a tablet"},
    {"nmdm", "nmdm: a null modem of FreeBSD's"},
}};

const Why* why_never(std::string_view kind) {
  const auto found = std::find_if(kNever.begin(), kNever.end(), [kind](const Why& why) { return why.kind == kind; });
  return found == kNever.end() ? nullptr : &*found;
}

}  // namespace

Offer here(address::Backend at) { return {address::to_text(at), std::move(at), ""}; }

Offer never(std::string shown, std::string_view reason) {
  return {std::move(shown), std::nullopt, std::string(reason)};
}

Offer not_yet(const std::string& shown) { return never(shown, fmt::format("no backend yet: {}", printable(shown))); }

Offer calls(const std::string& shown) {
  return never(shown, fmt::format("it calls a server; to be that: --console NAME={}", printable(shown)));
}

Offer of_kind(const std::string& kind) {
  const Why* const why = why_never(kind);
  return why == nullptr ? not_yet(kind) : never(kind, why->reason);
}

bool is_never_offered(std::string_view kind) { return why_never(kind) != nullptr; }

Offer of_pty(const std::string& path) {
  if (!path.starts_with('/')) return never("pty:" + path, "QEMU does not say which pty it is");
  return here(address::Pty{path});
}

Offer of_socket_path(address::SocketPath at, bool server) {
  if (!server) return calls("unix-listen:" + address::to_text(at));
  if (at.path.size() > address::kMostSocketPath)
    return never("unix:" + at.path,
                 fmt::format("its path is too long: a socket's holds at most {} bytes", address::kMostSocketPath));
  return here(address::Unix{std::move(at)});
}

Offer at_place(std::string_view scheme, std::string_view place) {
  const std::string text = fmt::format("{}:{}", scheme, address::with_doubled_commas(place));
  Result<address::Backend> at = address::parse_backend(text);
  if (!at) return never(text, at.error().text);
  return here(std::move(*at));
}

std::string reachable(const std::string& host) {
  if (host.empty() || host == "0.0.0.0") return "127.0.0.1";
  return host == "::" ? "::1" : host;
}

std::string host_and_port(const std::string& host, const std::string& port) {
  return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + port;
}

}  // namespace charmux::discovery
