// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "discovery/domain_offer.hpp"

/// libvirt's chardevs that are network places.
namespace charmux::discovery {

[[nodiscard]] DomainOffer offer_of_tcp(const DomainSource& source, const DomainView& view);

/// QEMU sends to `ours`, the `connect` source, from `theirs`, the `bind` source, and hears only what comes from there
/// (QEMU 7.2, char-udp.c: its socket is connected). Of this host.
[[nodiscard]] Offer offer_of_udp(const DomainSource::End& theirs, const DomainSource::End& ours);

}  // namespace charmux::discovery
