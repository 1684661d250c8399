// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "charmux/base/units.hpp"
#include "console/pump.hpp"

using namespace charmux;
using namespace charmux::console;
using namespace std::chrono_literals;

namespace {

const Terms kTerms{50ms, 1 * MiB, 1 * MiB};

/// The guest stands still for a viewer whose socket refuses.
Passed waiting(std::chrono::nanoseconds time) { return {time, true, true, 0, 1 * MiB}; }
/// The socket refuses; the guest prints on.
Passed refusing(std::chrono::nanoseconds time) { return {time, true, false, 0, 1 * MiB}; }
/// A viewer close to the newest byte whose socket took `taken`.
Passed reading(std::chrono::nanoseconds time, std::uint64_t taken) { return {time, false, false, taken, 0}; }

/// One that used up its credit, and stood still for long.
Credit stopped() {
  return credit_after(credit_after(initial_credit(kTerms), waiting(1s), kTerms), refusing(1h), kTerms);
}

/// A viewer that takes `burst` bytes at once and refuses for the time in which one of `rate` reads them, the guest
/// waiting for it whenever it may: how much the guest waited in `rounds` of these, and how often it was let down.
struct Outcome {
  std::chrono::nanoseconds waited{0};
  unsigned let_down = 0;
};
Outcome reader(std::uint64_t rate, std::uint64_t burst, unsigned rounds) {
  Credit credit = initial_credit(kTerms);
  const std::chrono::nanoseconds pause(static_cast<std::int64_t>(burst * 1'000'000'000 / rate));
  Outcome outcome;
  for (unsigned round = 0; round < rounds; ++round) {
    const Credit before = credit;
    if (before.waited_for) outcome.waited += std::min(pause, before.left);
    credit = credit_after(credit, before.waited_for ? waiting(pause) : refusing(pause), kTerms);
    if (before.waited_for && !credit.waited_for) ++outcome.let_down;
    credit = credit_after(credit, {0ns, false, false, burst, 32 * KiB}, kTerms);
  }
  return outcome;
}

}  // namespace

TEST_CASE("a viewer begins with a whole pause of credit") { CHECK(initial_credit(kTerms) == Credit{50ms, true}); }

TEST_CASE("credit is spent only while the guest waits and the socket refuses") {
  const Credit begin = initial_credit(kTerms);
  CHECK(credit_after(begin, waiting(20ms), kTerms) == Credit{30ms, true});
  CHECK(credit_after(begin, refusing(20ms), kTerms) == begin);
  CHECK(credit_after(begin, {20ms, false, true}, kTerms) == begin);
  CHECK(credit_after(begin, {20ms, false, false}, kTerms) == begin);
}

TEST_CASE("at zero the guest waits no longer") {
  CHECK(credit_after(initial_credit(kTerms), waiting(50ms - 1ns), kTerms) == Credit{1ns, true});
  CHECK(credit_after(initial_credit(kTerms), waiting(50ms), kTerms) == Credit{0ns, false});
  CHECK(credit_after(initial_credit(kTerms), waiting(80ms), kTerms) == Credit{-30ms, false});
}

TEST_CASE("bytes taken earn one second for each min_rate of them, up to a whole pause") {
  const Credit half = credit_after(initial_credit(kTerms), waiting(40ms), kTerms);
  CHECK(credit_after(half, reading(0s, MiB / 64), kTerms) == Credit{10ms + 15'625us, true});
  CHECK(credit_after(half, reading(0s, 1 * MiB), kTerms) == Credit{50ms, true});
  CHECK(credit_after(half, reading(0s, 1 * GiB), kTerms) == Credit{50ms, true});
}

TEST_CASE("what was taken too late does not save a credit that ran out before") {
  CHECK_FALSE(credit_after(initial_credit(kTerms), {60ms, true, true, 64 * KiB, 0}, kTerms).waited_for);
}

TEST_CASE("a viewer let down is waited for again when it has earned it back and is within half a ring") {
  const Credit at_zero = credit_after(initial_credit(kTerms), waiting(50ms), kTerms);
  CHECK_FALSE(credit_after(at_zero, reading(0s, 51 * KiB), kTerms).waited_for);
  CHECK(credit_after(at_zero, reading(0s, 52 * KiB), kTerms) == Credit{50ms, true});
  CHECK_FALSE(credit_after(at_zero, {0s, false, false, 52 * KiB, MiB / 2 + 1}, kTerms).waited_for);
  CHECK(credit_after(at_zero, {0s, false, false, 52 * KiB, MiB / 2}, kTerms).waited_for);
}

TEST_CASE("a viewer let down that has nothing to read is waited for again soon") {
  const Credit credit = stopped();
  CHECK_FALSE(credit_after(credit, reading(200ms, 0), kTerms).waited_for);
  CHECK(credit_after(credit, reading(300ms, 0), kTerms).waited_for);
}

TEST_CASE("a kernel queue's worth taken at once does not make a slow reader a fast one") {
  CHECK_FALSE(credit_after(stopped(), reading(0s, 256 * KiB), kTerms).waited_for);
}

TEST_CASE("the guest waits for who reads 4 MiB a second as often as it takes") {
  const Outcome outcome = reader(4 * MiB, 64 * KiB, 100'000);
  CHECK(outcome.let_down == 0);
  CHECK(outcome.waited == 100'000 * 15'625us);
}

TEST_CASE("who reads 64 KiB a second, or a byte every 40 ms, costs the guest one pause in all") {
  for (const std::uint64_t rate : {64 * KiB, std::uint64_t{25}})
    for (const std::uint64_t burst : {std::uint64_t{1}, 4 * KiB, 64 * KiB, 128 * KiB}) {
      const Outcome outcome = reader(rate, burst, 10'000);
      CAPTURE(burst);
      CHECK(outcome.let_down == 1);
      CHECK(outcome.waited < 54ms);  // with a sixteenth that it earned meanwhile
    }
}

TEST_CASE("a smaller pause is earned back whole, a longer one need not be") {
  const Terms brief{10ms, 1 * MiB, 1 * MiB};
  const Credit down = credit_after(initial_credit(brief), waiting(10ms), brief);
  CHECK(credit_after(down, reading(0s, 11 * KiB), brief) == Credit{10ms, true});
  const Terms patient{2s, 1 * MiB, 1 * MiB};
  const Credit spent = credit_after(initial_credit(patient), waiting(2s), patient);
  CHECK(credit_after(spent, reading(0s, 52 * KiB), patient).waited_for);
}

TEST_CASE("without a pause the guest never waits for anybody") {
  const Terms never{0ms, 1 * MiB, 1 * MiB};
  CHECK_FALSE(initial_credit(never).waited_for);
  CHECK_FALSE(credit_after(initial_credit(never), reading(1h, 1 * GiB), never).waited_for);
}
