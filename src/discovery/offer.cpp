// SPDX-License-Identifier: Apache-2.0
#include "discovery/offer.hpp"

#include <fmt/core.h>

#include <string_view>

#include "charmux/base/text.hpp"
#include "discovery/chardev_filename.hpp"

namespace charmux::discovery {
namespace {

using Filename = ChardevFilename::Kind;

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
  return of_socket_path(std::move(at), server);
}

Offer of_inet(const ChardevFilename& name, std::string host, const std::string& port) {
  if (name.server) host = reachable(host);
  const std::string place = host_and_port(host, port);
  const bool telnet = name.kind == Filename::telnet;
  if (telnet && !name.server) return not_yet("telnet-listen:" + place);
  if (name.kind == Filename::websocket) return not_yet((name.server ? "websocket:" : "websocket-listen:") + place);
  if (!name.server) return calls("tcp-listen:" + place);
  return at_place(telnet ? "telnet" : "tcp", place);
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
  if (typed && type != "socket" && type != "pty") return of_kind(type);
  if (name.kind == Filename::pty) return of_pty(name.place);
  if (name.kind == Filename::plain) return of_kind(name.place);
  return of_socket(chardev, name, directory);
}

}  // namespace charmux::discovery
