// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <vector>

#include "backend/line.hpp"
#include "kit/chardev.hpp"
#include "kit/privileges.hpp"
#include "kit/sink.hpp"
#include "kit/texts.hpp"
#include "kit/world.hpp"

using namespace charmux;
using namespace charmux::test;
using backend::State;

namespace {

/// A backend for the UNIX chardev at `path`, where the test puts a server, or none.
struct AtPath {
  World world;
  std::string path = world.directory / "chardev.sock";
  backend::Line socket{world.loop, impatient(), fixed(address::Unix{{path, false}})};
  std::unique_ptr<RecordingSink> sink;
  std::unique_ptr<ChardevServer> server;

  void serve(int backlog = 16) {
    ::unlink(path.c_str());
    server = std::make_unique<ChardevServer>(At::path(path), backlog);
  }
  void start() { sink = std::make_unique<RecordingSink>(socket); }
  void wait_for(State state) {
    world.run_until("the backend's state", [&] { return sink->reached(state); });
  }
  Connection accept() {
    Connection guest;
    world.run_until("it is connected to", [&] { return static_cast<bool>(guest = server->accept()); });
    return guest;
  }
};

}  // namespace

TEST_CASE("all byte values pass a unix chardev both ways") {
  AtPath at;
  at.serve();
  at.start();
  Connection guest = at.accept();
  guest.write(all_byte_values());
  at.world.run_until("all bytes have come from the guest", [&] { return at.sink->received == all_byte_values(); });
  at.sink->write(all_byte_values());
  at.world.run_until("all bytes have come to the guest", [&] {
    guest.poll();
    return guest.received() == all_byte_values();
  });
  CHECK(at.socket.leftover() == 0);
}

TEST_CASE("the last bytes of a unix chardev that closes are read, then it is connected to again") {
  AtPath at;
  at.serve();
  at.start();
  Connection guest = at.accept();
  at.wait_for(State::open);
  const std::string last_words = numbered_lines(0, 10000);
  guest.write(last_words);
  at.world.run_until("all is written", [&] {
    guest.flush();
    return guest.all_sent();
  });
  guest.close();
  at.wait_for(State::closed);
  CHECK(at.sink->received == last_words);
  CHECK(at.sink->reason() == "unix:" + at.path + ": the other side closed it");
  at.wait_for(State::open);
  guest = at.accept();
  guest.write("again");
  at.world.run_until("the new one is heard", [&] { return at.sink->received == last_words + "again"; });
}

TEST_CASE("the last bytes of a unix chardev that dies with input unread are read too") {
  AtPath at;
  at.serve();
  at.start();
  Connection guest = at.accept();
  at.wait_for(State::open);
  at.sink->write("never read");
  guest.write("last words");
  guest.close();  // with something unread: the other side gets ECONNRESET (unix(7))
  at.wait_for(State::closed);
  CHECK(at.sink->received == "last words");
}

TEST_CASE("a unix chardev whose backlog is full is held by another client, until it is free") {
  AtPath at;
  at.serve(1);
  std::vector<Connection> others;
  for (;;) {
    UniqueFd other = At::path(at.path).socket();
    ::fcntl(other.get(), F_SETFL, O_NONBLOCK);
    const At to = At::path(at.path);
    if (::connect(other.get(), to.raw(), to.length) != 0) break;
    others.emplace_back(std::move(other));
  }
  CHECK(errno == EAGAIN);
  at.start();
  at.wait_for(State::waiting);
  CHECK(at.sink->reason() == "held by another client");
  CHECK(at.world.turns_left_alone() < World::kCalm);
  for (std::size_t i = 0; i < others.size(); ++i) (void)at.server->accept();
  at.wait_for(State::open);
}

TEST_CASE("a unix chardev that one has no permission for is refused with what to do, and opened once one has it") {
  AtPath at;
  at.serve();
  ::chmod(at.path.c_str(), 0);
  const WithoutPrivileges like_anybody;
  at.start();
  at.wait_for(State::refused);
  CHECK(at.sink->reason() ==
        "unix:" + at.path + ": Permission denied; run charmuxd as root or as the owner of the socket");
  ::chmod(at.path.c_str(), 0600);
  at.wait_for(State::open);
}

TEST_CASE("a unix chardev that is not there, or that nobody serves, is waited for") {
  AtPath at;
  at.start();
  at.wait_for(State::closed);
  CHECK(at.sink->reason() == "unix:" + at.path + ": No such file or directory");
  at.serve();
  at.wait_for(State::open);
  at.server.reset();  // leaves its file
  at.wait_for(State::closed);
  at.wait_for(State::closed);
  CHECK(at.sink->reason() == "unix:" + at.path + ": Connection refused");
  CHECK(at.world.turns_left_alone() < World::kCalm);
}

TEST_CASE("a unix chardev that closes at once, again and again, is not hammered") {
  AtPath at;
  at.serve();
  at.start();
  int connections = 0;
  const auto close_each = [&] {
    while (Connection guest = at.server->accept()) ++connections;
    return connections >= 8;
  };
  at.world.run_until("it has been closed a few times", close_each);
  // By now it waits its longest, 20 ms less a quarter: in 100 ms that is 7 times at most.
  bool over = false;
  loop::Timer moment(at.world.loop, [&over] { over = true; });
  moment.start(std::chrono::milliseconds(100));
  connections = 0;
  at.world.run_until("a moment has passed", [&] {
    close_each();
    return over;
  });
  CHECK(connections <= 10);
}

TEST_CASE("a unix chardev that does not read takes less, and goes on when it reads, in order") {
  AtPath at;
  at.serve();
  at.start();
  Connection guest = at.accept();
  at.wait_for(State::open);
  const std::string typed = numbered_lines(0, 200'000);
  at.sink->write(typed);
  CHECK_FALSE(at.sink->unsent.empty());
  CHECK(at.world.turns_left_alone() < World::kCalm);
  at.world.run_until("all has come to the guest", [&] {
    guest.poll();
    return guest.received().size() >= typed.size();
  });
  CHECK(guest.received() == typed);
  CHECK(at.sink->writable > 0);
}

TEST_CASE("a backend that is stopped while it waits to try again is stopped at once") {
  AtPath at;
  at.start();
  at.wait_for(State::closed);
  at.socket.stop();
  CHECK(at.socket.stopped());
  const int calls = at.sink->calls;
  at.serve();
  CHECK(at.world.turns_left_alone() < World::kCalm);
  CHECK_FALSE(at.server->accept());
  CHECK(at.sink->calls == calls);
}

TEST_CASE("a console that is put down frees its chardev, and is opened again when told") {
  AtPath at;
  at.serve();
  at.start();
  Connection guest = at.accept();
  at.wait_for(State::open);
  at.socket.put_down("put down by root");
  at.world.run_until("the guest is told", [&] {
    guest.poll();
    return guest.ended();
  });
  guest.close();
  at.wait_for(State::down);
  CHECK(at.sink->reason() == "put down by root");
  at.socket.retry();  // what has changed does not matter to one that was put down
  CHECK(at.world.turns_left_alone() < World::kCalm);
  CHECK_FALSE(static_cast<bool>(at.server->accept()));
  at.socket.reopen();
  Connection again = at.accept();
  at.wait_for(State::open);
  again.write("here again");
  at.world.run_until("it is heard", [&] { return at.sink->received == "here again"; });
}

TEST_CASE("a console that is reopened while it is open has a new connection") {
  AtPath at;
  at.serve();
  at.start();
  Connection guest = at.accept();
  at.wait_for(State::open);
  at.socket.reopen();
  at.world.run_until("the old connection ends", [&] {
    guest.poll();
    return guest.ended();
  });
  guest.close();
  Connection again = at.accept();
  CHECK(at.sink->reached(State::connecting));  // what came meanwhile is not recorded, and the console has to know
  again.write("anew");
  at.world.run_until("the new one is heard", [&] { return at.sink->received == "anew"; });
}

namespace {

/// A place that a test moves about, and that may answer late.
class MovingPlace final : public backend::Locator {
 public:
  explicit MovingPlace(backend::Location& location) : location_(location) {}
  void locate(std::function<void(backend::Location)> answer) override {
    ++asked;
    if (hold)
      held = std::move(answer);
    else
      answer(location_);
  }
  [[nodiscard]] std::string shown() const override { return "somewhere"; }
  void send_break(std::function<void(Status)>) override {}

  int asked = 0;
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
