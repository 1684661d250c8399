// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "charmux/address/backend_address.hpp"
#include "discovery/facts.hpp"

namespace charmux::discovery {

/// How a chardev's host side can be opened, whatever uses it.
struct Offer {
  std::string shown;                   ///< its address, for people
  std::optional<address::Backend> at;  ///< where it can be opened
  std::string reason;                  ///< why not; empty when `at` is there, and only then
};

/// The one table from kinds of chardevs to kinds of backends. `directory` is QEMU's, for relative paths.
[[nodiscard]] Offer offer(const ChardevFacts& chardev, const std::optional<std::string>& directory);

}  // namespace charmux::discovery
