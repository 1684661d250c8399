// SPDX-License-Identifier: Apache-2.0
#include "loop/backoff.hpp"

#include <doctest/doctest.h>

using charmux::loop::Backoff;
using namespace std::chrono_literals;

TEST_CASE("each further try waits twice as long, up to the cap") {
  Backoff backoff(250ms, 1s);
  CHECK(backoff.next(0) == 250ms);
  CHECK(backoff.next(0) == 500ms);
  CHECK(backoff.next(0) == 1s);
  CHECK(backoff.next(0) == 1s);
}

TEST_CASE("chance shortens a wait by a quarter at most") {
  for (const std::uint32_t random : {0U, 1U, 255U, 256U, 0xFFFFFFFFU}) {
    Backoff backoff(1024ms, 30s);
    const auto wait = backoff.next(random);
    CHECK(wait <= 1024ms);
    CHECK(wait > 768ms);
  }
}

TEST_CASE("after a success the waits begin anew") {
  Backoff backoff(250ms, 30s);
  (void)backoff.next(0);
  (void)backoff.next(0);
  backoff.reset();
  CHECK(backoff.next(0) == 250ms);
}
