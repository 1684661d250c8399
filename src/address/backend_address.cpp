// SPDX-License-Identifier: Apache-2.0
#include "charmux/address/backend_address.hpp"

#include <algorithm>
#include <array>

#include "address/backend_options.hpp"
#include "charmux/address/libvirt_uri.hpp"
#include "charmux/address/words.hpp"
#include "charmux/base/text.hpp"

namespace charmux::address {
namespace {

constexpr std::size_t kMostPath = 4095;  // PATH_MAX, less its NUL

Status check_path(const std::string& path, std::string_view example, std::size_t ending = 0) {
  if (path[0] != '/') return failure("path {} is not absolute: write {}", in_quotes(path), example);
  if (path.size() > kMostPath - ending)
    return failure("a path of {} bytes is too long: it holds at most {}", path.size(), kMostPath - ending);
  return {};
}

Result<Backend> parse_pty(const std::string& path, const Options&) {
  return check_path(path, "pty:/dev/pts/N").map([&] { return Backend(Pty{path}); });
}

template <class Kind>
Result<Backend> parse_unix(const std::string& place, const Options&) {
  return parse_socket_path(place).map([](SocketPath at) { return Backend(Kind{std::move(at)}); });
}

template <class Kind, Side side>
Result<Backend> parse_tcp(const std::string& place, const Options&) {
  if (place[0] == '/' || place[0] == '@')
    return failure("{} is a UNIX socket, not HOST:PORT: write unix{}:{}", in_quotes(place),
                   side == Side::listen ? "-listen" : "", printable(place));
  return parse_host_port(place, side).map([](HostPort at) { return Backend(Kind{std::move(at)}); });
}

/// The options of a serial port, as far as they are there.
Status read_port(const Options& options, Serial& into) {
  struct Part {
    std::string_view name;
    Status (*read)(std::string_view, Serial&);
  };
  for (const Part& part : {Part{"speed", parse_speed}, Part{"framing", parse_framing}, Part{"flow", parse_flow}})
    if (options.has(part.name))
      if (const Status good = part.read(options.text(part.name), into); !good) return good;
  return {};
}

Result<std::optional<RemotePort>> read_remote_port(const Options& options) {
  for (const std::string_view name : {"speed", "framing", "flow"})
    if (options.has(name) && !options.has("rfc2217"))
      return failure("option '{}' is of no use without 'rfc2217': give both", name);
  if (!options.has("rfc2217")) return std::nullopt;
  Serial port;
  if (const Status good = read_port(options, port); !good) return tl::unexpected(good.error());
  RemotePort remote;
  if (options.has("speed")) remote.speed = port.speed;
  if (options.has("framing")) remote.framing = Framing{port.data_bits, port.parity, port.stop_bits};
  if (options.has("flow")) remote.flow = port.flow;
  return remote;
}

Result<Backend> parse_telnet(const std::string& place, const Options& options) {
  const auto port = read_remote_port(options);
  if (!port) return tl::unexpected(port.error());
  return parse_host_port(place, Side::connect).map([&](HostPort at) { return Backend(Telnet{std::move(at), *port}); });
}

Result<TlsTerms> read_terms(const Options& options) {
  TlsTerms terms{options.text("ca"), options.text("cert"), options.text("key"), options.text("verify")};
  for (const auto& [name, path] :
       {std::pair("ca", terms.ca), std::pair("cert", terms.cert), std::pair("key", terms.key)})
    if (options.has(name) && (path.empty() || path[0] != '/'))
      return failure("option '{}' must be an absolute path, not {}", name, in_quotes(path));
  if (options.has("key") && !options.has("cert")) return failure("option 'key' is of no use without 'cert': give both");
  if (options.has("verify") && terms.verify.empty())
    return failure("option 'verify' is empty: write the name that the certificate has, or off");
  return terms;
}

Result<Backend> parse_tls(const std::string& place, const Options& options) {
  const auto terms = read_terms(options);
  if (!terms) return tl::unexpected(terms.error());
  return parse_host_port(place, Side::connect).map([&](HostPort at) { return Backend(Tls{std::move(at), *terms}); });
}

Result<Backend> parse_telnets(const std::string& place, const Options& options) {
  const auto terms = read_terms(options);
  if (!terms) return tl::unexpected(terms.error());
  const auto port = read_remote_port(options);
  if (!port) return tl::unexpected(port.error());
  return parse_host_port(place, Side::connect).map([&](HostPort at) {
    return Backend(Telnets{std::move(at), *terms, *port});
  });
}

Result<Backend> parse_udp(const std::string& place, const Options& options) {
  Udp udp;
  if (options.has("bind")) {
    Result<HostPort> bind = parse_host_port(options.text("bind"), Side::listen);
    if (!bind) return failure("option 'bind': {}", bind.error().text);
    udp.bind = std::move(*bind);
  }
  return parse_host_port(place, Side::connect).map([&](HostPort at) {
    udp.at = std::move(at);
    return Backend(std::move(udp));
  });
}

Result<Backend> parse_pipe(const std::string& path, const Options&) {
  constexpr std::string_view kEnding = ".out";
  return check_path(path, "pipe:/PATH", kEnding.size()).map([&] { return Backend(Pipe{path}); });
}

Result<Backend> parse_file(const std::string& path, const Options&) {
  return check_path(path, "file:/PATH").map([&] { return Backend(File{path}); });
}

Result<Backend> parse_serial(const std::string& path, const Options& options) {
  if (const Status good = check_path(path, "serial:/dev/ttyS0"); !good) return tl::unexpected(good.error());
  Serial serial{path};
  if (const Status good = read_port(options, serial); !good) return tl::unexpected(good.error());
  return Backend(std::move(serial));
}

Result<Backend> parse_libvirt(const std::string& place, const Options& options) {
  // libvirt gives no domain a name with a slash in it.
  const std::size_t slash = place.find('/');
  Libvirt libvirt;
  libvirt.domain = place.substr(0, slash);
  if (libvirt.domain.empty())
    return failure("{} has no domain: write libvirt:DOMAIN or libvirt:DOMAIN/ALIAS", in_quotes(place));
  if (slash != std::string::npos) {
    libvirt.alias = place.substr(slash + 1);
    if (!is_libvirt_alias(libvirt.alias))
      return failure("{} is no alias of a device: write one as the domain's XML has it, such as serial1 or ua-admin",
                     in_quotes(libvirt.alias));
  }
  if (options.has("uri")) libvirt.uri = options.text("uri");
  if (const Status good = check_libvirt_uri(libvirt.uri); !good) return failure("option 'uri': {}", good.error().text);
  return Backend(std::move(libvirt));
}

Result<Backend> parse_exec(const std::string& line, const Options& options) {
  Exec exec{line, {"/bin/sh", "-c", line}};
  if (!options.has("shell")) {
    Result<std::vector<std::string>> words = split_words(line);
    if (!words) return tl::unexpected(words.error());
    exec.words = std::move(*words);
  }
  if (exec.words.empty() || exec.words[0].empty())
    return failure("no program stands behind exec: write its path or name, and what it is given");
  if (options.has("window"))
    if (const Status good = parse_window(options.text("window"), exec.columns, exec.rows); !good)
      return tl::unexpected(good.error());
  return Backend(std::move(exec));
}

constexpr std::array<std::string_view, 4> kOfTelnet = {"rfc2217", "speed", "framing", "flow"};
constexpr std::array<std::string_view, 4> kOfTls = {"ca", "cert", "key", "verify"};
constexpr std::array<std::string_view, 8> kOfTelnets = {"ca",      "cert",  "key",     "verify",
                                                        "rfc2217", "speed", "framing", "flow"};
constexpr std::array<std::string_view, 1> kOfUdp = {"bind"};
constexpr std::array<std::string_view, 3> kOfSerial = {"speed", "framing", "flow"};
constexpr std::array<std::string_view, 1> kOfLibvirt = {"uri"};
constexpr std::array<std::string_view, 2> kOfExec = {"shell", "window"};

struct Scheme {
  std::string_view name;
  std::span<const std::string_view> options;
  Result<Backend> (*parse)(const std::string& place, const Options& options);
};
constexpr std::array<Scheme, 14> kSchemes = {{{"pty", {}, parse_pty},
                                              {"unix", {}, parse_unix<Unix>},
                                              {"tcp", {}, parse_tcp<Tcp, Side::connect>},
                                              {"unix-listen", {}, parse_unix<UnixListen>},
                                              {"tcp-listen", {}, parse_tcp<TcpListen, Side::listen>},
                                              {"telnet", kOfTelnet, parse_telnet},
                                              {"tls", kOfTls, parse_tls},
                                              {"telnets", kOfTelnets, parse_telnets},
                                              {"udp", kOfUdp, parse_udp},
                                              {"pipe", {}, parse_pipe},
                                              {"file", {}, parse_file},
                                              {"serial", kOfSerial, parse_serial},
                                              {"libvirt", kOfLibvirt, parse_libvirt},
                                              {"exec", kOfExec, parse_exec}}};

Error unknown_backend(std::string_view scheme) {
  std::array<std::string_view, kSchemes.size()> names;
  std::transform(kSchemes.begin(), kSchemes.end(), names.begin(), [](const Scheme& each) { return each.name; });
  return unknown_scheme(scheme, names);
}

std::string terms_text(const TlsTerms& terms) {
  std::string text;
  for (const auto& [name, value] : {std::pair("ca", terms.ca), std::pair("cert", terms.cert),
                                    std::pair("key", terms.key), std::pair("verify", terms.verify)})
    if (!value.empty()) text += fmt::format(",{}={}", name, with_doubled_commas(value));
  return text;
}

std::string rfc2217_text(const std::optional<RemotePort>& port) {
  if (!port) return {};
  const std::string settings = to_text(*port);
  return ",rfc2217" + (settings.empty() ? "" : "," + settings);
}

struct ToText {
  std::string operator()(const Pty& pty) const { return "pty:" + with_doubled_commas(pty.path); }
  std::string operator()(const Unix& socket) const { return "unix:" + to_text(socket.at); }
  std::string operator()(const Tcp& tcp) const { return "tcp:" + to_text(tcp.at); }
  std::string operator()(const UnixListen& socket) const { return "unix-listen:" + to_text(socket.at); }
  std::string operator()(const TcpListen& tcp) const { return "tcp-listen:" + to_text(tcp.at); }
  std::string operator()(const Telnet& telnet) const {
    return "telnet:" + to_text(telnet.at) + rfc2217_text(telnet.rfc2217);
  }
  std::string operator()(const Tls& tls) const { return "tls:" + to_text(tls.at) + terms_text(tls.terms); }
  std::string operator()(const Telnets& tls) const {
    return "telnets:" + to_text(tls.at) + terms_text(tls.terms) + rfc2217_text(tls.rfc2217);
  }
  std::string operator()(const Udp& udp) const {
    return "udp:" + to_text(udp.at) + (udp.bind ? ",bind=" + to_text(*udp.bind) : "");
  }
  std::string operator()(const Pipe& pipe) const { return "pipe:" + with_doubled_commas(pipe.path); }
  std::string operator()(const File& file) const { return "file:" + with_doubled_commas(file.path); }
  std::string operator()(const Serial& serial) const { return address::to_text(serial); }
  std::string operator()(const Exec& exec) const { return "exec:" + exec.line; }
  std::string operator()(const Libvirt& libvirt) const {
    return "libvirt:" + with_doubled_commas(libvirt.domain) + (libvirt.alias.empty() ? "" : "/" + libvirt.alias) +
           (libvirt.uri == Libvirt{}.uri ? "" : ",uri=" + with_doubled_commas(libvirt.uri));
  }
};

/// `exec:` takes the rest of the line, commas and all.
Result<Parts> split_backend(std::string_view text) {
  constexpr std::string_view kExec = "exec:";
  if (!text.starts_with(kExec)) return split(text);
  if (text.find('\0') != std::string_view::npos) return failure("an address cannot hold a NUL byte");
  return Parts{"exec", std::string(text.substr(kExec.size())), {}};
}

}  // namespace

Error unknown_scheme(std::string_view scheme, std::span<const std::string_view> known) {
  // Of two or three letters nearly every scheme is near every other: a guess would mislead.
  const std::string_view near = scheme.size() > 3 ? nearest(scheme, known) : std::string_view{};
  return {fmt::format("unknown scheme {}: use {}{}", in_quotes(scheme), either_of(known),
                      near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near))};
}

Result<Backend> parse_backend(std::string_view text, std::span<const Option> keys) {
  const Result<Parts> parts = split_backend(text);
  if (!parts) return tl::unexpected(parts.error());
  const auto same = [&](const Scheme& each) { return each.name == parts->scheme; };
  const auto* const scheme = std::find_if(kSchemes.begin(), kSchemes.end(), same);
  if (scheme == kSchemes.end()) return tl::unexpected(unknown_backend(parts->scheme));
  const Result<Options> options = Options::read(parts->scheme, parts->options, keys, scheme->options);
  if (!options) return tl::unexpected(options.error());
  return scheme->parse(parts->place, *options);
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
