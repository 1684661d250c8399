// SPDX-License-Identifier: Apache-2.0
#include "charmux/address/place.hpp"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>

#include "charmux/address/parts.hpp"

namespace charmux::address {
namespace {

constexpr std::size_t kMostHostName = 253;  // RFC 1035 2.3.4, as text

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_ipv4(const std::string& host) {
  in_addr address{};
  return ::inet_pton(AF_INET, host.c_str(), &address) == 1;
}

Result<std::uint16_t> parse_port(std::string_view text, Side side) {
  unsigned port = 0;
  const char* const end = text.data() + text.size();
  const bool digits = !text.empty() && text.size() <= 5 && std::all_of(text.begin(), text.end(), is_digit);
  if (!digits || std::from_chars(text.data(), end, port).ptr != end || port > 65535)
    return failure("{} is not a port: write a number from 1 to 65535", in_quotes(text));
  if (port == 0)
    return failure("port 0 {}: write a number from 1 to 65535",
                   side == Side::listen ? "would be a free port that no client knows" : "cannot be connected to");
  return static_cast<std::uint16_t>(port);
}

/// The shortest spelling of what stands between brackets, so that one address has one text.
Result<std::string> parse_ipv6(std::string_view inside) {
  const std::size_t percent = inside.find('%');
  const std::string address(inside.substr(0, percent));
  in6_addr bytes{};
  if (::inet_pton(AF_INET6, address.c_str(), &bytes) != 1)
    return failure("'[{}]' does not hold an IPv6 address: write [::1]:PORT, or a name or IPv4 address without brackets",
                   in_quotes(inside).substr(1, in_quotes(inside).size() - 2));
  char text[INET6_ADDRSTRLEN];
  ::inet_ntop(AF_INET6, &bytes, text, sizeof text);
  if (percent == std::string_view::npos) return std::string(text);
  const std::string_view zone = inside.substr(percent + 1);
  const auto allowed = [](char c) { return is_word(c) || c == '.'; };
  if (zone.empty() || zone.size() >= IF_NAMESIZE || !std::all_of(zone.begin(), zone.end(), allowed))
    return failure("{} is not an interface: write [fe80::1%eth0]:PORT", in_quotes(zone));
  return fmt::format("{}%{}", text, zone);
}

/// A resolver would take "127.1", "010.0.0.1" or "0x7f.1" for addresses, each in its own way. A host whose last part is
/// a number (as WHATWG URL tells them apart) is four plain decimals here, or refused.
bool looks_like_ipv4(std::string_view host) {
  if (host.back() == '.') host.remove_suffix(1);
  const std::string_view last = host.substr(host.rfind('.') + 1);
  return !last.empty() && is_digit(last[0]) &&
         (std::all_of(last.begin(), last.end(), is_digit) || last.substr(0, 2) == "0x" || last.substr(0, 2) == "0X");
}

Result<std::string> parse_host(std::string_view host, std::string_view whole, Side side) {
  if (host.empty())
    return failure("{} has no host: write one, such as 127.0.0.1:PORT or [::1]:PORT{}", in_quotes(whole),
                   side == Side::listen ? ", or *:PORT for every address" : "");
  if (host.find(':') != std::string_view::npos)
    return failure("{} has an IPv6 address without brackets: write [::1]:PORT", in_quotes(whole));
  if (host == "*" && side == Side::listen) return std::string(host);
  if (host == "*") return failure("'*' is every address of this machine, to listen at: name one host to connect to");
  std::string name(host);
  if (is_ipv4(name)) return name;
  if (looks_like_ipv4(host))
    return failure(
        "{} is not an IPv4 address: write four numbers from 0 to 255 without leading zeros, such as 127.0.0.1",
        in_quotes(host));
  const auto allowed = [](char c) { return is_word(c) || c == '.'; };
  if (host.size() > kMostHostName || host[0] == '.' || host[0] == '-' ||
      !std::all_of(host.begin(), host.end(), allowed))
    return failure("{} is not a host: write a name of letters, digits, '-', '_' and '.', an IPv4 address or [IPv6]",
                   in_quotes(host));
  std::transform(name.begin(), name.end(), name.begin(), lower);
  return name;
}

bool is_ipv6(const std::string& host) { return host.find(':') != std::string::npos; }

/// Whether listening at `wide` takes the port away from `host` too.
bool covers(const std::string& wide, const std::string& host) {
  if (wide == host || wide == "*") return true;
  return (wide == "0.0.0.0" && is_ipv4(host)) || (wide == "::" && is_ipv6(host));
}

}  // namespace

Result<HostPort> parse_host_port(std::string_view text, Side side) {
  if (text.find('\0') != std::string_view::npos) return failure("a host and port cannot hold a NUL byte");
  const bool bracketed = !text.empty() && text[0] == '[';
  const std::size_t bracket = text.find(']');
  if (bracketed && bracket == std::string_view::npos)
    return failure("{} has no ']': write [::1]:PORT", in_quotes(text));
  const std::size_t colon = bracketed ? bracket + 1 : text.rfind(':');
  if (colon >= text.size()) return failure("{} has no port: write HOST:PORT, such as 127.0.0.1:7001", in_quotes(text));
  if (text[colon] != ':') return failure("{} goes on behind its ']': write [::1]:PORT", in_quotes(text));
  const Result<std::string> host =
      bracketed ? parse_ipv6(text.substr(1, bracket - 1)) : parse_host(text.substr(0, colon), text, side);
  if (!host) return tl::unexpected(host.error());
  return parse_port(text.substr(colon + 1), side).map([&](std::uint16_t port) { return HostPort{*host, port}; });
}

Result<HostPort> parse_listen_host(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return failure("a host cannot hold a NUL byte");
  if (text.find('/') != std::string_view::npos || text.rfind('@', 0) == 0)
    return failure("{} is no host: only a HOST has ports, such as 127.0.0.1 or [::1]", in_quotes(text));
  const bool bracketed = !text.empty() && text[0] == '[';
  const std::size_t end = bracketed ? text.find(']') : text.size();
  if (end == std::string_view::npos) return failure("{} has no ']': write [::1]", in_quotes(text));
  const std::string_view behind = bracketed ? text.substr(end + 1) : text.substr(std::min(text.find(':'), end));
  if (!bracketed && behind.find(':', 1) != std::string_view::npos)
    return failure("{} has an IPv6 address without brackets: write [::1]", in_quotes(text));
  if (!behind.empty() && behind[0] == ':')
    return failure("{} has a port, and a range of ports: leave one of them out", in_quotes(text));
  if (bracketed && !behind.empty()) return failure("{} goes on behind its ']': write [::1]", in_quotes(text));
  const Result<std::string> host =
      bracketed ? parse_ipv6(text.substr(1, end - 1)) : parse_host(text, text, Side::listen);
  return host.map([](const std::string& name) { return HostPort{name, 0}; });
}

Result<SocketPath> parse_socket_path(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return failure("a socket's path cannot hold a NUL byte");
  const bool abstract = !text.empty() && text[0] == '@';
  if (!abstract && (text.empty() || text[0] != '/'))
    return failure("path {} is not absolute: write /PATH, or @NAME for an abstract socket", in_quotes(text));
  const std::string_view path = abstract ? text.substr(1) : text;
  if (path.empty()) return failure("'@' alone names no abstract socket: write @NAME");
  if (path.size() > kMostSocketPath)
    return failure("{} has {} bytes: a UNIX socket's path holds at most {}; use a shorter one", in_quotes(text),
                   path.size(), kMostSocketPath);
  return SocketPath{std::string(path), abstract};
}

Result<Place> parse_place(std::string_view place, Side side) {
  if (!place.empty() && (place[0] == '/' || place[0] == '@'))
    return parse_socket_path(place).map([](SocketPath at) { return Place(std::move(at)); });
  // Only what a person meant as a path has a slash: say that, rather than that a port is missing.
  if (place.find('/') != std::string_view::npos)
    return failure("{} is neither HOST:PORT nor an absolute path: write /PATH", in_quotes(place));
  return parse_host_port(place, side).map([](HostPort at) { return Place(std::move(at)); });
}

std::string host_text(const HostPort& at) { return is_ipv6(at.host) ? "[" + at.host + "]" : at.host; }

std::string to_text(const HostPort& at) { return fmt::format("{}:{}", host_text(at), at.port); }

std::string to_text(const SocketPath& at) { return (at.abstract ? "@" : "") + with_doubled_commas(at.path); }

std::string to_text(const Place& at) {
  return std::visit([](const auto& one) { return to_text(one); }, at);
}

bool is_loopback(const HostPort& at) {
  if (at.host == "localhost") return true;
  if (is_ipv4(at.host)) return at.host.rfind("127.", 0) == 0;
  return at.host.substr(0, at.host.find('%')) == "::1";
}

bool is_name(const HostPort& at) { return at.host != "*" && !is_ipv4(at.host) && !is_ipv6(at.host); }

bool overlap(const Place& a, const Place& b) {
  const auto* const left = std::get_if<HostPort>(&a);
  const auto* const right = std::get_if<HostPort>(&b);
  if (left == nullptr || right == nullptr) return a == b;
  return left->port == right->port && (covers(left->host, right->host) || covers(right->host, left->host));
}

}  // namespace charmux::address
