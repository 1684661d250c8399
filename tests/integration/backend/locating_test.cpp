// SPDX-License-Identifier: Apache-2.0
#include "backend/line.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <memory>

#include "at_path.hpp"
#include "kit/chardev.hpp"
#include "kit/sink.hpp"
#include "kit/texts.hpp"
#include "kit/world.hpp"

using namespace charmux;
using namespace charmux::test;
using backend::State;

namespace {

/// A place that a test moves about, and that may answer late.
class MovingPlace final : public backend::Locator {
 public:
  explicit MovingPlace(backend::Location& location) : location_(location) {}
  void locate(std::function<void(backend::Location)> answer) override {
    ++asked;
    forced.push_back(std::exchange(force_told, false));
    if (hold)
      held = std::move(answer);
    else
      answer(location_);
  }
  [[nodiscard]] std::string shown() const override { return "somewhere"; }
  void send_break(std::function<void(Status)>) override {}

  void force() override { force_told = true; }

  int asked = 0;
  bool force_told = false;
  std::vector<bool> forced;  ///< of each time it was asked
  bool hold = false;
  std::function<void(backend::Location)> held;

 private:
  backend::Location& location_;
};

}  // namespace

TEST_CASE("where the chardev is is asked before each opening, and may be elsewhere each time") {
  World world;
  const std::string first = world.directory / "first";
  const std::string second = world.directory / "second";
  ChardevServer at_first(At::path(first));
  ChardevServer at_second(At::path(second));
  backend::Location location{State::closed, std::nullopt, "its guest is not running", false};
  auto place = std::make_unique<MovingPlace>(location);
  MovingPlace& asked = *place;
  backend::Line line(world.loop, impatient(), std::move(place));
  RecordingSink sink(line);
  world.run_until("it says what the place says", [&] { return sink.reached(State::closed); });
  CHECK(sink.reason() == "its guest is not running");

  location = {State::open, address::Unix{{first, false}}, {}, true};
  line.retry();
  world.run_until("it is open at the first", [&] { return sink.reached(State::open); });
  CHECK_FALSE(line.may_be_queued());
  Connection guest = at_first.accept();
  location.at = address::Unix{{second, false}};
  guest.close();
  Connection moved;
  world.run_until("it is open at the second", [&] { return static_cast<bool>(moved = at_second.accept()); });

  // An answer that comes when nobody waits for it any more is nobody's.
  asked.hold = true;
  moved.close();
  world.run_until("it has asked again", [&] { return static_cast<bool>(asked.held); });
  line.stop();
  CHECK(line.stopped());
  asked.held(location);
  CHECK(world.turns_left_alone() < World::kCalm);
  CHECK_FALSE(static_cast<bool>(at_second.accept()));
}

namespace {

/// A backend whose place a test moves about.
struct Moving {
  explicit Moving(backend::Patience patience = impatient()) {
    auto moving = std::make_unique<MovingPlace>(location);
    place = moving.get();
    line = std::make_unique<backend::Line>(world.loop, patience, std::move(moving));
  }
  World world;
  backend::Location location{State::closed, std::nullopt, "its guest is not running", false};
  MovingPlace* place;
  std::unique_ptr<backend::Line> line;
  std::unique_ptr<RecordingSink> sink;

  void start() { sink = std::make_unique<RecordingSink>(*line); }
  /// It has asked, and waits for the answer that is handed out.
  std::function<void(backend::Location)> question() {
    world.run_until("it has asked", [this] { return static_cast<bool>(place->held); });
    return std::exchange(place->held, nullptr);
  }
  static backend::Location at(address::Backend address) { return {State::open, std::move(address), {}, true}; }
};

/// One whose questions wait for the test's answers, and two chardevs to answer with.
struct Between : Moving {
  explicit Between(const backend::Patience& patience = impatient()) : Moving(patience) { place->hold = true; }
  const std::string first = world.directory / "first";
  const std::string second = world.directory / "second";
  ChardevServer at_first{At::path(first)};
  ChardevServer at_second{At::path(second)};
};

}  // namespace

TEST_CASE("an answer that was asked for the old place is nobody's once the chardev has moved") {
  Between moving;
  moving.start();
  const auto answer = moving.question();
  moving.line->relocate();
  const auto answer_anew = moving.question();
  answer(Moving::at(address::Unix{{moving.first, false}}));
  answer_anew(Moving::at(address::Unix{{moving.second, false}}));
  moving.world.run_until("it is open", [&] { return moving.sink->reached(State::open); });
  CHECK(static_cast<bool>(moving.at_second.accept()));
  CHECK_FALSE(static_cast<bool>(moving.at_first.accept()));
}

TEST_CASE("a connection that is being made to the old place is given up when the chardev moves") {
  Moving moving;
  const std::string second = moving.world.directory / "second";
  ChardevServer at_first(At::port(0));
  ChardevServer at_second(At::path(second));
  moving.place->hold = true;
  moving.start();
  // Its host is looked up off the loop, so this is not done before the loop turns.
  moving.question()(Moving::at(address::Tcp{{"localhost", static_cast<std::uint16_t>(at_first.port())}}));
  moving.line->relocate();
  moving.question()(Moving::at(address::Unix{{second, false}}));
  moving.world.run_until("it is open", [&] { return moving.sink->reached(State::open); });
  moving.world.run_until("it has been looked up", [&] { return !moving.world.loop.has_pending_work(); });
  CHECK(moving.world.turns_left_alone() < World::kCalm);
  CHECK(static_cast<bool>(at_second.accept()));
  CHECK_FALSE(static_cast<bool>(at_first.accept()));
}

TEST_CASE("a chardev that moves while it is waited for is asked for at once") {
  // Longer than a test waits, so that nothing but the news makes it ask.
  backend::Patience patience = impatient();
  patience.reopen_first = patience.reopen_most = std::chrono::minutes(10);
  Moving moving(patience);
  const std::string path = moving.world.directory / "chardev";
  ChardevServer server{At::path(path)};
  moving.start();
  moving.world.run_until("it is not there", [&] { return moving.sink->reached(State::closed); });
  moving.location = Moving::at(address::Unix{{path, false}});
  moving.line->relocate();
  moving.world.run_until("it is open", [&] { return moving.sink->reached(State::open); });
}

TEST_CASE("where the chardev is is asked again when no answer comes, and the late answer is nobody's") {
  backend::Patience patience = impatient();
  patience.locate_timeout = std::chrono::milliseconds(20);
  Between moving(patience);
  moving.start();
  const auto late = moving.question();
  const auto in_time = moving.question();
  moving.place->hold = false;
  moving.location = Moving::at(address::Unix{{moving.second, false}});
  late(Moving::at(address::Unix{{moving.first, false}}));
  in_time(moving.location);
  moving.world.run_until("it is open", [&] { return moving.sink->reached(State::open); });
  const int asked = moving.place->asked;
  CHECK(moving.world.turns_left_alone() < World::kCalm);  // longer than it waits for an answer
  CHECK(moving.place->asked == asked);
  CHECK(static_cast<bool>(moving.at_second.accept()));
  CHECK_FALSE(static_cast<bool>(moving.at_first.accept()));
}

TEST_CASE("news of the chardev does not make it ask twice") {
  Moving moving;
  moving.place->hold = true;
  moving.start();
  const auto answer = moving.question();
  moving.line->retry();
  CHECK(moving.world.turns_left_alone() < World::kCalm);
  CHECK(moving.place->asked == 1);
}

TEST_CASE("a reopening by force is told before the place is asked for, for that opening alone") {
  Between moving;
  moving.start();
  moving.question()(Moving::at(address::Unix{{moving.first, false}}));
  moving.world.run_until("it is open", [&] { return moving.sink->reached(State::open); });
  Connection guest = moving.at_first.accept();
  moving.line->reopen(true);
  moving.line->reopen();  // takes nothing back
  guest.close();
  (void)moving.question();
  moving.line->reopen();
  (void)moving.question();
  CHECK(moving.place->forced == std::vector<bool>{false, true, false});
}

TEST_CASE("a console that is put down is forced no more") {
  Between moving;
  moving.start();
  (void)moving.question();
  moving.line->reopen(true);
  moving.line->put_down("put down by root");
  moving.world.run_until("it is down", [&] { return moving.sink->reached(State::down); });
  moving.line->reopen();
  (void)moving.question();
  CHECK(moving.place->forced == std::vector<bool>{false, false});
}

TEST_CASE("a guest that is known not to run is asked for when something has changed, not again and again") {
  World world;
  backend::Location off{State::off, std::nullopt, "its guest is not running"};
  backend::Location closed{State::closed, std::nullopt, "its guest is not running"};
  auto place = std::make_unique<MovingPlace>(off);
  auto other = std::make_unique<MovingPlace>(closed);
  MovingPlace& asked = *place;
  MovingPlace& asked_often = *other;
  backend::Line line(world.loop, impatient(), std::move(place));
  backend::Line often(world.loop, impatient(), std::move(other));
  RecordingSink sink(line);
  RecordingSink other_sink(often);
  world.run_until("the one of which nobody knows is asked for again and again", [&] { return asked_often.asked > 5; });
  CHECK(sink.reached(State::off));
  CHECK(asked.asked == 1);
  line.retry();
  world.run_until("it is asked for", [&] { return asked.asked == 2; });
}
