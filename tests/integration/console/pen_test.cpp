// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "kit/person.hpp"

using namespace charmux;
using namespace charmux::test;
using config::WriterMode;
using console::PenAnswer;

namespace {

constexpr const char* kYouType = "the pen is free: you type now";

void wait_typed(House& house, const std::string& all) {
  house.run_until("the guest has been typed to", [&] { return house.typed().size() >= all.size(); });
  CHECK(house.typed() == all);
}

}  // namespace

TEST_CASE("through doors with writer=shared all type, and neither need nor take the pen") {
  House house;
  Person owner(house, "owner");
  Person ann(house, "ann", Person::with(WriterMode::shared));
  Person bob(house, "bob", Person::with(WriterMode::shared));
  CHECK(ann.type("a"));
  CHECK(bob.type("b"));
  CHECK(owner.type("o"));
  wait_typed(house, "abo");
  CHECK(house.console.writer() == &owner.viewer());
  CHECK(bob.ask() == PenAnswer::yours);
  CHECK(house.console.writer() == &owner.viewer());
}

TEST_CASE("the writer is who has the pen, else who shares and typed last, else nobody") {
  House house;
  Person ann(house, "ann", Person::with(WriterMode::shared));
  Person bob(house, "bob", Person::with(WriterMode::shared));
  CHECK(house.console.writer() == nullptr);
  CHECK(ann.type("a"));
  CHECK(house.console.writer() == &ann.viewer());
  CHECK(bob.type("b"));
  CHECK(house.console.writer() == &bob.viewer());
  bob.leave();
  CHECK(house.console.writer() == nullptr);
  Person owner(house, "owner");
  CHECK(ann.type("a"));
  CHECK(house.console.writer() == &owner.viewer());
}

TEST_CASE("attaching through a door with writer=force takes the pen, and the loser and the others are told") {
  House house;
  Person first(house, "first");
  Person idle(house, "idle");
  Person robot(house, "robot", Person::with(WriterMode::force));
  CHECK(house.console.writer() == &robot.viewer());
  CHECK_FALSE(first.type("x"));
  CHECK(robot.type("r"));
  wait_typed(house, "r");
  first.wait_told("read-only: robot took the pen");
  idle.wait_told("robot types now");
  CHECK(first.times_told("robot types now") == 0);
  robot.leave();
  first.wait_told(kYouType);
}

TEST_CASE("who asks for the pen stands in line, and its holder is told, once for each who asks") {
  House house;
  console::ViewerSettings with_keys;
  with_keys.keys = config::EscapeSequence{};
  Person holder(house, "holder", with_keys);
  Person bob(house, "bob");
  Person carol(house, "carol");
  CHECK(bob.ask() == PenAnswer::asked);
  CHECK(bob.ask() == PenAnswer::asked);
  CHECK(carol.ask() == PenAnswer::asked);
  holder.wait_told("carol asks to type: ^Ecs hands over");
  CHECK(holder.times_told("bob asks to type: ^Ecs hands over") == 1);
  // Handed over.
  house.console.spy(holder.viewer());
  bob.wait_told(kYouType);
  CHECK(house.console.writer() == &bob.viewer());
  // The new holder is told anew, in its own words: it has no keys.
  CHECK(carol.ask() == PenAnswer::asked);
  bob.wait_told("carol asks to type");
  carol.wait_told("bob types now");
}

TEST_CASE("a spy is not in line, types nothing, and gets the pen only by asking for it") {
  House house;
  Person holder(house, "holder");
  Person spy(house, "spy");
  Person late(house, "late");
  CHECK_FALSE(spy.type("x"));
  CHECK(late.ask() == PenAnswer::asked);
  house.console.spy(spy.viewer());
  CHECK_FALSE(spy.type("x"));
  CHECK(house.console.why_not_typed(spy.viewer()) == "you spy");
  holder.leave();
  late.wait_told(kYouType);
  late.leave();
  CHECK(house.console.writer() == nullptr);
  CHECK_FALSE(spy.type("x"));
  CHECK(spy.ask() == PenAnswer::yours);
  CHECK(spy.type("s"));
  wait_typed(house, "s");
}

TEST_CASE("a shared viewer that spies types nothing, until it asks") {
  House house;
  Person ann(house, "ann", Person::with(WriterMode::shared));
  CHECK(ann.type("a"));
  house.console.spy(ann.viewer());
  CHECK(house.console.writer() == nullptr);
  CHECK_FALSE(ann.type("x"));
  CHECK(ann.ask() == PenAnswer::yours);
  CHECK(ann.type("a"));
  wait_typed(house, "aa");
}

TEST_CASE("one who may only watch gets the pen neither by asking nor by force") {
  House house;
  console::ViewerSettings watch;
  watch.may_type = false;
  watch.writer = WriterMode::force;
  Person watcher(house, "watcher", watch);
  CHECK(watcher.ask() == PenAnswer::refused);
  CHECK_FALSE(house.console.force_pen(watcher.viewer()));
  CHECK(house.console.writer() == nullptr);
  Person writer(house, "writer");
  CHECK(watcher.ask() == PenAnswer::refused);
  writer.leave();
  CHECK(house.console.writer() == nullptr);
}

TEST_CASE("whoever takes the pen by force stops spying, and whoever hands it over may have it back") {
  House house;
  Person ann(house, "ann");
  Person bob(house, "bob");
  house.console.spy(bob.viewer());
  CHECK(house.console.force_pen(bob.viewer()));
  CHECK(bob.type("b"));
  house.console.spy(bob.viewer());
  ann.wait_told(kYouType);  // the loser of a pen waits for it
  CHECK(house.console.force_pen(bob.viewer()));
  CHECK(bob.type("b"));
  wait_typed(house, "bb");
}

TEST_CASE("an idle writer's pen is free: both are told, and typing takes it again") {
  config::Typing typing;
  typing.writer_idle = std::chrono::milliseconds(30);
  House house({.typing = typing});
  Person ann(house, "ann");
  Person bob(house, "bob");
  CHECK(ann.type("a"));
  ann.wait_told("you typed nothing for 30ms: typing takes the pen again");
  bob.wait_told("nobody types now");
  CHECK(house.console.writer() == nullptr);
  // Nothing runs on while nobody has it.
  CHECK(house.world.turns_left_alone() < World::kCalm);
  CHECK(bob.type("b"));
  CHECK(house.console.writer() == &bob.viewer());
  CHECK_FALSE(ann.type("x"));
  // Who waits gets it.
  bob.wait_told("you typed nothing for 30ms: ann types now");
  ann.wait_told(kYouType);
  CHECK(ann.type("a"));
  wait_typed(house, "aba");
}

TEST_CASE("a writer whose input waits for the guest is not idle") {
  config::Typing typing;
  typing.writer_idle = std::chrono::milliseconds(10);
  Breaks breaks;
  House house({.breaks = &breaks, .typing = typing});
  Person ann(house, "ann");
  house.console.send_break(ann.viewer().origin(), [](const Status&) {});
  CHECK(ann.type("a"));
  (void)house.world.turns_left_alone();
  CHECK(house.console.writer() == &ann.viewer());
  breaks.at(0)(Status{});
  wait_typed(house, "a");
  ann.wait_told("you typed nothing for 10ms: typing takes the pen again");
}
