// SPDX-License-Identifier: Apache-2.0
#include "backend/line.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <memory>

#include "at_path.hpp"
#include "kit/chardev.hpp"
#include "kit/opened_by.hpp"
#include "kit/sink.hpp"
#include "kit/texts.hpp"
#include "kit/world.hpp"

using namespace charmux;
using namespace charmux::test;
using backend::State;

namespace {

/// How a chardev is that says a last word and closes, each time.
int close_each(ChardevServer& server, std::string_view last_word) {
  int connections = 0;
  while (Connection guest = server.accept()) {
    guest.write(last_word);
    ++connections;
  }
  return connections;
}

}  // namespace

TEST_CASE("a console that is put down frees its chardev, and is opened again when told") {
  AtPath at;
  Connection guest = at.opened();
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
  Connection guest = at.opened();
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

TEST_CASE("a chardev that says something and closes at once, again and again, is not hammered") {
  AtPath at;
  at.serve();
  at.start();
  int connections = 0;
  at.world.run_until("it has been closed a few times", [&] {
    connections += close_each(*at.server, "Port in use\r\n");
    return connections >= 8;
  });
  // By now it waits its longest, 20 ms less a quarter: in 100 ms that is 7 times at most.
  bool over = false;
  loop::Timer moment(at.world.loop, [&over] { over = true; });
  moment.start(std::chrono::milliseconds(100));
  connections = 0;
  at.world.run_until("a moment has passed", [&] {
    connections += close_each(*at.server, "Port in use\r\n");
    return over;
  });
  CHECK(connections <= 10);
  CHECK(count_of("Port in use\r\n", at.sink->received) >= 8);
}

TEST_CASE("a console that is put down while it is reopened says so, and the other way round") {
  AtPath at;
  Connection guest = at.opened();
  at.socket.reopen();
  at.wait_for(State::connecting);
  at.socket.put_down("put down by root");
  at.wait_for(State::down);
  at.socket.put_down("put down by another");
  at.wait_for(State::down);
  CHECK(at.sink->reason() == "put down by another");
  at.socket.reopen();
  at.wait_for(State::connecting);
  CHECK(at.sink->states.size() == 5);
  guest.close();
  at.wait_for(State::open);
}

TEST_CASE("a chardev that has much to say while it is parted from does not hold the loop") {
  World world;
  ChardevServer server(At::port(0));
  backend::Line line(world.loop, impatient(),
                     fixed(address::Tcp{{"127.0.0.1", static_cast<std::uint16_t>(server.port())}}));
  RecordingSink sink(line);
  Connection guest;
  world.run_until("it is connected to", [&] { return static_cast<bool>(guest = server.accept()); });
  world.run_until("it is open", [&] { return sink.reached(State::open); });
  const int room = 4 * 1024 * 1024;
  ::setsockopt(guest.fd(), SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
  guest.write(std::string(std::size_t{1024} * 1024, 'x'));
  REQUIRE(guest.unsent() < std::size_t{512} * 1024);
  guest.close();
  // All of that, and its end, could be read by now. The rest of the loop has its turn first.
  line.stop();
  CHECK_FALSE(line.stopped());
  world.run_until("it has stopped", [&] { return line.stopped(); });
}

TEST_CASE("a chardev that reads no more is not written to again and again") {
  AtPath at;
  Connection guest = at.opened();
  ::shutdown(guest.fd(), SHUT_RD);
  at.sink->write("never read");
  CHECK(at.world.turns_left_alone() < World::kCalm);
  guest.write("but it speaks");
  at.world.run_until("it is heard", [&] { return at.sink->received == "but it speaks"; });
  CHECK(at.world.turns_left_alone() < World::kCalm);
  guest.close();
  at.wait_for(State::closed);
}

namespace {

/// One that somebody else has, always.
class Held final : public backend::Opener {
 public:
  Held(int& tries, bool costly, Opener::Owner& owner) : tries_(tries), costly_(costly), owner_(owner) {}
  void begin() override {
    ++tries_;
    owner_.failed(State::waiting, "in use");
  }
  [[nodiscard]] bool is_costly() const override { return costly_; }

 private:
  int& tries_;
  const bool costly_;
  Opener::Owner& owner_;
};

}  // namespace

TEST_CASE("what somebody else has is tried every second, unless a try is costly: then as whatever else is not there") {
  World world;
  backend::Patience patience = impatient();
  patience.reopen_first = patience.reopen_most = std::chrono::minutes(10);
  int cheap_tries = 0;
  int costly_tries = 0;
  backend::Line cheap(world.loop, patience, std::make_unique<OpenedBy>([&](backend::Opener::Owner& owner) {
                        return std::make_unique<Held>(cheap_tries, false, owner);
                      }));
  backend::Line costly(world.loop, patience, std::make_unique<OpenedBy>([&](backend::Opener::Owner& owner) {
                         return std::make_unique<Held>(costly_tries, true, owner);
                       }));
  const RecordingSink told(cheap);
  const RecordingSink told_too(costly);
  world.run_until("the cheap one is tried again", [&] { return cheap_tries == 3; });
  CHECK(costly_tries == 1);
}
