// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "discovery/facts.hpp"
#include "discovery/offer_words.hpp"

namespace charmux::discovery {

/// The table from kinds of chardevs to kinds of backends, for what QEMU itself says; see domain_offer for libvirt. One
/// of the two, `at` and `reason`, is there, never both. `directory` is QEMU's, for relative paths.
[[nodiscard]] Offer offer(const ChardevFacts& chardev, const std::optional<std::string>& directory);

}  // namespace charmux::discovery
