// SPDX-License-Identifier: Apache-2.0
#include "discovery/chardev_filename.hpp"

namespace charmux::discovery {
namespace {

using Kind = ChardevFilename::Kind;

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool take_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

/// ",server=on" since QEMU 6.0, ",server" before; the others of a UNIX socket followed in 6.2.
bool take_flag(std::string_view& text, std::string_view long_form) {
  return take_suffix(text, long_form) || take_suffix(text, long_form.substr(0, long_form.size() - 3));
}

void parse_unix(std::string_view text, ChardevFilename& out) {
  out.kind = Kind::unix_socket;
  out.server = take_flag(text, ",server=on");
  std::string_view name = text;
  take_flag(name, ",tight=on");
  // Tightness is a property of abstract names alone; otherwise the words are the end of a path.
  out.abstract = take_flag(name, ",abstract=on");
  out.place = out.abstract ? name : text;
}

void parse_tcp(std::string_view text, Kind kind, ChardevFilename& out) {
  constexpr std::string_view kArrow = " <-> ";
  out.kind = kind;
  if (const std::size_t arrow = text.find(kArrow); arrow != std::string_view::npos) {
    out.peer = text.substr(arrow + kArrow.size());
    text = text.substr(0, arrow);
  }
  out.server = take_flag(text, ",server=on");
  // An IPv6 address has no brackets while nobody is connected.
  const std::size_t colon = text.rfind(':');
  std::string_view host = text.substr(0, colon);
  if (colon != std::string_view::npos) out.port = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  out.host = host;
}

}  // namespace

ChardevFilename parse_chardev_filename(std::string_view text) {
  ChardevFilename out;
  std::string_view rest = text;
  out.connected = !take_prefix(rest, "disconnected:");
  if (take_prefix(rest, "unix:")) {
    parse_unix(rest, out);
  } else if (take_prefix(rest, "tcp:")) {
    parse_tcp(rest, Kind::tcp, out);
  } else if (take_prefix(rest, "telnet:")) {
    parse_tcp(rest, Kind::telnet, out);
  } else if (take_prefix(rest, "websocket:")) {
    parse_tcp(rest, Kind::websocket, out);
  } else if (take_prefix(rest, "vsock:")) {
    out.kind = Kind::vsock;
    out.place = rest;
  } else if (take_prefix(rest, "fd:")) {
    out.kind = Kind::fd;
    out.server = take_flag(rest, ",server=on");
    out.place = rest;
  } else if (rest == "unknown") {
    out.kind = Kind::unknown;
  } else {
    out.connected = false;
    out.kind = take_prefix(rest, "pty:") ? Kind::pty : Kind::plain;
    out.place = rest;
  }
  return out;
}

}  // namespace charmux::discovery
