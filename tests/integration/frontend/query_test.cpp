// SPDX-License-Identifier: Apache-2.0
// What a guest asks of terminals is asked of one, or of none.
#include <doctest/doctest.h>

#include "kit/client.hpp"
#include "kit/house.hpp"
#include "kit/texts.hpp"
#include "kit/thin_send.hpp"

using namespace charmux;
using namespace charmux::test;

namespace {

const std::string kAsks = "\x1b[6n";

/// All there was is at each of them, and the guest was sent nothing.
template <class... Clients>
void read_to(House& house, const std::string& end, Clients&... clients) {
  house.run_until("they have all", [&] {
    (clients.poll(), ...);
    return (clients.sees(end) && ...);
  });
  CHECK(house.typed().empty());
}

HouseSettings passing() {
  HouseSettings settings;
  settings.typing.query = config::Query::pass;
  return settings;
}

}  // namespace

TEST_CASE("a query goes to the terminal of the writer alone, whoever that is by then") {
  House house;
  const At door = house.open_telnet();
  TelnetClient one = house.attach_telnet(door);
  TelnetClient two = house.attach_telnet(door);
  Connection raw = house.attach_raw(house.open_raw());
  house.print("a" + kAsks + "b");
  read_to(house, "b", one, two);
  CHECK(console_bytes(one.text()) == "a" + kAsks + "b");
  CHECK(console_bytes(two.text()) == "ab");
  one.close();
  house.run_until("it has left", [&] { return house.sessions.count() == 2; });
  // The pen lies free: nobody is asked.
  house.print("c" + kAsks + "d");
  read_to(house, "d", two);
  two.write("x");
  house.run_until("the other has the pen", [&] { return house.typed() == "x"; });
  house.print("e" + kAsks + "f");
  house.run_until("all have all", [&] {
    two.poll();
    raw.poll();
    return two.sees("f") && raw.received().size() == 3 * (2 + kAsks.size());
  });
  CHECK(console_bytes(two.text()) == "abcde" + kAsks + "f");
  CHECK(raw.received() == "a" + kAsks + "bc" + kAsks + "de" + kAsks + "f");
}

TEST_CASE("where queries pass, each terminal is asked what is asked while it is there") {
  House house(passing());
  const At door = house.open_telnet();
  house.print("before" + kAsks);
  TelnetClient one = house.attach_telnet(door);
  TelnetClient two = house.attach_telnet(door);
  house.print("a" + kAsks + "b");
  read_to(house, "b", one, two);
  CHECK(console_bytes(one.text()) == "beforea" + kAsks + "b");
  CHECK(console_bytes(two.text()) == "beforea" + kAsks + "b");
}

TEST_CASE("what was asked before a viewer came is not asked of it, and what is being asked then is") {
  House house({.notice_wait = std::chrono::milliseconds(1)});
  house.print("old " + kAsks + "\x1b]11;?\x07\x05prompt\x1b[6");
  TelnetClient client = house.attach_telnet(house.open_telnet());
  CHECK(console_bytes(client.text()) == "old prompt");
  house.print("n.");
  read_to(house, ".", client);
  CHECK(console_bytes(client.text()) == "old prompt" + kAsks + ".");
}

TEST_CASE("a raw viewer with history and one that begins at an offset get the true bytes") {
  House house;
  house.print("old " + kAsks + "\x05.");
  config::Listen listen = House::raw();
  listen.replay = 100;
  Connection raw = house.attach_raw(house.open(listen));
  house.run_until("it has it", [&] {
    raw.poll();
    return raw.received() == "old " + kAsks + "\x05.";
  });
}

TEST_CASE("what may yet become a query is not sent before that is clear, and nobody spins for it") {
  House house;
  const At door = house.open_telnet();
  TelnetClient one = house.attach_telnet(door);
  TelnetClient two = house.attach_telnet(door);
  house.print("a\x1b[6");
  read_to(house, "a", one, two);
  CHECK(house.world.turns_left_alone() < World::kCalm);
  one.poll();
  CHECK(console_bytes(one.text()) == "a");
  CHECK(house.console.viewers().front()->lag() == 3);
  house.print("Cb");
  read_to(house, "b", one, two);
  CHECK(console_bytes(one.text()) == "a\x1b[6Cb");
  CHECK(console_bytes(two.text()) == "a\x1b[6Cb");
  for (const char byte : "\x1b[?6n." + std::string("\x1b[m!")) house.print(std::string(1, byte));
  read_to(house, "!", one, two);
  CHECK(console_bytes(one.text()) == "a\x1b[6Cb\x1b[?6n.\x1b[m!");
  CHECK(console_bytes(two.text()) == "a\x1b[6Cb.\x1b[m!");
}

TEST_CASE("when all ends, what has not become a query is let go") {
  House house;
  TelnetClient client = house.attach_telnet(house.open_telnet());
  Connection raw = house.attach_raw(house.open_raw());
  house.print("a\x1b[6");
  read_to(house, "a", client);
  house.stop();
  house.run_until("it is told, and its session ends", [&] {
    client.poll();
    raw.poll();
    return client.ended() && raw.ended();
  });
  CHECK(console_bytes(client.text()) == "a");
  CHECK(raw.received() == "a\x1b[6");
}

TEST_CASE("what has not become a query when the guest goes away never does") {
  House house;
  TelnetClient client = house.attach_telnet(house.open_telnet());
  house.print("a\x1b[6");
  house.power_off();
  house.power_on();
  house.print("n.");
  read_to(house, "]\r\nn.", client);
  CHECK(console_bytes(client.text()) == "an.");
}

TEST_CASE("queries that reach over the end of what is sent in one turn are found") {
  HouseSettings settings;
  settings.ring = 1 * MiB;
  House house(settings);
  const At door = house.open_telnet();
  TelnetClient one = house.attach_telnet(door);
  TelnetClient two = house.attach_telnet(door);
  // At each place in the sequence, and many in one turn.
  std::string all, unasked;
  for (int i = 0; i < 20; ++i) {
    const std::string some(console::Viewer::kTurnBudget / 4 - 5, 'x');
    all += some + kAsks + "\x1b]10;?\x1b\\";
    unasked += some;
  }
  house.print(all + ".");
  read_to(house, ".", one, two);
  CHECK(console_bytes(one.text()) == all + ".");
  CHECK(console_bytes(two.text()) == unasked + ".");
}

TEST_CASE("through a socket that takes few bytes at a time, what is left out is left out whole") {
  for (const std::size_t most : {1U, 2U, 3U, 0U}) {
    House house;
    const At door = house.open_telnet();
    TelnetClient one = house.attach_telnet(door);
    TelnetClient two = house.attach_telnet(door, TelnetClient::Answers::never);
    const ThinSend thin(most);
    std::string all, unasked;
    for (int i = 0; i < 50; ++i) {
      const std::string some = "\xFF\r" + kAsks + "\n\xFF" + kAsks + kAsks + "\r" + "\x1b[1m";
      all += some;
      unasked += "\xFF\r\n\xFF\r\x1b[1m";
      house.print(some);
    }
    house.print(".");
    read_to(house, ".", one, two);
    CHECK(one.text().substr(one.text().rfind("]\r\n") + 3) == all + ".");
    CHECK(two.text().substr(two.text().rfind("]\r\n") + 3) == unasked + ".");
  }
}
