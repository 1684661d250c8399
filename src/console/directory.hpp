// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <memory>
#include <string_view>
#include <vector>

#include "console/console.hpp"

namespace charmux::console {

/// All consoles, in the order in which they were added. Owns them.
class Directory {
 public:
  /// Names are the caller's to keep apart.
  Console& add(std::unique_ptr<Console> console) { return *consoles_.emplace_back(std::move(console)); }
  /// One that nobody watches and nobody will ask for.
  void remove(const Console& console) {
    std::erase_if(consoles_, [&](const auto& each) { return each.get() == &console; });
  }
  /// It is the caller's from now on, and in no list.
  [[nodiscard]] std::unique_ptr<Console> take(const Console& console) {
    const auto at =
        std::find_if(consoles_.begin(), consoles_.end(), [&](const auto& each) { return each.get() == &console; });
    std::unique_ptr<Console> taken = std::move(*at);
    consoles_.erase(at);
    return taken;
  }
  /// The console of that name, or null.
  [[nodiscard]] Console* find(std::string_view name) const {
    for (const auto& console : consoles_)
      if (console->name() == name) return console.get();
    return nullptr;
  }
  /// Whether it is still there.
  [[nodiscard]] bool holds(const Console* console) const {
    return std::any_of(consoles_.begin(), consoles_.end(), [&](const auto& each) { return each.get() == console; });
  }
  [[nodiscard]] const std::vector<std::unique_ptr<Console>>& all() const { return consoles_; }

 private:
  std::vector<std::unique_ptr<Console>> consoles_;
};

}  // namespace charmux::console
