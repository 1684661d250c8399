// SPDX-License-Identifier: Apache-2.0
#include "console/input_mixer.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>

using namespace charmux;
using namespace charmux::console;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

/// A mixer, its clock, and a guest that takes at most `takes` bytes more.
struct Desk {
  explicit Desk(const InputMixer::Settings& settings = {}) : mixer(settings) {}

  InputMixer mixer;
  MonoTime now{1h};
  std::string guest;
  std::size_t takes = 100'000;

  void type(InputMixer::Writer writer, const std::string& text) { mixer.add(writer, as_bytes(text), now); }
  /// Gives the guest what it takes and is to have now. What that is.
  std::string give() {
    const std::size_t before = guest.size();
    while (takes > 0) {
      const auto turn = mixer.next(now);
      if (!turn) break;
      REQUIRE_FALSE(turn->bytes.empty());
      const std::size_t taken = std::min(takes, turn->bytes.size());
      guest += as_text(turn->bytes.first(taken));
      takes -= taken;
      mixer.gave(*turn, taken, now);
    }
    return guest.substr(before);
  }
  std::string give(std::size_t most) {
    takes = most;
    return give();
  }
};

}  // namespace

TEST_CASE("what one writer types comes in order") {
  Desk desk;
  for (const char* text : {"ls", " -l", "\r"}) desk.type(1, text);
  CHECK(desk.mixer.waiting(1) == 6);
  CHECK(desk.give() == "ls -l\r");
  CHECK(desk.mixer.empty());
  CHECK_FALSE(desk.mixer.due(desk.now));
}

TEST_CASE("writers take turns by whole reads, and one that the guest has begun to take is finished first") {
  Desk desk;
  desk.type(1, "aaaa");
  CHECK(desk.give(2) == "aa");
  desk.type(2, "bb");
  desk.type(1, "AA");
  desk.type(2, "BB");
  desk.type(3, "c");
  CHECK(desk.give(1) == "a");
  CHECK(desk.give(100) == "abbcAABB");
}

TEST_CASE("a paste of many reads lets others type between them") {
  Desk desk;
  for (int i = 0; i < 100; ++i) desk.type(1, "paste ");
  desk.type(2, "x");
  CHECK(desk.give(7) == "paste x");
}

TEST_CASE("each writer has room of its own, and loses only what is its own") {
  Desk desk({.queue = 10});
  desk.type(1, "0123456789");
  desk.type(2, "abc");
  CHECK(desk.mixer.room(1) == 0);
  CHECK(desk.mixer.room(2) == 7);
  CHECK(desk.mixer.room(3) == 10);
  CHECK(desk.give(1) == "0");
  CHECK(desk.mixer.drop(1) == 9);
  CHECK(desk.mixer.drop(1) == 0);
  CHECK(desk.mixer.room(1) == 10);
  CHECK(desk.give(100) == "abc");
}

TEST_CASE("nobody types inside another's key, and who began it goes on at once when the rest comes") {
  for (const std::string& key : {"\x1b[1;5C"s, "\x1bOP"s, "\xe2\x82\xac"s, "\x1b[M !!"s, "\x1b]11;x\x07"s})
    for (std::size_t cut = 1; cut < key.size(); ++cut) {
      Desk desk;
      desk.type(1, "a" + key.substr(0, cut));
      CHECK(desk.give() == "a" + key.substr(0, cut));
      desk.type(2, "b");
      CHECK(desk.give().empty());
      desk.now += 49ms;
      CHECK(desk.give().empty());
      CHECK(desk.mixer.due(desk.now) == desk.now + 1ms);
      desk.type(1, key.substr(cut) + "c");
      CHECK(desk.give() == key.substr(cut) + "cb");
    }
}

TEST_CASE("a lone ESC is a key: when nothing follows it, the others go on") {
  Desk desk;
  desk.type(1, "\x1b");
  CHECK(desk.give() == "\x1b");
  desk.type(2, "b");
  desk.now += InputMixer::kKeyPatience;
  CHECK(desk.give() == "b");
  desk.type(1, "[A");
  CHECK(desk.give() == "[A");
}

TEST_CASE("the patience begins anew with each byte of the key, and does not run while the guest takes nothing") {
  Desk desk;
  desk.type(1, "\x1b");
  CHECK(desk.give() == "\x1b");
  desk.type(2, "b");
  desk.now += 40ms;
  desk.type(1, "[");
  CHECK(desk.give() == "[");
  desk.now += 40ms;
  CHECK(desk.give().empty());
  desk.type(1, "A");
  desk.now += 1h;
  CHECK(desk.give() == "Ab");
}

TEST_CASE("a string that never ends keeps others out no longer than the longest key there is") {
  Desk desk;
  const std::string string = "\x1b]" + std::string(InputMixer::kLongestKey - 2, 'x');
  for (std::size_t at = 0; at < string.size(); at += 1000) desk.type(1, string.substr(at, 1000));
  desk.type(2, "b");
  desk.type(1, "tail");
  const std::string all = desk.give();
  CHECK(all.find('b') == string.size());
}

TEST_CASE("what may pass at once: what the guest is owed by nobody, inside nobody's key") {
  Desk desk;
  CHECK(desk.mixer.may_pass(1, desk.now));
  desk.mixer.passed(1, as_bytes("\x1b"), 1, desk.now);
  CHECK(desk.mixer.may_pass(1, desk.now));
  CHECK_FALSE(desk.mixer.may_pass(2, desk.now));
  CHECK(desk.mixer.may_pass(2, desk.now + InputMixer::kKeyPatience));
  desk.type(1, "[A");
  CHECK_FALSE(desk.mixer.may_pass(1, desk.now));
}

TEST_CASE("the rest of a read of which some has passed comes before another's read") {
  Desk desk;
  desk.mixer.passed(2, as_bytes("bbbb"), 1, desk.now);
  desk.type(2, "bbb");
  desk.type(1, "a");
  CHECK(desk.give(1) == "b");
  desk.type(3, "c");
  CHECK(desk.give(100) == "bbac");
}

TEST_CASE("a writer's pace is its own: a paste goes slowly, and others at once") {
  Desk desk({.pace = {100, 0ms}});
  desk.type(1, std::string(1000, 'p'));
  CHECK(desk.give() == "p");
  CHECK_FALSE(desk.mixer.may_pass(2, desk.now));
  desk.type(2, "b");
  CHECK(desk.give() == "b");
  CHECK(desk.mixer.due(desk.now) == desk.now + 10ms);
  desk.now += 10ms;
  CHECK(desk.give() == "p");
  for (int i = 0; i < 100; ++i) {
    desk.now += 10ms;
    desk.give();
  }
  CHECK(std::count(desk.guest.begin(), desk.guest.end(), 'p') == 102);
}

TEST_CASE("another pace holds for what waits already") {
  Desk desk({.pace = {1, 0ms}});
  desk.type(1, "paste");
  CHECK(desk.give() == "p");
  desk.mixer.set_pace({100, 0ms}, desk.now);
  CHECK(desk.give() == "a");
  CHECK(desk.mixer.due(desk.now) == desk.now + 10ms);
  desk.mixer.set_pace({}, desk.now);
  CHECK(desk.give() == "ste");
  CHECK(desk.mixer.may_pass(1, desk.now));
  desk.mixer.set_pace({1, 0ms}, desk.now);
  desk.type(1, "xy");
  CHECK(desk.give() == "x");
}

TEST_CASE("a pace tears no key, and its bytes count") {
  Desk desk({.pace = {100, 0ms}});
  desk.type(1, "\x1b[1;5Cab");
  CHECK(desk.give() == "\x1b[1;5C");
  desk.now += 59ms;
  CHECK(desk.give().empty());
  desk.now += 1ms;
  CHECK(desk.give() == "a");
}

TEST_CASE("a long string goes at the pace too, and others wait for it as long as it comes") {
  Desk desk({.pace = {100, 0ms}});
  desk.type(1, "\x1b]" + std::string(200, 'x') + "\x07");
  desk.type(2, "b");
  CHECK(desk.give().size() <= InputMixer::kLongestUnpaced);
  for (int i = 0; i < 3000 && !desk.mixer.empty(); ++i) {
    desk.now += 1ms;
    desk.give();
  }
  CHECK(desk.guest == "\x1b]" + std::string(200, 'x') + "\x07" + "b");
}

TEST_CASE("whoever types what and whatever the guest takes, no key is torn and nothing is lost") {
  std::mt19937 random(7);
  const auto pick = [&random](std::size_t below) {
    return std::uniform_int_distribution<std::size_t>(0, below - 1)(random);
  };
  for (int round = 0; round < 300; ++round) {
    Desk desk({.queue = 64, .pace = {round % 2 == 0 ? 0U : 2000U, 0ms}});
    // Each has a key of its own, which begins and ends with what nobody else types.
    const std::string keys[] = {"\x1b[1;5A", "\x1bOP", "\xe2\x82\xac"};
    std::string typed[3];
    std::string rest[3];
    for (int step = 0; step < 200; ++step) {
      const std::size_t who = pick(3);
      if (rest[who].empty()) rest[who] = keys[who];
      const std::size_t some = std::min({1 + pick(4), rest[who].size(), desk.mixer.room(who + 1)});
      if (some > 0) desk.type(who + 1, rest[who].substr(0, some));
      typed[who] += rest[who].substr(0, some);
      rest[who].erase(0, some);
      desk.give(pick(6));
      desk.now += std::chrono::microseconds(pick(200));
    }
    for (std::size_t who = 0; who < 3; ++who) {
      while (desk.mixer.room(who + 1) < rest[who].size()) {
        desk.now += 1ms;
        desk.give(100);
      }
      desk.type(who + 1, rest[who]);
      typed[who] += rest[who];
    }
    for (int i = 0; i < 10'000 && !desk.mixer.empty(); ++i) {
      desk.now += 1ms;
      desk.give(100);
    }
    REQUIRE(desk.mixer.empty());
    REQUIRE(desk.guest.size() == typed[0].size() + typed[1].size() + typed[2].size());
    // What is left when whole keys are taken out is nothing.
    for (std::string left = desk.guest; !left.empty();) {
      const auto key = std::find_if(std::begin(keys), std::end(keys),
                                    [&left](const std::string& each) { return left.starts_with(each); });
      REQUIRE(key != std::end(keys));
      left.erase(0, key->size());
    }
  }
}
