// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>

#include "kit/log_capture.hpp"
#include "kit/person.hpp"

using namespace charmux;
using namespace charmux::test;
using config::WriterMode;

namespace {

constexpr std::size_t kQueue = 4 * KiB;

/// Types until the queue is full, in reads as a client's are. What was typed.
std::string fill(House& house, Person& person, char what) {
  std::string typed;
  for (std::size_t room = 0; (room = house.console.input_room(person.viewer())) > 0;) {
    typed += std::string(std::min<std::size_t>(room, 1000), what);
    REQUIRE(person.type(typed.substr(typed.size() - std::min<std::size_t>(room, 1000))));
  }
  return typed;
}

void wait_typed(House& house, std::size_t bytes) {
  house.run_until("the guest has been typed to", [&] { return house.typed().size() >= bytes; });
  CHECK(house.typed().size() == bytes);
}

long count(const std::string& text, char what) { return std::count(text.begin(), text.end(), what); }

}  // namespace

TEST_CASE("a writer's full queue stops only that writer, and each is heard when the guest reads") {
  House house;
  Person ann(house, "ann", Person::with(WriterMode::shared));
  Person bob(house, "bob", Person::with(WriterMode::shared));
  const std::string a = fill(house, ann, 'a');  // the guest does not read
  CHECK(house.console.input_room(bob.viewer()) == kQueue);
  CHECK(bob.type("b"));
  CHECK(house.console.input_room(bob.viewer()) == kQueue - 1);
  const int before = bob.may_go_on();
  wait_typed(house, a.size() + 1);
  CHECK(house.console.input_room(ann.viewer()) == kQueue);
  CHECK(ann.may_go_on() > 0);
  CHECK(bob.may_go_on() > before);
  CHECK(count(house.typed(), 'b') == 1);
}

TEST_CASE("what waits of a writer that leaves or loses the pen is dropped and counted, and of nobody else") {
  House house({.log_level = LogLevel::info});
  const LogCapture log(house.world.directory / "log");
  Person owner(house, "owner");
  Person ann(house, "ann", Person::with(WriterMode::shared));
  Person bob(house, "bob", Person::with(WriterMode::shared));
  const std::string o = fill(house, owner, 'o');
  CHECK(ann.type("aaa"));
  CHECK(bob.type("bb"));
  ann.leave();
  CHECK(log.has("console vm: 3 bytes of input did not reach the guest: ann left before the guest read them"));
  Person robot(house, "robot", Person::with(WriterMode::force));
  CHECK(log.has("console vm: 4096 bytes of input did not reach the guest: robot took the pen before"));
  CHECK(house.console.input_room(owner.viewer()) == kQueue);
  wait_typed(house, o.size() - kQueue + 2);
  CHECK(house.typed().ends_with("bb"));
}

TEST_CASE("nobody's keys come between the parts of another's key that came in two reads") {
  House house;
  Person ann(house, "ann", Person::with(WriterMode::shared));
  Person bob(house, "bob", Person::with(WriterMode::shared));
  for (int i = 0; i < 20; ++i) {
    CHECK(ann.type("\x1b[1"));
    CHECK(bob.type("b"));
    CHECK(ann.type(";5C"));
  }
  wait_typed(house, 20 * 7);
  std::string all;
  for (int i = 0; i < 20; ++i) all += "\x1b[1;5Cb";
  CHECK(house.typed() == all);
}

TEST_CASE("behind a lone ESC others go on, without anybody typing more") {
  House house;
  Person ann(house, "ann", Person::with(WriterMode::shared));
  Person bob(house, "bob", Person::with(WriterMode::shared));
  CHECK(ann.type("\x1b"));
  CHECK(bob.type("b"));
  CHECK(house.typed().size() <= 1);
  wait_typed(house, 2);
  CHECK(house.typed() ==
        "\x1b"
        "b");
  CHECK(house.world.turns_left_alone() < World::kCalm);
}

TEST_CASE("all input waits behind a break, whoever sent that") {
  Breaks breaks;
  House house({.breaks = &breaks});
  Person ann(house, "ann", Person::with(WriterMode::shared));
  Person bob(house, "bob", Person::with(WriterMode::shared));
  house.console.send_break(ann.viewer().origin(), [](const Status&) {});
  house.console.send_break(bob.viewer().origin(), [](const Status&) {});
  CHECK(ann.type("a"));
  CHECK(bob.type("b"));
  breaks.at(0)(Status{});
  (void)house.world.turns_left_alone();
  CHECK(house.typed().empty());
  breaks.at(1)(Status{});
  wait_typed(house, 2);
}

TEST_CASE("a paste is paced and back-pressures its sender alone: others' keys pass it") {
  config::Typing typing;
  typing.input_rate = 20;  // so slow that the paste is not over before the test
  House house({.typing = typing});
  config::Listen listen = House::raw();
  listen.writer = WriterMode::shared;
  const At door = house.open(listen);
  Connection paster = house.attach_raw(door);
  Connection other = house.attach_raw(door);
  const std::string paste(2'000'000, 'p');
  paster.write(paste);
  house.run_until("its queue is full", [&] { return house.console.input_room(*house.console.viewers()[0]) == 0; });
  const auto echoes = [&] { return count(house.typed(), 'x'); };
  for (int i = 1; i <= 5; ++i) {
    other.write("x");
    house.run_until("the other's key is with the guest", [&] { return echoes() == i; });
  }
  // Its socket is not read, so not even the kernel has taken all; and what the guest has is nearly nothing.
  paster.flush();
  CHECK_FALSE(paster.all_sent());
  CHECK(count(house.typed(), 'p') < 1000);
  CHECK(house.world.turns_left_alone() < World::kCalm);
}

TEST_CASE("a paced paste arrives whole") {
  config::Typing typing;
  typing.input_rate = 100'000;
  typing.input_cr_delay = std::chrono::milliseconds(1);
  House house({.typing = typing});
  Connection client = house.attach_raw(house.open_raw());
  std::string all = all_byte_values();
  for (int i = 0; i < 20; ++i) all += all_byte_values();
  client.write(all);
  house.run_until("the guest has it all", [&] {
    client.flush();
    return house.typed().size() >= all.size();
  });
  CHECK(house.typed() == all);
  CHECK(house.world.turns_left_alone() < World::kCalm);
}

TEST_CASE("a raw client of a shared door types beside the one who has the pen, and is not closed for it") {
  House house;
  TelnetClient owner = house.attach_telnet(house.open_telnet());
  config::Listen listen = House::raw();
  listen.writer = WriterMode::shared;
  Connection script = house.attach_raw(house.open(listen));
  script.write("script\n");
  house.run_until("the guest has it", [&] { return house.typed() == "script\n"; });
  owner.write("owner\r");
  house.run_until("the guest has both", [&] { return house.typed() == "script\nowner\r"; });
  CHECK(house.sessions.count() == 2);
}

TEST_CASE("a break of a shared viewer reaches the guest while another has the pen") {
  Breaks breaks;
  House house({.breaks = &breaks});
  const TelnetClient owner = house.attach_telnet(house.open_telnet());
  config::Listen listen = House::telnet();
  listen.writer = WriterMode::shared;
  TelnetClient other = house.attach_telnet(house.open(listen));
  CHECK(other.sees("[charmux: vm, 2 watching, you type; "));
  other.command(kBreak);
  house.run_until("it has come", [&] { return breaks.size() == 1; });
}
