// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vector>

#include "at_path.hpp"
#include "kit/privileges.hpp"
#include "kit/texts.hpp"

using namespace charmux;
using namespace charmux::test;
using backend::State;

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
  Connection guest = at.opened();
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
  Connection guest = at.opened();
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
  Connection guest = at.opened();
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
