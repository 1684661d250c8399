// SPDX-License-Identifier: Apache-2.0
#include "discovery/domain_inet.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "charmux/base/text.hpp"

namespace charmux::discovery {
namespace {

bool is_everywhere(const std::string& host) { return reachable(host) != host; }

bool is_number(const std::string& service) {
  return !service.empty() && std::all_of(service.begin(), service.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// "0" lets the kernel choose, a name is looked up: either way only QEMU knows the port.
bool is_fixed(const std::string& service) {
  return is_number(service) && service.find_first_not_of('0') != std::string::npos;
}

/// What is spoken there: the scheme of its address.
std::string scheme_of(const DomainSource& source) {
  if (source.protocol.empty() || source.protocol == "raw") return source.tls ? "tls" : "tcp";
  if (source.protocol == "telnet" && source.tls) return "telnets";
  return source.protocol;
}

/// Why nobody can speak with it; empty: one can.
std::string why_mute(const DomainSource& source, const std::string& scheme) {
  if (scheme != "tcp" && scheme != "telnet" && scheme != "tls" && scheme != "telnets")
    return fmt::format("no backend yet: protocol {}", printable(source.protocol));
  if (!source.qemu) return "";
  // libvirt 9 hands QEMU a chardev without TLS: a handshake would be typed into the guest. Newer ones refuse to start.
  if (source.protocol == "tls" || source.protocol == "telnets")
    return fmt::format(
        "QEMU has no protocol {}: what it speaks there is plain; write protocol raw, and tls='yes' in "
        "its source",
        source.protocol);
  if (scheme == "telnets")
    return "QEMU sends telnet's greeting outside TLS, in the midst of it: nobody can use that; write protocol raw";
  return "";
}

/// Its port is one that only QEMU knows.
DomainOffer at_unknown_port(const DomainSource& source, const DomainView& view, const std::string& scheme) {
  const std::string& service = source.bind->service;
  const std::string shown = scheme + ":" + host_and_port(reachable(source.bind->host), service);
  const std::string remedy = "write a fixed port in its source";
  const std::string what = service.empty() ? "its XML has no port" : fmt::format("its port is {}", printable(service));
  if (!source.qemu || service.empty()) return {never(shown, fmt::format("{}; {}", what, remedy))};
  if (view.host)
    return {
        never(shown, fmt::format("{}: the real one is known to QEMU on {} alone; {}", what, host_of(view), remedy))};
  // query-chardev tells the port, and not that it is TLS: what is typed would go there in the clear.
  if (scheme == "tls") return {never(shown, fmt::format("{}, and QEMU does not tell that of TLS; {}", what, remedy))};
  return {{shown, std::nullopt, ""}, Way::monitor};
}

/// It listens on another host.
DomainOffer from_here(const DomainSource::End& bind, const DomainView& view, const std::string& scheme) {
  const std::string shown = scheme + ":" + host_and_port(bind.host, bind.service);
  if (is_everywhere(bind.host)) {
    if (view.host->empty()) return {never(shown, "it listens on a host whose name the URI does not tell")};
    return {at_place(scheme, host_and_port(*view.host, bind.service))};
  }
  const auto at = address::parse_host_port(host_and_port(bind.host, bind.service), address::Side::connect);
  if (at && address::is_loopback(*at))
    return {never(shown, fmt::format("it listens on the loopback of {}; make it a pty, or let it listen at an address "
                                     "that is reached from here",
                                     host_of(view)))};
  return {at_place(scheme, host_and_port(bind.host, bind.service))};
}

/// It connects by itself.
DomainOffer to_a_server(const DomainSource::End& connect, const DomainView& view, const std::string& scheme) {
  const std::string place = host_and_port(connect.host, connect.service);
  const std::string shown = scheme + "-listen:" + place;
  const auto at = address::parse_host_port(place, address::Side::connect);
  if (view.host && at && address::is_loopback(*at))
    return {never(shown, fmt::format("it calls a server on {}", host_of(view)))};
  return {scheme == "tcp" ? calls(shown) : not_yet(shown)};
}

}  // namespace

DomainOffer offer_of_tcp(const DomainSource& source, const DomainView& view) {
  const std::string scheme = scheme_of(source);
  const std::optional<DomainSource::End>& end = source.server ? source.bind : source.connect;
  if (!end) return {never(scheme, "its XML does not say where it is")};
  if (const std::string mute = why_mute(source, scheme); !mute.empty())
    return {never(scheme + ":" + host_and_port(end->host, end->service), mute)};
  if (!source.server) return to_a_server(*end, view, scheme);
  if (!is_fixed(end->service)) return at_unknown_port(source, view, scheme);
  if (view.host) return from_here(*end, view, scheme);
  // Of TLS, the terms are the usual ones: its certificate has to have the name or address that is written here, and to
  // be vouched for by those whom the system trusts. libvirt's own authority (chardev_tls_x509_cert_dir) is no other
  // program's business; whoever wants that, or other terms, writes a console of its own.
  return {at_place(scheme, host_and_port(reachable(end->host), end->service))};
}

Offer offer_of_udp(const DomainSource::End& theirs, const DomainSource::End& ours) {
  // QEMU sends to localhost where no host is written.
  const std::string our_host = ours.host.empty() ? "localhost" : reachable(ours.host);
  const std::string our_place = host_and_port(our_host, ours.service);
  if (!is_fixed(theirs.service))
    return never("udp",
                 fmt::format("it listens at a port that nobody knows; write <source mode='bind' host='127.0.0.1' "
                             "service='PORT'/> beside its <source mode='connect'/>"));
  // One that is bound everywhere answers from the address that its connection has: of this host, the same as its
  // peer's.
  const bool loopback = our_host.starts_with("127.");
  const std::string their_host = !is_everywhere(theirs.host) ? theirs.host : loopback ? "127.0.0.1" : our_host;
  Offer at = at_place("udp", host_and_port(their_host, theirs.service));
  const auto bind = address::parse_host_port(our_place, address::Side::connect);
  if (!bind)
    return never(std::move(at.shown), fmt::format("it sends to {}: {}", printable(our_place), bind.error().text));
  if (!at.at) return at;
  return here(address::Udp{std::get<address::Udp>(*at.at).at, *bind});
}

}  // namespace charmux::discovery
