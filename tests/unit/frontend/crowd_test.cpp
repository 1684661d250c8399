// SPDX-License-Identifier: Apache-2.0
#include "frontend/crowd.hpp"

#include <doctest/doctest.h>

#include <array>

using charmux::frontend::Crowd;

namespace {

Crowd::Entry enter(Crowd& crowd, std::initializer_list<Crowd::Limit> limits) {
  const std::vector<Crowd::Limit> all(limits);
  return crowd.enter(all);
}

}  // namespace

TEST_CASE("as many come in as the limit says, and one more when one has left") {
  Crowd crowd;
  Crowd::Entry one = enter(crowd, {{"a", 2}});
  const Crowd::Entry two = enter(crowd, {{"a", 2}});
  CHECK(one.ticket);
  CHECK(two.ticket);
  CHECK_FALSE(enter(crowd, {{"a", 2}}).ticket);
  CHECK(enter(crowd, {{"b", 2}}).ticket);
  one.ticket.reset();
  CHECK(crowd.count("a") == 1);
  CHECK(enter(crowd, {{"a", 2}}).ticket);
  CHECK(crowd.count("b") == 0);
}

TEST_CASE("where one of several limits is reached nobody is counted") {
  Crowd crowd;
  const Crowd::Entry one = enter(crowd, {{"a", 0}, {"b", 1}});
  CHECK(crowd.count("a") == 0);
  CHECK(crowd.count("b") == 1);
  const std::array both{Crowd::Limit{"c", 5}, Crowd::Limit{"b", 1}};
  const Crowd::Entry full = crowd.enter(both);
  CHECK_FALSE(full.ticket);
  CHECK(full.full == &both[1]);
  CHECK(crowd.count("c") == 0);
}

TEST_CASE("no limit is no ticket, and lets in") {
  Crowd crowd;
  const Crowd::Entry free = enter(crowd, {{"a", 0}});
  CHECK_FALSE(free.ticket);
  CHECK(free.full == nullptr);
}

TEST_CASE("two tickets made one count until that is given back") {
  Crowd crowd;
  Crowd::Ticket both = Crowd::both(enter(crowd, {{"a", 1}}).ticket, enter(crowd, {{"b", 1}}).ticket);
  both = Crowd::both(std::move(both), enter(crowd, {{"c", 1}}).ticket);
  both = Crowd::both(std::move(both), nullptr);
  both = Crowd::both(nullptr, std::move(both));
  CHECK(crowd.count("a") + crowd.count("b") + crowd.count("c") == 3);
  both.reset();
  CHECK(crowd.count("a") + crowd.count("b") + crowd.count("c") == 0);
}
