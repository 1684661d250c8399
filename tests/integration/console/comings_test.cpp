// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <memory>

#include "kit/person.hpp"

using namespace charmux;
using namespace charmux::test;
using Told = std::vector<std::string>;

namespace {

/// The last number of watchers that somebody was told.
std::string last_count(const Person& person) {
  for (auto at = person.told().rbegin(); at != person.told().rend(); ++at)
    if (at->ends_with(" watching")) return at->substr(at->find_last_of(' ', at->size() - 10) + 1);
  return {};
}

}  // namespace

TEST_CASE("viewers are told who comes and goes, by name; the one who comes is told by its greeting") {
  House house;
  Person ann(house, "ann");
  Person bob(house, "bob");
  ann.wait_told("bob watches, 2 watching");
  CHECK(bob.greeting().starts_with("vm, 2 watching, ann types"));
  bob.leave();
  ann.wait_told("bob left, 1 watching");
  CHECK(ann.told() == Told{"bob watches, 2 watching", "bob left, 1 watching"});
  CHECK(bob.told().empty());
  CHECK(house.world.turns_left_alone() < World::kCalm);
}

TEST_CASE("a log and a viewer without notices: of the one nobody hears, the other hears of nobody") {
  House house;
  Person ann(house, "ann");
  console::ViewerSettings quiet;
  quiet.told = console::Told::gaps;
  Person program(house, "program", quiet);
  ann.wait_told("program watches, 2 watching");
  quiet.counts = false;
  quiet.may_type = false;
  Person log(house, "log", quiet);
  log.leave();
  Person bob(house, "bob");
  ann.wait_told("bob watches, 3 watching");
  CHECK(ann.told().size() == 2);
  CHECK(program.told().empty());
}

TEST_CASE("of a crowd viewers are told in sum, each only of those it did not know of") {
  House house;
  Person ann(house, "ann");
  std::vector<std::unique_ptr<Person>> crowd;
  for (int i = 0; i < 40; ++i) crowd.push_back(std::make_unique<Person>(house, "one of many"));
  for (int i = 0; i < 10; ++i) crowd.pop_back();
  const Person late(house, "late");
  ann.wait_told("40 came, 10 left, 32 watching");
  CHECK(ann.told() == Told{"one of many watches, 2 watching", "40 came, 10 left, 32 watching"});
  // The last who is still there: ten who came later have gone again.
  CHECK(crowd.back()->told() == Told{"11 came, 10 left, 32 watching"});
  CHECK(last_count(*crowd.front()) == "32 watching");
  CHECK(late.told().empty());
}

TEST_CASE("when charmuxd stops nobody is told that the others leave, nor that it types now") {
  House house;
  Person ann(house, "ann");
  Person bob(house, "bob");
  ann.wait_told("bob watches, 2 watching");
  CHECK(bob.ask() == console::PenAnswer::asked);
  Person carol(house, "carol");
  house.console.stop();
  ann.leave();
  bob.wait_told("charmuxd is stopping");
  carol.wait_told("charmuxd is stopping");
  CHECK(bob.told().size() == 1);
  CHECK(carol.told().size() == 1);
}
