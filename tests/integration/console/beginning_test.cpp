// SPDX-License-Identifier: Apache-2.0
// What becomes of a console's first byte.
#include <doctest/doctest.h>

#include <filesystem>

#include "kit/client.hpp"
#include "kit/house.hpp"
#include "kit/log_capture.hpp"
#include "support/no_room_anywhere.hpp"

using namespace charmux;
using namespace charmux::test;

TEST_CASE(
    "when the disk will not have the first byte the log says so, and those who watch are told before they see it") {
  House house({.log_level = LogLevel::warn});
  const LogCapture log(house.world.directory / "log");
  std::filesystem::create_directory(house.world.directory / "vm.ring");
  TelnetClient client = house.attach_telnet(house.open_telnet());
  CHECK(house.console.history_trouble().empty());
  house.print("first\n");
  house.run_until("it is told", [&] {
    client.poll();
    return client.sees("[charmux: history not kept: it is not a regular file]\r\nfirst\n");
  });
  CHECK(log.has("console vm: history not kept: it is not a regular file: "));
  CHECK(house.console.condition() == "history not kept: it is not a regular file");
}

TEST_CASE("a console for whose first byte there is no memory is put down with the reason, and can be opened again") {
  House house;
  {
    const NoRoomAnywhere full;
    house.guest.write("lost");
    house.run_until("it is put down", [&] { return house.console.state_text() == "waiting"; });
    CHECK(house.console.reason() ==
          "put down: no 69632 bytes of memory for a history: File too large; lower the history size");
    CHECK(house.console.offset() == 0);
  }
  house.console.reopen({"root", "a door", {}});
  house.run_until("it is opened", [&] { return static_cast<bool>(house.guest = house.next_guest()); });
  house.print("kept\n");
  CHECK(as_text(house.console.ring().view(0, 100)) == "kept\n");
  CHECK(house.console.reason().empty());
}

TEST_CASE("a history that has just begun is given to be put on the disk, once") {
  std::vector<std::function<void()>> savers;
  House house({.save = [&](std::function<void()> saver) { savers.push_back(std::move(saver)); }});
  CHECK(savers.empty());
  house.print("first\n");
  house.print("second\n");
  REQUIRE(savers.size() == 1);
  savers.front()();
}

TEST_CASE("each time that the chardev is open it is told, when the history knows since when output would be missing") {
  std::vector<std::optional<WallTime>> since;
  House house({.opened = [&](const console::Console& console) { since.push_back(console.ring().missing_since()); }});
  REQUIRE(since.size() == 1);
  CHECK(since.front().has_value());
  house.power_off();
  house.run_until("it is shut off", [&] { return house.console.state_text() == "shut off"; });
  house.power_on();
  house.run_until("it is told again", [&] { return since.size() == 2; });
  CHECK(since.back() > since.front());
}
