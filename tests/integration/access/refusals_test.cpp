// SPDX-License-Identifier: Apache-2.0
#include "access/refusals.hpp"

#include <doctest/doctest.h>

#include "kit/log_capture.hpp"
#include "kit/world.hpp"

using namespace charmux;
using namespace charmux::test;
using access::Refusals;

TEST_CASE("of each kind the first refusal is told at once, and the others by their number when the pause is over") {
  World world(LogLevel::info);
  const LogCapture log(world.directory / "log");
  Refusals refusals(world.loop, world.log, LogLevel::warn, std::chrono::milliseconds(50));
  refusals.refused("logins: wrong", "user a refused: first");
  for (int i = 0; i < 812; ++i) refusals.refused("logins: wrong", "user b refused: more");
  refusals.refused("logins: busy", "user c refused: another kind");
  CHECK(log.text() == "<4>user a refused: first\n<4>user c refused: another kind\n");
  world.run_until("they are told", [&] { return log.has("<4>refused 812 more logins: wrong\n"); });
  // Nothing to tell is not told; then the next is a first again.
  world.run_until("the pauses are over", [&] {
    refusals.refused("logins: busy", "user d refused: later");
    return log.has("user d refused: later");
  });
}

TEST_CASE("one who goes on is counted, minute by minute, and is a first no more") {
  World world(LogLevel::info);
  const LogCapture log(world.directory / "log");
  Refusals refusals(world.loop, world.log, LogLevel::info, std::chrono::milliseconds(20));
  refusals.refused("at a door", "first");
  refusals.refused("at a door", "second");
  world.run_until("the second is told", [&] { return log.has("<6>refused 1 more at a door\n"); });
  refusals.refused("at a door", "third");
  world.run_until("the third is told", [&] { return log.count("<6>refused 1 more at a door\n") == 2; });
  CHECK(log.count("\n") == 3);
}

TEST_CASE("however many kinds a stranger makes up, those beyond some are one, and are forgotten with the pause") {
  World world(LogLevel::info);
  const LogCapture log(world.directory / "log");
  Refusals refusals(world.loop, world.log, LogLevel::info, std::chrono::milliseconds(50));
  for (int i = 0; i < 10'000; ++i) refusals.refused(fmt::format("kind {}", i), fmt::format("line {}", i));
  CHECK(log.count("\n") == static_cast<int>(Refusals::kMost));
  world.run_until("the others are told", [&] {
    return log.has(fmt::format("<6>refused {} more for other reasons\n", 10'000 - Refusals::kMost));
  });
  CHECK(log.count("\n") == static_cast<int>(Refusals::kMost) + 1);
  refusals.refused("kind 9999", "there is room again");
  CHECK(log.has("there is room again"));
}

TEST_CASE("what was not told yet is told at the end") {
  World world(LogLevel::info);
  const LogCapture log(world.directory / "log");
  {
    Refusals refusals(world.loop, world.log, LogLevel::warn);
    for (int i = 0; i < 3; ++i) refusals.refused("logins: too many", "why");
    CHECK(log.count("\n") == 1);
  }
  CHECK(log.has("refused 2 more logins: too many"));
}
