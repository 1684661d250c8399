// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "charmux/address/parts.hpp"
#include "config/settle.hpp"

namespace charmux::config {
namespace {

/// The certificates that a listener asks its clients for.
TlsProfile::Client asked_of_clients(const Listen& listen, const Config& config) {
  const auto at = std::find_if(config.tls.begin(), config.tls.end(),
                               [&](const TlsProfile& profile) { return profile.name == listen.tls; });
  return listen.tls.empty() || at == config.tls.end() ? TlsProfile::Client::none : at->client;
}

/// How a listener of this kind gets names.
std::string how_to_name(const Listen& listen) {
  if (listen.kind == DoorKind::telnet) return "[[user]]s who log in, or user=NAME";
  return fmt::format(
      "user=NAME, or [[user]]s with a certificate and a tls= with client_ca: {} knows clients by nothing else",
      name_of(listen.kind));
}

/// What is wrong with a listener that others than this machine reach, and what it is to be given; empty: nothing.
std::string lack(const Listen& listen, const Config& config, bool named) {
  // A bridge has no directories either: it reads no file.
  if (config.state_dir.empty() && listen.tls.empty() && !named)
    return "would let anyone who reaches it in: it has neither TLS nor names for its clients;";
  const std::string names = fmt::format("no names for its clients ({})", how_to_name(listen));
  if (listen.tls.empty() && !named)
    return fmt::format("would let anyone who reaches it in: it has no TLS (tls=PROFILE) and {}; give it both,", names);
  if (!named) return fmt::format("would let anyone who reaches it in: it has {}; give it these,", names);
  if (listen.tls.empty())
    return "would let anyone on the way read and change what passes: it has no TLS (tls=PROFILE); give it that,";
  return {};
}

}  // namespace

Naming naming(const Listen& listen, const Config& config) {
  if (!listen.user.empty()) return Naming::user;
  if (std::holds_alternative<address::SocketPath>(listen.place)) return Naming::peer;
  if (listen.insecure || config.users.empty()) return Naming::none;
  const TlsProfile::Client asked = asked_of_clients(listen, config);
  if (listen.kind == DoorKind::telnet && asked != TlsProfile::Client::required) return Naming::login;
  return asked == TlsProfile::Client::none ? Naming::none : Naming::certificate;
}

std::optional<Error> exposure(const Listen& listen, const Config& config, std::string_view leads_to) {
  const auto* const at = std::get_if<address::HostPort>(&listen.place);
  if (at == nullptr || listen.insecure) return std::nullopt;
  const bool named = naming(listen, config) != Naming::none;
  const bool elsewhere = !leads_to.empty() || (!address::is_loopback(*at) && !address::is_name(*at));
  if (elsewhere) {
    const std::string lacks = lack(listen, config, named);
    if (lacks.empty()) return std::nullopt;
    const std::string there = leads_to.empty() ? std::string() : fmt::format(" leads to {} and", leads_to);
    return Error{fmt::format("{}{} {} bind it to 127.0.0.1 or [::1], use a UNIX socket, or add ,insecure on purpose",
                             door_text(listen), there, lacks)};
  }
  if (named || config.users.empty()) return std::nullopt;
  return Error{
      fmt::format("{} would let in clients without a name, and there are users: give it names ({}), or add "
                  ",insecure on purpose",
                  door_text(listen), how_to_name(listen))};
}

std::optional<Error> shut_to_all(const Listen& listen, const Config& config) {
  const Naming by = naming(listen, config);
  if (by != Naming::login && by != Naming::certificate) return std::nullopt;
  const bool login = by == Naming::login;
  const bool certificate = asked_of_clients(listen, config) != TlsProfile::Client::none;
  const auto enters = [&](const User& user) {
    return (login && !(user.password.empty() && user.pam.empty())) || (certificate && !user.certificates.empty());
  };
  if (std::any_of(config.users.begin(), config.users.end(), enters)) return std::nullopt;
  const std::string_view needed = !login        ? "a 'certificate'"
                                  : certificate ? "a 'password', 'pam' or 'certificate'"
                                                : "a 'password' or 'pam'";
  return Error{
      fmt::format("{} would let nobody in: no [[user]] has {}; give one that, or the listener user=NAME, or add "
                  ",insecure on purpose",
                  door_text(listen), needed)};
}

}  // namespace charmux::config
