// SPDX-License-Identifier: Apache-2.0
// Who comes, and who it is.
#include "frontend/entrance.hpp"

#include <algorithm>
#include <array>

#include "charmux/base/text.hpp"
#include "console/notices.hpp"
#include "frontend/api_peer.hpp"
#include "frontend/pass.hpp"
#include "frontend/proxied.hpp"
#include "frontend/shaking.hpp"
#include "net/endpoint.hpp"

namespace charmux::frontend {
namespace {

using access::login_of;
using access::Person;

bool within(const std::vector<address::Network>& networks, const address::IpBytes& ip) {
  return std::any_of(networks.begin(), networks.end(),
                     [&](const address::Network& network) { return address::contains(network, ip); });
}

/// "192.0.2.7" of "192.0.2.7:40001", "2001:db8::7" of "[2001:db8::7]:40001".
std::string host_of(const std::string& from) {
  const std::string host = from.substr(0, from.rfind(':'));
  return !host.empty() && host.front() == '[' ? host.substr(1, host.size() - 2) : host;
}

/// The address of who comes from there; none: it is no IP address.
std::optional<address::IpBytes> ip_of(const std::string& from) {
  const Result<address::Network> host = address::parse_network(host_of(from));
  return host ? std::optional(host->address) : std::nullopt;
}

/// Who is at the other end of a UNIX socket, by the kernel's word.
Person peer_person(int fd) {
  const std::optional<uid_t> uid = peer_uid(fd);
  return {uid && is_owner(*uid) ? Person::Kind::owner : Person::Kind::local};
}

}  // namespace

Entrance::Entrance(std::shared_ptr<const Terms> terms, std::string text, Gate& gate, console::Directory& consoles,
                   Target target, Sessions& sessions)
    : terms_(std::move(terms)),
      text_(std::move(text)),
      gate_(gate),
      consoles_(consoles),
      target_(std::move(target)),
      sessions_(sessions) {}

// --- who comes ---

void Entrance::admit(UniqueFd client) {
  if (!sessions_.has_room(gate_.viewers())) return refuse(std::move(client));
  net::Stream stream = sessions_.stream(std::move(client));
  std::string from = stream.peer();
  const bool proxy = is_proxy(stream);
  Arrival arrival{std::move(stream), std::move(from), terms_->version};
  if (!proxy) return arrive(std::move(arrival));
  if (!is_stranger(arrival)) return;
  sessions_.add(std::make_unique<Proxied>(
      sessions_.context(), std::move(arrival.stream), text_, std::move(arrival.stranger), gate_.proxy_header(),
      [self = shared_from_this(), version = arrival.version](net::Stream known, std::string whose,
                                                             Crowd::Ticket stranger) {
        self->arrive({std::move(known), std::move(whose), version, std::move(stranger)});
      }));
}

bool Entrance::is_proxy(const net::Stream& stream) const {
  if (listen().proxy_from.empty()) return false;
  const auto ip = net::peer_of(stream.fd()).ip();
  return ip && within(listen().proxy_from, *ip);
}

bool Entrance::is_allowed(const std::string& from) const {
  if (listen().allow.empty()) return true;
  const auto ip = ip_of(from);
  return ip && within(listen().allow, *ip);
}

bool Entrance::is_stranger(Arrival& arrival) {
  if (arrival.stranger) return true;
  const std::array limit{Crowd::Limit{"strangers", gate_.limits().strangers}};
  Crowd::Entry entry = gate_.crowd().enter(limit);
  arrival.stranger = std::move(entry.ticket);
  if (entry.full == nullptr) return true;
  gate_.refused(origin_of(arrival), "too many are logging in (limits.strangers)");
  return false;
}

bool Entrance::takes_seat(Arrival& arrival) {
  const config::Limits& limits = gate_.limits();
  const std::array wanted{
      Crowd::Limit{"listener " + config::door_text(listen()), limits.per_listener},
      Crowd::Limit{"address " + host_of(arrival.from), ip_of(arrival.from) ? limits.per_address : 0}};
  Crowd::Entry entry = gate_.crowd().enter(wanted);
  arrival.seat = std::move(entry.ticket);
  if (entry.full == nullptr) return true;
  gate_.refused(origin_of(arrival), entry.full == wanted.data() ? "this listener is full (limits.per_listener)"
                                                                : "too many from there (limits.per_address)");
  return false;
}

bool Entrance::is_outdated(const Arrival& arrival) const {
  if (terms_->closed || arrival.version != terms_->version) return true;
  const net::TlsContext* const tls = gate_.tls(listen().tls);
  return arrival.stream.tls() != nullptr && (tls == nullptr || arrival.trust != tls->trust());
}

void Entrance::arrive(Arrival arrival) {
  if (!is_allowed(arrival.from))
    return gate_.refused(origin_of(arrival), "it comes from a network that is not allowed here (allow=)");
  if (!takes_seat(arrival)) return turn_away(arrival.stream, console::notices::kFull);
  if (listen().tls.empty())
    identify(std::move(arrival));
  else
    shake(std::move(arrival));
}

void Entrance::shake(Arrival arrival) {
  const net::TlsContext* const tls = gate_.tls(listen().tls);
  if (tls == nullptr) return gate_.refused(origin_of(arrival), fmt::format("there is no [tls.{}]", listen().tls));
  if (!is_stranger(arrival)) return;
  if (const Status accepted = arrival.stream.accept_tls(*tls); !accepted)
    return gate_.refused(origin_of(arrival), accepted.error().text);
  const console::ViewerOrigin origin = origin_of(arrival);
  auto seat = std::make_shared<Crowd::Ticket>(std::move(arrival.seat));  // a function's captures have to be copyable
  sessions_.add(std::make_unique<Shaking>(
      sessions_.context(), std::move(arrival.stream), text_ + ": " + arrival.from, std::move(arrival.stranger),
      gate_.limits().handshake,
      [self = shared_from_this(), from = arrival.from, version = arrival.version, trust = tls->trust(), seat](
          net::Stream shaken, Crowd::Ticket stranger) {
        self->identify({std::move(shaken), from, version, std::move(stranger), std::move(*seat), trust});
      },
      [self = shared_from_this(), origin](const std::string& why) { self->gate_.refused(origin, why); }));
}

// --- who it is ---

void Entrance::identify(Arrival arrival) {
  using config::Naming;
  if (is_outdated(arrival))
    return gate_.refused(origin_of(arrival), "the configuration has changed while it came; it may come again");
  switch (terms_->naming) {
    case Naming::none:
    case Naming::user: return enter(std::move(arrival), pass_of_all());
    case Naming::peer: {
      const Person peer = peer_person(arrival.stream.fd());
      return enter(std::move(arrival), pass_of(peer));
    }
    case Naming::certificate:
    case Naming::login: break;
  }
  const auto shown = arrival.stream.tls() ? arrival.stream.tls()->peer_certificate() : std::nullopt;
  if (const config::User* const user = shown ? gate_.rules().user_of(*shown) : nullptr) {
    console::ViewerOrigin origin = origin_of(arrival);
    origin.user = user->name;
    gate_.came_in(origin, "certificate");
    const auto pass = pass_of({Person::Kind::user, user->name});
    pass->by_certificate();
    return enter(std::move(arrival), pass);
  }
  if (terms_->naming == Naming::login) return log_in(std::move(arrival));
  gate_.refused(origin_of(arrival), shown ? fmt::format("its certificate is no user's: {}", printable(shown->subject))
                                          : "it has shown no certificate, and nothing else tells who it is");
}

std::shared_ptr<Entrance::Pass> Entrance::pass_of(Person person) {
  return std::make_shared<Pass>(shared_from_this(), std::move(person));
}

std::shared_ptr<Entrance::Pass> Entrance::pass_of_all() {
  std::shared_ptr<Pass> common = common_.lock();
  if (common && common->version() == terms_->version) return common;
  const bool named = terms_->naming == config::Naming::user;
  common = pass_of(named ? Person{Person::Kind::user, listen().user} : Person{});
  common_ = common;
  return common;
}

void Entrance::log_in(Arrival arrival) {
  if (!is_stranger(arrival) || gate_.passwords() == nullptr) return;
  console::ViewerOrigin origin = origin_of(arrival);
  TelnetSession::Reception reception;
  reception.patience = gate_.limits().login;
  reception.tries = gate_.limits().login_tries;
  reception.stranger = std::move(arrival.stranger);
  const auto tried = std::make_shared<std::string>();
  reception.check = [self = shared_from_this(), origin, tried](const std::string& name, std::string password,
                                                               std::weak_ptr<const void> wanted,
                                                               const access::Passwords::Answer& answer) {
    Gate& gate = self->gate_;
    const config::User* const user = gate.rules().user(name);
    console::ViewerOrigin claimed = origin;
    if (user != nullptr) claimed.user = user->name;
    *tried = user == nullptr ? "" : login_of(*user);
    gate.passwords()->check({name, user, std::move(password), ip_of(origin.from)}, std::move(wanted),
                            [&gate, claimed, answer](access::Passwords::Verdict verdict) {
                              gate.judged(claimed, verdict);
                              answer(verdict);
                            });
  };
  reception.welcome = [self = shared_from_this(), origin, tried, before = pass_of_all()](const std::string& name) {
    console::ViewerOrigin known = origin;
    known.user = name;
    const auto pass = std::make_shared<Pass>(*before, Person{Person::Kind::user, name});
    pass->by_password(*tried);
    return self->welcome(pass, known);
  };
  auto session = std::make_unique<TelnetSession>(sessions_.context(), sessions_.telnet_scratch(),
                                                 std::move(arrival.stream), std::move(origin), std::move(reception));
  session->sit_down(std::move(arrival.seat));
  sessions_.add(std::move(session));
}

console::ViewerOrigin Entrance::origin_of(const Arrival& arrival) const { return {arrival.from, text_, std::nullopt}; }

// --- what it is told that gets nothing ---

void Entrance::refuse(UniqueFd client) const {
  net::Stream stream = sessions_.stream(std::move(client));
  turn_away(stream, console::notices::kFull);
}

void Entrance::turn_away(net::Stream& stream, std::string_view line) const {
  // Others are never told anything in-band, and nobody in plain text where TLS is spoken.
  const bool in_plain = listen().tls.empty() || stream.tls() != nullptr;
  if (listen().kind != config::DoorKind::telnet || !in_plain) return;
  // A new socket's queue takes a line; if it does not, the client has gone.
  (void)stream.send(as_bytes(fmt::format("{}\r\n", line)));
  stream.end_sending();
}

}  // namespace charmux::frontend
