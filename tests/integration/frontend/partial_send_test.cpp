// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <random>
#include <vector>

#include "console/notices.hpp"
#include "kit/client.hpp"
#include "kit/house.hpp"
#include "kit/thin_send.hpp"

using namespace charmux;
using namespace charmux::test;

namespace {

/// Output in which nearly each byte has an encoding of its own in telnet; no CR LF (see console_bytes).
std::string awkward_output(std::size_t size) {
  static constexpr std::string_view kBytes("\xFF\xFF\xFF\r\r\r\0\n\xF2\x61", 10);
  std::minstd_rand dice(1);
  std::string text;
  while (text.size() < size) {
    const char next = kBytes[dice() % kBytes.size()];
    if (next != '\n' || text.empty() || text.back() != '\r') text += next;
  }
  return text;
}

std::string without_nul(std::string text) {
  std::erase(text, '\0');
  return text;
}

/// Two viewers at once, one an NVT and one in BINARY, of a guest that goes away and comes back meanwhile.
void check_with(std::size_t most_bytes) {
  House house;
  const At door = house.open_telnet();
  TelnetClient nvt = house.attach_telnet(door, TelnetClient::Answers::never);
  TelnetClient binary = house.attach_telnet(door);
  Connection raw = house.attach_raw(house.open_raw());
  const std::string output = awkward_output(6000);
  {
    const ThinSend thin(most_bytes);
    const auto read = [&] {
      nvt.poll();
      binary.poll();
      raw.poll();
    };
    for (std::size_t at = 0; at < output.size(); at += 1000) {
      // Some of each piece is still unsent when the next notices come.
      house.print(output.substr(at, 1000));
      house.console.announce(console::notices::broadcast("root", "news"));
      house.power_off();
      house.run_until("it is noticed", [&] {
        read();
        return house.console.condition() == "shut off";
      });
      house.power_on();
    }
    house.print("X");
    house.run_until("all have all", [&] {
      read();
      return nvt.sees("X") && binary.sees("X") && raw.received().back() == 'X';
    });
  }
  // The next notice may have begun to come behind it.
  const auto printed = [](const TelnetClient& client) {
    const std::string bytes = console_bytes(client.text());
    return bytes.substr(0, bytes.find('X') + 1);
  };
  CHECK(printed(nvt) == output + "X");
  CHECK(printed(binary) == output + "X");
  CHECK(raw.received() == output + "X");
  CHECK(count_of("[charmux: root: news]", nvt.text()) == 6);
  CHECK(count_of("[charmux: root: news]", binary.text()) == 6);
}

}  // namespace

TEST_CASE("through a socket that takes one byte at a time, all arrives as it was printed") { check_with(1); }

TEST_CASE("through a socket that takes two bytes at a time, all arrives as it was printed") { check_with(2); }

TEST_CASE("through a socket that takes three bytes at a time, all arrives as it was printed") { check_with(3); }

TEST_CASE("through a socket that takes few bytes or none at a time, all arrives as it was printed") { check_with(0); }

TEST_CASE("a client that agrees to BINARY in the middle of the output sees it whole") {
  for (const std::size_t most : {1U, 2U, 0U}) {
    House house;
    const At door = house.open_telnet();
    const std::string output = awkward_output(4000);
    const ThinSend thin(most);
    TelnetClient client(connect_to(door));
    for (std::size_t at = 0; at < output.size(); at += 100) {
      house.guest.write(output.substr(at, 100));
      house.world.turn();
      // Its answers come when some of the output is on its way.
      if (at > 1000) client.poll_some(7);
    }
    house.guest.write("X");
    house.run_until("it has all", [&] {
      house.guest.flush();
      client.poll();
      return client.sees("X");
    });
    CHECK(client.binary());
    // From its answer until that has come it takes the filler of an NVT for data (RFC 856 has no way to tell).
    CHECK(without_nul(console_bytes(client.text())) == without_nul(output + "X"));
  }
}

TEST_CASE("through a socket that takes one byte at a time, the last byte does not wait for further output") {
  House house;
  TelnetClient client = house.attach_telnet(house.open_telnet());
  const ThinSend thin(1);
  // Doubled on the wire; its second half is a send of its own.
  house.print("\xFF");
  house.run_until("it has come", [&] {
    client.poll();
    return client.sees("\xFF");
  });
}

TEST_CASE("an answer to a negotiation never falls inside a doubled byte") {
  for (const std::size_t most : {1U, 2U, 0U}) {
    House house;
    TelnetClient client = house.attach_telnet(house.open_telnet());
    const std::string output = awkward_output(3000);
    const ThinSend thin(most);
    for (std::size_t at = 0; at < output.size(); at += 100) {
      house.print(output.substr(at, 100));
      // IAC DO TIMING-MARK, which is answered each time (RFC 860).
      client.write("\xFF\xFD\x06");
      for (int i = 0; i < 10; ++i) {
        house.world.turn();
        client.poll();
      }
    }
    house.print("X");
    house.run_until("it has all", [&] {
      client.poll();
      return client.sees("X");
    });
    CHECK(console_bytes(client.text()) == output + "X");
  }
}
