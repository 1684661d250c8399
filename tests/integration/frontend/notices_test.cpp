// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "kit/client.hpp"
#include "kit/house.hpp"
#include "kit/log_capture.hpp"

using namespace charmux;
using namespace charmux::test;

namespace {

constexpr std::string_view kState = "[charmux: vm, 1 watching, you type]\r\n";

/// A viewer that has read `shown` of what is printed, and asks how it stands.
TelnetClient ask_after(House& house, const std::string& printed, const std::string& shown) {
  TelnetClient client = house.attach_telnet(house.open_telnet());
  house.print(printed);
  house.run_until("it has that", [&] {
    client.poll();
    return client.sees("[charmux: live]\r\n" + shown);
  });
  client.command(kAreYouThere);
  return client;
}
TelnetClient ask_after(House& house, const std::string& printed) { return ask_after(house, printed, printed); }

}  // namespace

TEST_CASE("a notice stands on a line of its own") {
  House house;
  TelnetClient client = ask_after(house, "login: ");
  house.run_until("it is answered", [&] {
    client.poll();
    return client.sees("login: \r\n" + std::string(kState));
  });
  house.print("root\n");
  client.command(kAreYouThere);
  house.run_until("it is answered, without an empty line", [&] {
    client.poll();
    return client.sees(std::string(kState) + "root\n" + std::string(kState));
  });
}

TEST_CASE("a notice waits for the end of an escape sequence or a character") {
  struct Sequence {
    std::string begin;
    std::string end;
    std::string shown;  ///< of `begin`: what may yet ask the terminal something is not.
  };
  for (const Sequence& each :
       {Sequence{"red: \x1b[3", "1m", "red: "}, Sequence{"\x1b]0;title", "\x07", "\x1b]0;title"},
        Sequence{"\x1bP$q", "\x1b\\", ""}, Sequence{"price: \xE2\x82", "\xAC", "price: \xE2\x82"}}) {
    House house;
    TelnetClient client = ask_after(house, each.begin, each.shown);
    CHECK(house.world.turns_left_alone() < World::kCalm);
    client.poll();
    CHECK(count_of(kState, client.text()) == 0);
    house.print(each.end + "after");
    house.run_until("it is answered", [&] {
      client.poll();
      return client.sees("[charmux: live]\r\n" + each.begin + each.end + "\r\n" + std::string(kState) + "after");
    });
  }
}

TEST_CASE("a notice is told before a sequence that nobody ends and that is not shown before") {
  House house({.notice_wait = std::chrono::milliseconds(1)});
  TelnetClient client = ask_after(house, "text\x1b[6", "text");
  house.run_until("it is answered", [&] {
    client.poll();
    return client.sees("[charmux: live]\r\ntext\r\n" + std::string(kState));
  });
  house.print("Cmore");
  house.run_until("it is shown then", [&] {
    client.poll();
    return client.sees(std::string(kState) + "\x1b[6Cmore");
  });
}

TEST_CASE("a notice is told inside a sequence that nobody ends") {
  House house({.notice_wait = std::chrono::milliseconds(1)});
  TelnetClient client = ask_after(house, "\x1b]0;title");
  house.run_until("it is answered", [&] {
    client.poll();
    return client.sees("title\r\n" + std::string(kState));
  });
}

TEST_CASE("viewers are told once that the guest went away, and that it is back when it is heard") {
  House house;
  TelnetClient client = house.attach_telnet(house.open_telnet());
  house.print("up\n");
  house.power_off();
  house.run_until("it is known that nobody is there", [&] {
    client.poll();
    return client.sees("[charmux: vm is shut off; waiting]\r\n");
  });
  // Meanwhile the reasons change: closed, no such file, refused.
  CHECK(house.world.turns_left_alone() < World::kCalm);
  house.power_on();
  house.run_until("it is connected", [&] {
    client.poll();
    return client.sees("[charmux: vm is connected, nothing heard yet]\r\n");
  });
  house.print("up again\n");
  house.run_until("it is heard", [&] {
    client.poll();
    return client.sees("up again\n");
  });
  const std::vector<std::string> notices = notices_in(client.text());
  REQUIRE(notices.size() == 6);
  CHECK(notices[0] == "vm, 1 watching, you type; connected, nothing heard yet");
  CHECK(notices[1] == "live");
  CHECK(notices[2] == "vm is shut off; waiting");
  CHECK(notices[3] == "vm is connected, nothing heard yet");
  CHECK(notices[4].rfind("not recorded ", 0) == 0);
  CHECK(notices[5] == "vm is back");
  CHECK(console_bytes(client.text()) == "up\nup again\n");
}

TEST_CASE("a chardev that closes at once, again and again, floods neither the viewers nor the log, until it holds") {
  House house({.log_level = LogLevel::info});
  const LogCapture log(house.world.directory / "log");
  TelnetClient client = house.attach_telnet(house.open_telnet());
  for (int rounds = 0; rounds < 10; ++rounds) {
    house.guest.write("Port in use\n");
    house.guest.close();
    house.run_until("it is connected to again", [&] { return static_cast<bool>(house.guest = house.next_guest()); });
  }
  house.print("welcome\n");
  house.run_until("it is back", [&] {
    client.poll();
    return client.sees("[charmux: vm is back]\r\n") && client.sees("welcome\n") &&
           log.has("console vm: open, and holds; ");
  });
  CHECK(count_of("Port in use\n", client.text()) == 10);
  // Twice each, while it might have been a guest that was started anew; the last is the one that holds.
  CHECK(count_of("vm is shut off; waiting]", client.text()) <= 3);
  CHECK(log.count("the other side closed it; trying again") <= 2);
  CHECK(log.count("console vm: open: connected") <= 2);
}

TEST_CASE("a door with notices off says nothing but what the console prints") {
  House house;
  config::Listen listen = House::telnet();
  listen.notices = false;
  TelnetClient client(connect_to(house.open(listen)));
  house.run_until("it is there", [&] { return house.sessions.count() == 1; });
  client.command(kAreYouThere);
  client.command(kBreak);
  house.print("output\n");
  house.run_until("it has that", [&] {
    client.poll();
    return client.text() == "output\n";
  });
}

namespace {

/// What a viewer of a console that its guest said nothing to since charmuxd started reads on attaching.
std::string greeting(const HouseSettings& settings) {
  House house(settings);
  return notices_in(house.attach_telnet(house.open_telnet()).text()).at(0);
}

}  // namespace

TEST_CASE("a viewer reads since when an open console is silent") {
  const WallTime then = std::chrono::system_clock::now() - std::chrono::hours(2);
  CHECK(greeting({.heard_at = then}) ==
        "vm, 1 watching, you type; connected, nothing heard yet; silent since " + clock_text(then));
  CHECK(greeting({.heard_at = then + std::chrono::hours(2)}) ==
        "vm, 1 watching, you type; connected, nothing heard yet");
  const WallTime before = then - std::chrono::hours(48);
  CHECK(greeting({.heard_at = before}).ends_with("; silent since " + date_text(before) + " " + clock_text(before)));
}

TEST_CASE("what is said of silence is said of an open console alone, and is no change of it") {
  House house({.heard_at = std::chrono::system_clock::now() - std::chrono::hours(2)});
  TelnetClient first = house.attach_telnet(house.open_telnet());
  house.power_off();
  house.run_until("it is shut off", [&] {
    first.poll();
    return first.sees("[charmux: vm is shut off; waiting]\r\n");
  });
  const TelnetClient second = house.attach_telnet(house.open_telnet());
  CHECK(notices_in(second.text()).at(0).ends_with("types; read-only; shut off"));
}
