// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "charmux/base/units.hpp"

namespace charmux::console {

/// Whether a chardev toggles: was lost by itself within kHeld of being opened, twice in a row (a terminal server that
/// says "port in use" and closes). Until it holds, what was said of it before is said once in kPause. A value; no
/// clock.
class Toggling {
 public:
  static constexpr std::chrono::seconds kHeld{1};
  static constexpr std::chrono::minutes kPause{1};

  void opened(MonoTime now) { opened_at_ = now; }
  /// It is open no more. `by_itself`: nobody asked for that.
  void lost(MonoTime now, bool by_itself) {
    if (by_itself && now - opened_at_ < kHeld) return void(++brief_);
    held();
  }
  /// It has held, or somebody saw to it: whatever comes is news.
  void held() {
    brief_ = 0;
    said_.clear();
    unsaid_ = 0;
  }
  [[nodiscard]] bool toggles() const { return brief_ >= 2; }
  /// How many sentences were not worth saying since the last that was.
  [[nodiscard]] unsigned unsaid() const { return unsaid_; }

  /// The sentence as it is to be said, with how many were not; nothing: it is no news.
  [[nodiscard]] std::optional<std::string> news(const std::string& sentence, MonoTime now);

 private:
  static constexpr std::size_t kMostSaid = 16;
  MonoTime opened_at_{};
  MonoTime said_at_{};
  unsigned brief_ = 0;
  unsigned unsaid_ = 0;
  std::vector<std::string> said_;  ///< since it last held; at most kMostSaid, then it begins anew.
};

}  // namespace charmux::console
