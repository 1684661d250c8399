// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "charmux/base/log.hpp"
#include "loop/loop.hpp"
#include "loop/timer.hpp"

namespace charmux::access {

/// The log of those who were refused: of each kind the first at once, and then once a minute how many more there were,
/// however many these are. It is a stranger who decides how many kinds there are (what he says is part of a reason):
/// beyond kMost in a minute they are one kind. Owned by Passwords and by the Gate, each with its own; the loop's thread
/// only.
class Refusals {
 public:
  static constexpr std::chrono::milliseconds kPause = std::chrono::minutes(1);
  static constexpr std::size_t kMost = 32;

  /// `level` is that of all its lines.
  Refusals(loop::Loop& loop, Log& log, LogLevel level, std::chrono::milliseconds pause = kPause);
  Refusals(const Refusals&) = delete;
  Refusals& operator=(const Refusals&) = delete;
  /// Says what has been counted.
  ~Refusals();

  /// `kind` is what many have in common, "logins: wrong name or password", and ends the line that counts them ("refused
  /// 812 more ..."); `line` is this one's, and has these fields.
  void refused(const std::string& kind, const std::string& line, const Log::Fields& fields = {});

 private:
  /// Writes how many there were; a kind of which there were none is a new one when it comes again.
  void say();

  Log& log_;
  const LogLevel level_;
  const std::chrono::milliseconds pause_;
  std::map<std::string, std::uint64_t> more_;  ///< by kind, since it was told last
  std::uint64_t others_ = 0;                   ///< of kinds for which there was no room
  loop::Timer timer_;                          ///< runs while there is a kind
};

}  // namespace charmux::access
