// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "charmux/base/log.hpp"
#include "loop/loop.hpp"
#include "loop/timer.hpp"

namespace charmux::access {

/// The log of logins that were refused: of each cause the first at once, and then one line a minute that says how many
/// more there were, however many these are. Owned by Passwords; the loop's thread only.
class Refusals {
 public:
  enum class Cause : std::size_t { wrong, address, user, busy };
  static constexpr std::chrono::milliseconds kPause = std::chrono::minutes(1);

  Refusals(loop::Loop& loop, Log& log, std::chrono::milliseconds pause = kPause);
  Refusals(const Refusals&) = delete;
  Refusals& operator=(const Refusals&) = delete;
  /// Says what has been counted.
  ~Refusals();

  /// `who` is somebody and where from, `why` what the cause is this time.
  void refused(Cause cause, const std::string& who, const std::string& why);

 private:
  struct Counted {
    std::uint64_t more = 0;
    std::unique_ptr<loop::Timer> pause;
  };
  static constexpr std::size_t kNumber = 4;
  /// Writes the line, if any were counted.
  bool say(std::size_t cause);

  Log& log_;
  std::chrono::milliseconds pause_;
  std::array<Counted, kNumber> counted_;
};

}  // namespace charmux::access
