// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "discovery/domain_xml.hpp"
#include "discovery/offer_words.hpp"

namespace charmux::discovery {

/// A chardev's host side as libvirt's XML has it ("host interface" of formatdomain), before anything is concluded.
struct DomainSource {
  struct End {
    std::string host;
    std::string service;  ///< a port's number, "0" for one that QEMU chooses, or a name
  };
  std::string type;  ///< "pty", "tcp", ...
  std::string path;
  bool server = true;       ///< of sockets: it listens
  bool tls = false;         ///< tls='yes'; in live XML also where qemu.conf says so (chardev_tls)
  std::string protocol;     ///< of tcp: "raw", "telnet", "telnets" or "tls"; empty: raw
  std::optional<End> bind;  ///< where it listens; of udp, from where it sends, too
  std::optional<End> connect;
  bool qemu = true;  ///< libvirt's QEMU driver runs the domain
};

struct DomainOffer {
  Offer offer;
  Way way = Way::address;
};

/// The table from libvirt's types to kinds of backends. What is offered has no `at` where its way is not
/// Way::address, or while it is not known.
[[nodiscard]] DomainOffer domain_offer(const DomainSource& source, const DomainView& view);

/// "host hv7", or "another host" where its name is not known.
[[nodiscard]] std::string host_of(const DomainView& view);

}  // namespace charmux::discovery
