// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <memory>
#include <vector>

#include "kit/client.hpp"
#include "kit/house.hpp"
#include "kit/texts.hpp"

using namespace charmux;
using namespace charmux::test;

TEST_CASE("all viewers of a console see the same bytes, telnet and raw, over UNIX, IPv4 and IPv6, but for an ENQ") {
  House house;
  TelnetClient one = house.attach_telnet(house.open_telnet());
  TelnetClient two = house.attach_telnet(house.open_telnet(7001), TelnetClient::Answers::never);
  Connection three = house.attach_raw(house.open_raw(7002));
  std::string all = all_byte_values();
  for (int i = 0; i < 40; ++i) all += all_byte_values();
  // It asks a terminal who it is: that of the writer.
  std::string unasked = all;
  std::erase(unasked, '\x05');
  house.guest.write(all);
  house.run_until("all have it", [&] {
    one.poll();
    two.poll();
    three.poll();
    return console_bytes(one.text()).size() >= all.size() && console_bytes(two.text()).size() >= unasked.size() &&
           three.received().size() >= all.size();
  });
  CHECK(console_bytes(one.text()) == all);
  CHECK(console_bytes(two.text()) == unasked);
  CHECK(three.received() == all);
}

TEST_CASE("a late viewer is given history from a line start, then live output") {
  House house;
  config::Listen listen = House::telnet();
  listen.replay = 95;
  const At door = house.open(listen);
  house.print(numbered_lines(0, 1000) + "in the mid");
  TelnetClient late = house.attach_telnet(door);
  house.guest.write("dle of a line\n");
  house.run_until("the rest has come", [&] {
    late.poll();
    return late.sees("of a line\n");
  });
  // 95 bytes would begin in the middle of line 990.
  CHECK(late.text() == "[charmux: vm, 1 watching, you type]\r\n" + numbered_lines(990, 1000) +
                           "in the mid\r\n[charmux: live]\r\ndle of a line\n");
}

TEST_CASE("a raw viewer is given live output and nothing else, unless its door says so") {
  House house;
  const At live = house.open_raw();
  config::Listen listen = House::raw();
  listen.replay = 14;
  const At with_history = house.open(listen);
  house.print("printed before\n");
  Connection one = house.attach_raw(live);
  Connection two = house.attach_raw(with_history);
  house.guest.write("and after\n");
  house.run_until("both have it", [&] {
    one.poll();
    two.poll();
    return one.received().size() >= 10 && two.received().size() >= 24;
  });
  CHECK(one.received() == "and after\n");
  CHECK(two.received() == "rinted before\nand after\n");
}

namespace {

/// A guest that prints numbers without an end, in pieces that end anywhere.
struct NumberedGuest {
  House& house;
  std::string all;
  int next = 0;
  std::size_t printed = 0;

  void print_some() {
    if (!house.guest.all_sent()) return house.guest.flush();
    const std::size_t piece = 40 + printed % 191;
    while (all.size() < printed + piece) all += fmt::format("{:08}\n", next++);
    house.guest.write(std::string_view(all).substr(printed, piece));
    printed += piece;
  }
  /// Where `bytes` stand in what was printed; npos when they are no piece of it.
  [[nodiscard]] std::size_t find(const std::string& bytes) const {
    const std::size_t line_end = bytes.find('\n');
    if (line_end == std::string::npos || bytes.size() < line_end + 10) return std::string::npos;
    const std::size_t second = static_cast<std::size_t>(std::stoi(bytes.substr(line_end + 1, 8))) * 9;
    if (second < line_end + 1) return std::string::npos;
    const std::size_t from = second - (line_end + 1);
    return std::string_view(all).substr(from, bytes.size()) == bytes ? from : std::string::npos;
  }
};

}  // namespace

TEST_CASE("of a thousand viewers that attach while the guest prints, none loses or doubles a byte") {
  constexpr int kAtOnce = 20;
  House house;
  NumberedGuest guest{house, {}};
  config::Listen listen = House::telnet();
  listen.replay = 2 * KiB;
  const At telnet = house.open(listen);
  const At raw = house.open_raw();
  for (int round = 0; round < 1000 / (2 * kAtOnce); ++round) {
    std::vector<TelnetClient> with_history;
    std::vector<Connection> live_only;
    for (int i = 0; i < kAtOnce; ++i) {
      with_history.emplace_back(connect_to(telnet),
                                i % 2 == 0 ? TelnetClient::Answers::yes : TelnetClient::Answers::never);
      live_only.push_back(connect_to(raw));
      guest.print_some();
      house.world.turn();
    }
    house.run_until("each has seen some live output", [&] {
      guest.print_some();
      bool all = true;
      for (TelnetClient& each : with_history) {
        each.poll();
        const std::size_t live = each.text().find("[charmux: live]\r\n");
        all = all && live != std::string::npos && each.text().size() > live + 500;
      }
      for (Connection& each : live_only) {
        each.poll();
        all = all && each.received().size() > 500;
      }
      return all;
    });
    for (const TelnetClient& each : with_history) {
      const std::size_t from = guest.find(console_bytes(each.text()));
      REQUIRE(from != std::string::npos);
      CHECK(from % 9 == 0);
      CHECK(count_of("[charmux: live]", each.text()) == 1);
      // Beside these only who else came, left and typed meanwhile.
      for (const std::string& notice : notices_in(each.text()))
        CHECK((notice == "live" || notice.starts_with("vm, ") || notice.ends_with(" watching") ||
               notice.ends_with(" types now") || notice == "the pen is free: you type now"));
    }
    for (const Connection& each : live_only) REQUIRE(guest.find(each.received()) != std::string::npos);
  }
}

TEST_CASE("the console is read with no viewer there too, and does not spin") {
  House house;
  house.print(numbered_lines(0, 50'000));
  CHECK(house.world.turns_left_alone() < World::kCalm);
}
