// SPDX-License-Identifier: Apache-2.0
#include "discovery/happenings.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace charmux;
using discovery::Happening;
using discovery::Happenings;
using namespace std::chrono_literals;

namespace {

protocol::QmpEvent event(std::string name, std::chrono::microseconds at) { return {std::move(name), at, "{}"}; }
constexpr auto kBegin = std::chrono::microseconds(1700000000000000);

}  // namespace

TEST_CASE("the two RESETs of one reboot are told once, and those of the next again") {
  Happenings happenings;
  CHECK(happenings.feed(event("RESET", kBegin), 0us) == Happening::reset);
  CHECK_FALSE(happenings.feed(event("RESET", kBegin + 999ms), 0us));
  CHECK(happenings.feed(event("RESET", kBegin + 1s), 0us) == Happening::reset);
  CHECK_FALSE(happenings.feed(event("RESET", kBegin + 1s), 0us));
}

TEST_CASE("each kind of event is told by itself") {
  Happenings happenings;
  CHECK(happenings.feed(event("POWERDOWN", kBegin), 0us) == Happening::powerdown);
  CHECK(happenings.feed(event("SHUTDOWN", kBegin), 0us) == Happening::shutdown);
  CHECK(happenings.feed(event("GUEST_PANICKED", kBegin), 0us) == Happening::panicked);
  CHECK(happenings.feed(event("WATCHDOG", kBegin), 0us) == Happening::watchdog);
  CHECK(happenings.feed(event("SUSPEND", kBegin), 0us) == Happening::suspended);
  CHECK(happenings.feed(event("WAKEUP", kBegin), 0us) == Happening::woken);
  CHECK_FALSE(happenings.feed(event("VSERPORT_CHANGE", kBegin), 0us));
  CHECK_FALSE(happenings.feed(event("DEVICE_DELETED", kBegin), 0us));
}

TEST_CASE("pause and resume are told when they change something, however quickly they follow each other") {
  Happenings happenings;
  CHECK_FALSE(happenings.feed(event("RESUME", kBegin), 0us));
  CHECK(happenings.feed(event("STOP", kBegin), 0us) == Happening::paused);
  CHECK(happenings.paused());
  CHECK_FALSE(happenings.feed(event("STOP", kBegin + 5s), 0us));
  CHECK(happenings.feed(event("RESUME", kBegin + 5s), 0us) == Happening::resumed);
  CHECK(happenings.feed(event("STOP", kBegin + 5s), 0us) == Happening::paused);
}

TEST_CASE("a guest that was paused when it was found is told when it runs, and not that it is paused") {
  Happenings happenings;
  happenings.set_paused(true);
  CHECK_FALSE(happenings.feed(event("STOP", kBegin), 0us));
  CHECK(happenings.feed(event("RESUME", kBegin), 0us) == Happening::resumed);
}

TEST_CASE("an event without a time is as old as its arrival") {
  Happenings happenings;
  CHECK(happenings.feed(event("RESET", 0us), kBegin) == Happening::reset);
  CHECK_FALSE(happenings.feed(event("RESET", 0us), kBegin + 1ms));
  CHECK(happenings.feed(event("RESET", 0us), kBegin + 2s) == Happening::reset);
}

TEST_CASE("each happening has words for it") {
  for (int kind = 0; kind <= static_cast<int>(Happening::woken); ++kind)
    CHECK_FALSE(discovery::text_of(static_cast<Happening>(kind)).empty());
}

TEST_CASE("a panic whose crash kernel takes over is a panic") {
  Happenings happenings;
  CHECK(happenings.feed(event("GUEST_CRASHLOADED", kBegin), 0us) == Happening::panicked);
}
