// SPDX-License-Identifier: Apache-2.0
#include "access/refusals.hpp"

#include <doctest/doctest.h>

#include "kit/log_capture.hpp"
#include "kit/world.hpp"

using namespace charmux;
using namespace charmux::test;
using access::Refusals;
using Cause = Refusals::Cause;

TEST_CASE("of each cause the first refusal is told at once, and the others by their number when the pause is over") {
  World world(LogLevel::info);
  const LogCapture log(world.directory / "log");
  Refusals refusals(world.loop, world.log, std::chrono::milliseconds(50));
  refusals.refused(Cause::wrong, "user a", "first");
  for (int i = 0; i < 812; ++i) refusals.refused(Cause::wrong, "user b", "more");
  refusals.refused(Cause::busy, "user c", "another cause");
  CHECK(log.text() == "<4>login of user a refused: first\n<4>login of user c refused: another cause\n");
  world.run_until("they are told", [&] { return log.has("<4>refused 812 more logins: wrong name or password\n"); });
  // Nothing to tell is not told; then the next is a first again.
  world.run_until("the pauses are over", [&] {
    refusals.refused(Cause::busy, "user d", "later");
    return log.has("login of user d refused: later");
  });
}

TEST_CASE("what was not told yet is told at the end") {
  World world(LogLevel::info);
  const LogCapture log(world.directory / "log");
  {
    Refusals refusals(world.loop, world.log);
    for (int i = 0; i < 3; ++i) refusals.refused(Cause::user, "user a", "why");
    CHECK(log.count("\n") == 1);
  }
  CHECK(log.has("refused 2 more logins: too many tries for one user"));
}
