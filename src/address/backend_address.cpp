// SPDX-License-Identifier: Apache-2.0
#include "charmux/address/backend_address.hpp"

#include <algorithm>
#include <array>

#include "charmux/address/parts.hpp"
#include "charmux/base/text.hpp"

namespace charmux::address {
namespace {

constexpr std::size_t kMostPath = 4095;  // PATH_MAX, less its NUL

Result<Backend> parse_pty(const std::string& path) {
  if (path[0] != '/') return failure("path {} is not absolute: write pty:/dev/pts/N", in_quotes(path));
  if (path.size() > kMostPath)
    return failure("a path of {} bytes is too long: it holds at most {}", path.size(), kMostPath);
  return Pty{path};
}

template <class Kind>
Result<Backend> parse_unix(const std::string& place) {
  return parse_socket_path(place).map([](SocketPath at) { return Backend(Kind{std::move(at)}); });
}

template <class Kind, Side side>
Result<Backend> parse_tcp(const std::string& place) {
  if (place[0] == '/' || place[0] == '@')
    return failure("{} is a UNIX socket, not HOST:PORT: write unix{}:{}", in_quotes(place),
                   side == Side::listen ? "-listen" : "", printable(place));
  return parse_host_port(place, side).map([](HostPort at) { return Backend(Kind{std::move(at)}); });
}

constexpr std::array<std::string_view, 5> kSchemes = {"pty", "unix", "tcp", "unix-listen", "tcp-listen"};
/// What reads the place of each.
constexpr std::array<Result<Backend> (*)(const std::string&), kSchemes.size()> kParsers = {
    parse_pty, parse_unix<Unix>, parse_tcp<Tcp, Side::connect>, parse_unix<UnixListen>,
    parse_tcp<TcpListen, Side::listen>};

std::string terms_text(const TlsTerms& terms) {
  std::string text;
  for (const auto& [name, value] : {std::pair("ca", terms.ca), std::pair("cert", terms.cert),
                                    std::pair("key", terms.key), std::pair("verify", terms.verify)})
    if (!value.empty()) text += fmt::format(",{}={}", name, with_doubled_commas(value));
  return text;
}

struct ToText {
  std::string operator()(const Pty& pty) const { return "pty:" + with_doubled_commas(pty.path); }
  std::string operator()(const Unix& socket) const { return "unix:" + to_text(socket.at); }
  std::string operator()(const Tcp& tcp) const { return "tcp:" + to_text(tcp.at); }
  std::string operator()(const UnixListen& socket) const { return "unix-listen:" + to_text(socket.at); }
  std::string operator()(const TcpListen& tcp) const { return "tcp-listen:" + to_text(tcp.at); }
  std::string operator()(const Telnet& telnet) const { return "telnet:" + to_text(telnet.at); }
  std::string operator()(const Tls& tls) const { return "tls:" + to_text(tls.at) + terms_text(tls.terms); }
  std::string operator()(const Telnets& tls) const { return "telnets:" + to_text(tls.at) + terms_text(tls.terms); }
  std::string operator()(const Udp& udp) const {
    return "udp:" + to_text(udp.at) + (udp.bind ? ",bind=" + to_text(*udp.bind) : "");
  }
  std::string operator()(const Pipe& pipe) const { return "pipe:" + with_doubled_commas(pipe.path); }
  std::string operator()(const File& file) const { return "file:" + with_doubled_commas(file.path); }
  std::string operator()(const Serial& serial) const { return address::to_text(serial); }
  std::string operator()(const Exec& exec) const { return "exec:" + exec.line; }
};

}  // namespace

Error unknown_scheme(std::string_view scheme, std::span<const std::string_view> known) {
  // Of two or three letters nearly every scheme is near every other: a guess would mislead.
  const std::string_view near = scheme.size() > 3 ? nearest(scheme, known) : std::string_view{};
  return {fmt::format("unknown scheme {}: use {}{}", in_quotes(scheme), either_of(known),
                      near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near))};
}

Result<Backend> parse_backend(std::string_view text, std::span<const Option>) {
  const Result<Parts> parts = split(text);
  if (!parts) return tl::unexpected(parts.error());
  const auto scheme = std::find(kSchemes.begin(), kSchemes.end(), parts->scheme);
  if (scheme == kSchemes.end()) return tl::unexpected(unknown_scheme(parts->scheme, kSchemes));
  if (!parts->options.empty())
    return failure("unknown option {}: {} takes none; write ,, for a comma in a path",
                   in_quotes(parts->options[0].name), parts->scheme);
  return kParsers.at(static_cast<std::size_t>(scheme - kSchemes.begin()))(parts->place);
}

std::string to_text(const Backend& backend) { return std::visit(ToText{}, backend); }

Status check_name(std::string_view name) {
  if (name.empty()) return failure("a console needs a name that is not empty");
  if (const std::size_t length = percent_encoded(name).size(); length > kMostName)
    return failure("a name of {} bytes is too long: its history's file bears it, percent-encoded, in at most {}",
                   length, kMostName);
  if (name.find('\0') != std::string_view::npos) return failure("a console's name cannot hold a NUL byte");
  return {};
}

Result<NamedBackend> parse_console(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos)
    return failure("{} has no '=': write NAME=ADDRESS, such as c1=unix:/run/vm.sock", in_quotes(text));
  const std::string_view name = text.substr(0, equals);
  if (const Status good = check_name(name); !good) return tl::unexpected(good.error());
  return parse_backend(text.substr(equals + 1)).map([&](Backend backend) {
    return NamedBackend{std::string(name), std::move(backend)};
  });
}

}  // namespace charmux::address
