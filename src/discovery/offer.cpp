// SPDX-License-Identifier: Apache-2.0
#include "discovery/offer.hpp"

#include <fmt/core.h>

#include <array>
#include <string_view>

#include "charmux/base/text.hpp"
#include "discovery/chardev_filename.hpp"

namespace charmux::discovery {
namespace {

using Filename = ChardevFilename::Kind;

struct Why {
  std::string_view kind;
  std::string_view reason;
};
// Kinds that are what they are, by the name that QEMU gives them.
constexpr std::array<Why, 14> kNever = {{
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
}};

Offer never(std::string shown, std::string_view reason) {
  return {std::move(shown), std::nullopt, std::string(reason)};
}

Offer not_yet(const std::string& shown) { return never(shown, fmt::format("no backend yet: {}", printable(shown))); }

/// A chardev that is a client: it may have a server already, so that charmuxd is one only when told to.
Offer calls(const std::string& shown) {
  return never(shown, fmt::format("it calls a server; to be that: --console NAME={}", printable(shown)));
}

Offer here(address::Backend at) { return {address::to_text(at), std::move(at), ""}; }

Offer of_plain(const std::string& kind) {
  for (const Why& why : kNever) {
    if (why.kind == kind) return never(kind, why.reason);
  }
  return not_yet(kind);
}

Offer of_pty(const std::string& path) {
  if (!path.starts_with('/')) return never("pty:" + path, "QEMU does not say which pty it is");
  return here(address::Pty{path});
}

/// A path as it is from the root; nullopt where nobody knows what it is relative to.
std::optional<std::string> absolute(const std::string& path, const std::optional<std::string>& directory) {
  if (path.starts_with('/')) return path;
  if (!directory) return std::nullopt;
  return (*directory == "/" ? "" : *directory) + "/" + path;
}

Offer of_unix(address::SocketPath at, bool server, const std::optional<std::string>& directory) {
  if (at.path.empty()) return never("unix:", "its socket has no name: another program gave it to QEMU");
  if (!at.abstract) {
    const std::optional<std::string> path = absolute(at.path, directory);
    if (!path)
      return never("unix:" + at.path, fmt::format("{} is relative to a directory of QEMU's that cannot be seen; "
                                                  "give QEMU an absolute path, or run charmuxd as its user",
                                                  printable(at.path)));
    at.path = *path;
  }
  if (!server) return calls("unix-listen:" + address::to_text(at));
  if (at.path.size() > address::kMostSocketPath)
    return never("unix:" + at.path,
                 fmt::format("its path is too long: a socket's holds at most {} bytes", address::kMostSocketPath));
  return here(address::Unix{std::move(at)});
}

/// The address that reaches a socket that listens everywhere.
std::string reachable(const std::string& host) {
  if (host.empty() || host == "0.0.0.0") return "127.0.0.1";
  return host == "::" ? "::1" : host;
}

Offer of_inet(const ChardevFilename& name, std::string host, const std::string& port) {
  if (name.server) host = reachable(host);
  const std::string place = (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + port;
  const bool telnet = name.kind == Filename::telnet;
  if (telnet && !name.server) return not_yet("telnet-listen:" + place);
  if (name.kind == Filename::websocket) return not_yet((name.server ? "websocket:" : "websocket-listen:") + place);
  if (!name.server) return calls("tcp-listen:" + place);
  Result<address::HostPort> at = address::parse_host_port(place, address::Side::connect);
  if (!at) return never((telnet ? "telnet:" : "tcp:") + place, at.error().text);
  return telnet ? here(address::Telnet{std::move(*at)}) : here(address::Tcp{std::move(*at)});
}

Offer of_socket(const ChardevFacts& chardev, const ChardevFilename& name, const std::optional<std::string>& directory) {
  // `addr` says what the text loses, above all while somebody is connected.
  if (const auto& address = chardev.address) {
    if (address->type == "unix") return of_unix({address->path, address->abstract}, name.server, directory);
    if (address->type == "inet") return of_inet(name, address->host, address->port);
    if (address->type == "vsock")
      return not_yet("vsock:" + (name.kind == Filename::vsock ? name.place : address->port));
    return never("fd:", "another program gave QEMU this socket, and is at its other end");
  }
  switch (name.kind) {
    case Filename::unix_socket: return of_unix({name.place, name.abstract}, name.server, directory);
    case Filename::tcp:
    case Filename::telnet:
    case Filename::websocket: return of_inet(name, name.host, name.port);
    case Filename::vsock: return not_yet("vsock:" + name.place);
    case Filename::fd:
      return never("fd:" + name.place, "another program gave QEMU this socket, and is at its other end");
    default: return not_yet("unknown");
  }
}

}  // namespace

Offer offer(const ChardevFacts& chardev, const std::optional<std::string>& directory) {
  constexpr std::string_view kPrefix = "chardev-";
  const ChardevFilename name = parse_chardev_filename(chardev.filename);
  // Of two subclasses of sockets the text looks like a socket's; only the type tells.
  const bool typed = chardev.type.starts_with(kPrefix);
  const std::string type = typed ? chardev.type.substr(kPrefix.size()) : "";
  if (typed && type != "socket" && type != "pty") return of_plain(type);
  if (name.kind == Filename::pty) return of_pty(name.place);
  if (name.kind == Filename::plain) return of_plain(name.place);
  return of_socket(chardev, name, directory);
}

}  // namespace charmux::discovery
