// SPDX-License-Identifier: Apache-2.0
#include "console/scribes.hpp"

#include <doctest/doctest.h>

#include <future>

#include "kit/world.hpp"

using namespace charmux;
using namespace charmux::test;
using console::Scribes;

TEST_CASE("a folder whose disk hangs keeps one thread, and other folders' calls go on") {
  std::promise<void> answers;
  World world;
  Scribes scribes(world.loop);
  int done = 0;
  const Scribes::Order hangs = scribes.give(
      "/hung", [answer = answers.get_future().share()] { answer.wait(); }, [&] { ++done; });
  const Scribes::Order waits = scribes.give(
      "/hung", [] {}, [&] { ++done; });
  bool elsewhere = false;
  const Scribes::Order other = scribes.give(
      "/sound", [] {}, [&] { elsewhere = true; });
  world.run_until("the other folder's call is made", [&] { return elsewhere; });
  CHECK(hangs.begun());
  CHECK_FALSE(waits.begun());
  CHECK(done == 0);
  answers.set_value();
  world.run_until("the others are made", [&] { return done == 2; });
}

TEST_CASE("a call that is forgotten is made, and nothing is called") {
  World world;
  Scribes scribes(world.loop);
  bool called = false;
  (void)scribes.give(
      "/a", [] {}, [&] { called = true; });
  bool next = false;
  const Scribes::Order order = scribes.give(
      "/a", [] {}, [&] { next = true; });
  world.run_until("the next is made", [&] { return next; });
  CHECK_FALSE(called);
}
