// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>
#include <stdlib.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "charmux/base/log.hpp"
#include "loop/loop.hpp"
#include "loop/timer.hpp"

namespace charmux::test {

/// A folder of one test's own, removed with what is in it.
class TempDir {
 public:
  TempDir() {
    char name[] = "/tmp/charmux-XXXXXX";
    if (::mkdtemp(name) == nullptr) std::abort();
    path_ = name;
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  /// The path of a file in it.
  [[nodiscard]] std::string operator/(std::string_view file) const { return path_ + "/" + std::string(file); }

 private:
  std::string path_;
};

/// The loop that all of a test hangs on, destroyed last: it aborts when something of it was left (the leak test).
/// Members of a test come after it.
class World {
 public:
  explicit World(LogLevel log_level = LogLevel::error) : log(log_level) {}
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  loop::Loop loop;
  Log log;
  TempDir directory;

  /// Turns the loop until `holds()`, which it looks at in between and which moves what the test emulates. A test that
  /// passes never sees the deadline.
  template <class Predicate>
  void run_until(const char* what, Predicate holds, std::chrono::seconds deadline = std::chrono::seconds(20)) {
    const auto end = std::chrono::steady_clock::now() + deadline;
    while (!holds()) {
      if (std::chrono::steady_clock::now() >= end) FAIL("waited in vain until ", std::string(what));
      turn();
    }
  }
  /// One turn, which waits for an event, but not long: what is emulated here is no event of the loop.
  void turn() {
    tick_.start(kTick);
    loop.run_once();
    tick_.stop();
  }
  /// How often the loop turns by itself while it is left alone for a moment. Something that fires again and again
  /// makes thousands of turns of it; otherwise there are a few.
  [[nodiscard]] int turns_left_alone(std::chrono::milliseconds moment = std::chrono::milliseconds(100)) {
    turn();
    left_alone_.start(moment);
    moment_over_ = false;
    int turns = 0;
    for (; !moment_over_; ++turns) loop.run_once();
    left_alone_.stop();
    return turns;
  }
  /// More turns than that by itself, and something spins.
  static constexpr int kCalm = 40;

 private:
  static constexpr std::chrono::milliseconds kTick{1};
  // They start themselves anew: a timer that is due when a turn begins does not keep that turn from waiting.
  loop::Timer tick_{loop, [this] { tick_.start(kTick); }};
  bool moment_over_ = false;
  loop::Timer left_alone_{loop, [this] {
                            moment_over_ = true;
                            left_alone_.start(kTick);
                          }};
};

}  // namespace charmux::test
