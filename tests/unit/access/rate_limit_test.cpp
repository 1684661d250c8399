// SPDX-License-Identifier: Apache-2.0
#include "access/rate_limit.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <random>
#include <string>

using namespace charmux;
using access::RateLimit;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const MonoTime kStart = MonoTime{} + std::chrono::hours(1);

/// How many of `times` tries at that moment are let through.
int taken(RateLimit& limit, const std::string& who, MonoTime now, int times) {
  int through = 0;
  for (int i = 0; i < times; ++i) through += limit.take(who, now) ? 1 : 0;
  return through;
}

}  // namespace

TEST_CASE("all of a minute's tries may come at once, and then one each time that a part of the minute is over") {
  RateLimit limit(20);
  CHECK(taken(limit, "a", kStart, 100) == 20);
  CHECK(taken(limit, "a", kStart + milliseconds(2999), 5) == 0);
  CHECK(taken(limit, "a", kStart + seconds(3), 5) == 1);
  CHECK(taken(limit, "a", kStart + seconds(9), 5) == 2);
  CHECK(taken(limit, "a", kStart + minutes(2), 100) == 20);
}

TEST_CASE("a try that is refused costs nothing") {
  RateLimit limit(2);
  CHECK(taken(limit, "a", kStart, 1000) == 2);
  CHECK(taken(limit, "a", kStart + seconds(30), 1000) == 1);
}

TEST_CASE(
    "one that tries without end gets at most twice its tries in any minute, and its tries in each in the long run") {
  RateLimit limit(7);
  std::deque<MonoTime> through;
  std::minstd_rand random(1);
  std::size_t all = 0;
  for (MonoTime now = kStart; now < kStart + minutes(60); now += milliseconds(random() % 900)) {
    if (!limit.take("a", now)) continue;
    ++all;
    through.push_back(now);
    while (through.front() <= now - minutes(1)) through.pop_front();
    REQUIRE(through.size() <= 14);
  }
  CHECK(all >= 60 * 7);
  CHECK(all <= 61 * 7);
}

TEST_CASE("what one has spent is nobody else's loss") {
  RateLimit limit(3);
  CHECK(taken(limit, "a", kStart, 10) == 3);
  CHECK(taken(limit, "b", kStart, 10) == 3);
  limit.give_back("a");
  CHECK(taken(limit, "a", kStart, 10) == 3);
  CHECK(taken(limit, "b", kStart, 10) == 0);
}

TEST_CASE("time in which one did not try saves up no more than there is, who else has tried meanwhile or not") {
  RateLimit limit(20);
  CHECK(taken(limit, "b", kStart, 100) == 20);
  CHECK(limit.take("a", kStart));
  CHECK(taken(limit, "a", kStart + seconds(30), 100) == 20);
}

TEST_CASE("another limit holds from now on, and what was spent stays spent") {
  RateLimit limit(10);
  CHECK(taken(limit, "a", kStart, 10) == 10);
  limit.set_tries(60);
  CHECK(taken(limit, "a", kStart, 10) == 0);
  CHECK(taken(limit, "a", kStart + seconds(2), 10) == 2);
  limit.set_tries(0);
  CHECK(taken(limit, "b", kStart + minutes(5), 10) == 0);
}

TEST_CASE("whoever has all tries again is forgotten") {
  RateLimit limit(20);
  for (int i = 0; i < 1000; ++i) CHECK(limit.take(std::to_string(i), kStart));
  CHECK(limit.size() == 1000);
  CHECK(limit.take("another", kStart + seconds(3)));
  CHECK(limit.size() == 1);
}

TEST_CASE("no more are remembered than there may be: whoever has not tried for the longest time begins anew") {
  RateLimit limit(1);
  CHECK(limit.take("first", kStart));
  CHECK(limit.take("second", kStart));
  CHECK_FALSE(limit.take("first", kStart));
  for (std::size_t i = 0; i < RateLimit::kMost - 1; ++i) CHECK(limit.take(std::to_string(i), kStart));
  CHECK(limit.size() == RateLimit::kMost);
  // "second" had to leave; "first" has tried since.
  CHECK_FALSE(limit.take("first", kStart));
  CHECK(limit.take("second", kStart));
  CHECK(limit.size() == RateLimit::kMost);
}
