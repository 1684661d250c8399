// SPDX-License-Identifier: Apache-2.0
#include "console/pump.hpp"

#include <doctest/doctest.h>

using namespace charmux::console;

namespace {

/// A viewer with output ready, room to be sent it, and nothing else the matter.
Situation watching(std::size_t ready) {
  Situation at;
  at.ready = ready;
  at.budget = 1000;
  return at;
}

}  // namespace

TEST_CASE("what is ready is sent, up to the budget of the turn") {
  CHECK(decide(watching(300)) == Decision{Step::send, 300});
  CHECK(decide(watching(3000)) == Decision{Step::send, 1000});
}

TEST_CASE("with nothing ready there is nothing to do") { CHECK(decide(watching(0)) == Decision{}); }

TEST_CASE("a viewer whose bytes were overwritten skips or is closed, as its door says, before anything else") {
  Situation at = watching(300);
  at.lost = 1;
  at.mark = true;
  at.notice_in = 0;
  CHECK(decide(at).step == Step::skip);
  at.on_lag = OnLag::close;
  CHECK(decide(at).step == Step::close);
}

TEST_CASE("a mark is told where it stands") {
  Situation at = watching(0);
  at.mark = true;
  CHECK(decide(at).step == Step::tell_mark);
}

TEST_CASE("output before a notice's place is sent first, and not a byte more") {
  Situation at = watching(300);
  at.notice_in = 40;
  CHECK(decide(at) == Decision{Step::send, 40});
}

TEST_CASE("a notice that is due is told at once outside a sequence") {
  Situation at = watching(300);
  at.notice_in = 0;
  at.boundary = 0;
  CHECK(decide(at).step == Step::tell_notice);
}

TEST_CASE("a notice that is due inside a sequence lets the rest of the sequence pass first") {
  Situation at = watching(300);
  at.notice_in = 0;
  at.boundary = 7;
  CHECK(decide(at) == Decision{Step::send, 7});
}

TEST_CASE("a notice inside a sequence whose end has not come waits, and what there is of it passes") {
  Situation at = watching(5);
  at.notice_in = 0;
  CHECK(decide(at) == Decision{Step::send, 5});
  at.ready = 0;
  CHECK(decide(at) == Decision{});
}

TEST_CASE("a notice that has waited long enough is told even inside a sequence") {
  Situation at = watching(5);
  at.notice_in = 0;
  at.notice_overdue = true;
  CHECK(decide(at).step == Step::tell_notice);
}

TEST_CASE("what is kept back goes with more behind it, and not before") {
  Situation at = watching(30);
  at.kept_back = 30;
  CHECK(decide(at) == Decision{});
  at.ready = 31;
  CHECK(decide(at) == Decision{Step::send, 31});
  at.budget = 20;
  CHECK(decide(at) == Decision{});
}

TEST_CASE("what is kept back is let go where the output ends") {
  Situation at = watching(30);
  at.kept_back = 30;
  at.ends = true;
  CHECK(decide(at) == Decision{Step::let_go});
  at.ready = 31;
  CHECK(decide(at) == Decision{Step::send, 31});
}

TEST_CASE("a notice that belongs among what is kept back waits for the end of that") {
  Situation at = watching(30);
  at.kept_back = 30;
  at.notice_in = 12;
  CHECK(decide(at) == Decision{});
  at.ready = 300;
  at.boundary = 40;
  CHECK(decide(at) == Decision{Step::send, 40});
  at.ready = 30;
  at.boundary.reset();
  at.notice_overdue = true;
  CHECK(decide(at) == Decision{Step::tell_notice});
}

TEST_CASE("a notice does not wait for a sequence that a mark breaks off") {
  Situation at = watching(0);
  at.notice_in = 0;
  at.mark = true;
  CHECK(decide(at).step == Step::tell_notice);
}
