// SPDX-License-Identifier: Apache-2.0
#include "conformance.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "kit/texts.hpp"

namespace charmux::test {
namespace {

using backend::State;

constexpr std::size_t kFlood = std::size_t{4} * 1024 * 1024;

/// Each byte value behind and before each other one of a few that mean something to a protocol or a terminal.
std::string pairs() {
  std::string text = all_byte_values();
  for (const char special : {'\xff', '\r', '\n', '\0', '\x11', '\x13', '\x03', '\x1a', '\x04', '\x7f'})
    for (int value = 0; value < 256; ++value) text += {special, static_cast<char>(value)};
  return text;
}

std::string flood() { return numbered_lines(0, static_cast<int>(kFlood / 9)); }

/// One scenario: what it does to the bench, and waits for.
class Play {
 public:
  explicit Play(const Bench& bench) : bench_(bench) {}

  void open();
  void flood();
  void turns();
  void silence();
  void ends(void (Peer::*how)());
  void half_open();
  void reopen();
  void all_bytes();
  void back_pressure();
  void send_break();

 private:
  [[nodiscard]] RecordingSink& sink() { return *bench_.sink; }
  [[nodiscard]] Peer& peer() { return bench_.peer; }
  void begin() { bench_.sink = std::make_unique<RecordingSink>(bench_.line); }
  template <class Condition>
  void until(const char* what, Condition holds) {
    bench_.world.run_until(what, [&] {
      peer().poll();
      return holds();
    });
  }
  void until_open() {
    until("it is open", [&] { return sink().reached(State::open); });
    until("its peer knows", [&] { return peer().connected(); });
  }
  void until_not_open() {
    until("it is open no more", [&] { return sink().reached(State::closed) || sink().reached(State::waiting); });
    CHECK_FALSE(sink().reason().empty());
  }
  void until_received(const std::string& text) {
    until("all that the peer said is there", [&] { return sink().received.size() >= text.size(); });
    CHECK(sink().received == text);
  }
  void until_heard(const std::string& text) {
    until("all that was typed is there", [&] { return peer().heard().size() >= text.size(); });
    CHECK(peer().heard() == text);
  }
  void opened() {
    peer().come_up();
    begin();
    until_open();
  }
  /// Whether typing is a part of what this kind does.
  [[nodiscard]] bool takes_input() { return peer().not_applicable(Scenario::back_pressure).empty(); }
  void talk(const std::string& said, const std::string& typed);

  const Bench& bench_;
  std::string said_;
  std::string typed_;
};

/// Bytes go both ways, behind those that went before.
void Play::talk(const std::string& said, const std::string& typed) {
  said_ += said;
  peer().say(said);
  until_received(said_);
  if (!takes_input()) return;
  typed_ += typed;
  sink().write(typed);
  until_heard(typed_);
}

void Play::open() {
  begin();
  until_not_open();
  peer().come_up();
  until_open();
  talk("login: ", "root\r");
}

void Play::flood() {
  opened();
  const std::string all = test::flood();
  peer().say(all);
  until_received(all);
}

void Play::turns() {
  constexpr std::size_t kSip = 64;
  constexpr std::size_t kMostSips = 8;
  peer().come_up();
  SippingSink sipping(bench_.line, kSip);
  until("it is open", [&] { return sipping.open && peer().connected(); });
  const std::string all = numbered_lines(0, 4000);
  peer().say(all);
  std::size_t before = 0;
  std::size_t most = 0;
  until("all is there", [&] {
    most = std::max(most, sipping.received.size() - std::exchange(before, sipping.received.size()));
    return sipping.received.size() >= all.size();
  });
  CHECK(sipping.received == all);
  CHECK(most <= kSip * kMostSips);
}

void Play::silence() {
  opened();
  CHECK(bench_.world.turns_left_alone() < World::kCalm);
  CHECK_FALSE(sink().reached(State::closed));
  talk("and now it speaks", "and is heard");
  CHECK(bench_.world.turns_left_alone() < World::kCalm);
}

void Play::ends(void (Peer::*how)()) {
  opened();
  talk("it lives", "yes");
  const bool in_order = how == &Peer::close;
  if (in_order) peer().say("last words");
  if (in_order && peer().end_discards()) until_received("it liveslast words");
  (peer().*how)();
  until_not_open();
  if (in_order) CHECK(sink().received == "it liveslast words");
  CHECK(bench_.world.turns_left_alone() < World::kCalm);
}

void Play::half_open() {
  opened();
  talk("it lives", "yes");
  peer().say("its last words");
  peer().half_close();
  until_received("it livesits last words");
  if (peer().half_close_ends()) return until_not_open();
  CHECK(bench_.world.turns_left_alone() < World::kCalm);
  talk("", "it still hears");
}

void Play::reopen() {
  opened();
  talk("one", "one");
  peer().close();
  until_not_open();
  peer().come_up();
  until_open();
  talk("two", "two");
  bench_.line.put_down("put down by root");
  until("it is down", [&] { return sink().reached(State::down); });
  until("its peer knows", [&] { return !peer().connected(); });
  peer().come_up();
  bench_.line.reopen();
  until_open();
  talk("three", "three");
}

void Play::all_bytes() {
  opened();
  talk("first, as it may be negotiated over; ", "first; ");
  talk(pairs(), pairs());
}

void Play::back_pressure() {
  opened();
  peer().read_input(false);
  const std::string typed = numbered_lines(0, static_cast<int>(peer().too_much_input() / 9));
  sink().write(typed);
  until("less was taken", [&] { return !sink().unsent.empty(); });
  int turns = 0;
  until("the queues on the way are full", [&] {
    const std::size_t before = sink().unsent.size();
    turns = bench_.world.turns_left_alone();
    return sink().unsent.size() == before;
  });
  CHECK(turns < World::kCalm);
  peer().say("it speaks all the same");
  until_received("it speaks all the same");
  peer().read_input(true);
  until_heard(typed);
}

void Play::send_break() {
  opened();
  talk("ready", "");
  sink().write("before");
  if (takes_input()) until("it was taken", [&] { return sink().unsent.empty(); });
  std::optional<Status> answer;
  bench_.line.send_break([&](const Status& status) { answer = status; });
  until("an answer", [&] { return answer.has_value(); });
  sink().write("behind");
  if (!peer().breaks()) {
    REQUIRE_FALSE(answer->has_value());
    CHECK(answer->error().text.rfind("no break: ", 0) == 0);
    return;
  }
  CHECK_MESSAGE(answer->has_value(), (*answer ? "" : answer->error().text));
  until_heard("beforebehind");
  CHECK(peer().breaks() == 1);
}

}  // namespace

void play(Scenario scenario, const Bench& bench) {
  if (const std::string_view why = bench.peer.not_applicable(scenario); !why.empty()) {
    std::printf("n/a: %s\n", std::string(why).c_str());
    return;
  }
  Play play(bench);
  switch (scenario) {
    case Scenario::open: return play.open();
    case Scenario::flood: return play.flood();
    case Scenario::turns: return play.turns();
    case Scenario::silence: return play.silence();
    case Scenario::peer_closes: return play.ends(&Peer::close);
    case Scenario::peer_vanishes: return play.ends(&Peer::vanish);
    case Scenario::half_open: return play.half_open();
    case Scenario::reopen: return play.reopen();
    case Scenario::all_bytes: return play.all_bytes();
    case Scenario::back_pressure: return play.back_pressure();
    case Scenario::send_break: return play.send_break();
  }
}

}  // namespace charmux::test
