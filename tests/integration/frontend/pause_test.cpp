// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <vector>

#include "kit/client.hpp"
#include "kit/counted_reads.hpp"
#include "kit/house.hpp"
#include "kit/log_capture.hpp"
#include "kit/texts.hpp"
#include "kit/thin_send.hpp"

using namespace charmux;
using namespace charmux::test;

namespace {

/// Longer than any test.
constexpr std::chrono::milliseconds kForEver = std::chrono::minutes(10);

/// A house whose guest has much to say, and a viewer at its door that does not read.
struct Standstill {
  explicit Standstill(std::chrono::milliseconds pause)
      : house({.max_guest_pause = pause}), slow(house.attach_telnet(house.open_telnet())) {
    house.guest.write(all);
  }
  void until_the_guest_waits() {
    house.run_until("the guest waits", [this] {
      house.guest.flush();
      return house.console.guest_waits();
    });
  }
  void until_the_guest_is_done() {
    house.run_until("the guest is done", [this] {
      house.guest.flush();
      return house.guest.all_sent();
    });
  }
  const std::string all = numbered_lines(0, 200'000);
  House house;
  TelnetClient slow;
};

/// A client whose machine takes what it takes, and tells how far the client has read.
struct Refusing final : console::Wire {
  Sent send(BytesView, std::uint64_t) override { return {0, true}; }
  void tell(std::string_view, bool) override {}
  bool flush() override { return true; }
  [[nodiscard]] std::optional<net::PeerReads> reads() const override { return read; }
  void input_may_go_on() override {}
  void finished() override {}
  void expire(const std::string&) override {}
  net::PeerReads read{0, 40 * KiB};
};

}  // namespace

TEST_CASE("the guest waits for a viewer that has credit, which then gets every byte") {
  Standstill at(kForEver);
  at.until_the_guest_waits();
  CHECK_FALSE(at.house.guest.all_sent());
  at.house.run_until("the viewer has everything", [&] {
    at.house.guest.flush();
    at.slow.poll();
    return at.slow.text().size() > at.all.size() && console_bytes(at.slow.text()).size() >= at.all.size();
  });
  CHECK(console_bytes(at.slow.text()) == at.all);
  CHECK_FALSE(at.slow.sees("skipped"));
}

TEST_CASE("a viewer that reads nothing costs the guest one pause, and none after it") {
  Standstill at(std::chrono::milliseconds(50));
  at.until_the_guest_waits();
  at.until_the_guest_is_done();
  at.house.guest.write(at.all);
  at.house.run_until("the guest is done once more", [&] {
    CHECK_FALSE(at.house.console.guest_waits());
    at.house.guest.flush();
    return at.house.guest.all_sent();
  });
}

TEST_CASE("a viewer that reads while charmuxd itself stands still is not the one to pay for it") {
  Standstill at(std::chrono::milliseconds(50));
  at.until_the_guest_waits();
  for (const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(300);
       std::chrono::steady_clock::now() < end;)
    at.slow.poll();
  at.house.run_until("the viewer is served, or let down", [&] {
    at.house.guest.flush();
    at.slow.poll();
    return console_bytes(at.slow.text()).size() > 192 * KiB || at.slow.sees("skipped");
  });
  CHECK_FALSE(at.slow.sees("skipped"));
}

TEST_CASE("with a pause of 0 the guest waits for nobody") {
  Standstill at(std::chrono::milliseconds(0));
  at.house.run_until("the guest is done", [&] {
    CHECK_FALSE(at.house.console.guest_waits());
    at.house.guest.flush();
    return at.house.guest.all_sent();
  });
}

TEST_CASE("what was on its way when the guest began to wait earns nothing, what is read later does") {
  House house({.max_guest_pause = kForEver});
  Refusing wire;
  console::Viewer viewer(house.console, wire, {}, {"a test", "", {}});
  house.guest.write(numbered_lines(0, 200'000));
  house.run_until("the guest waits", [&] {
    house.guest.flush();
    return house.console.guest_waits();
  });
  const auto end = viewer.patience_ends();
  REQUIRE(end);
  wire.read.at_least = 40 * KiB;  // its acknowledgement was late
  viewer.reckon();
  CHECK(viewer.patience_ends() == end);
  wire.read.at_least = 50 * KiB;
  viewer.reckon();
  CHECK(*viewer.patience_ends() > *end);
}

TEST_CASE("a viewer that leaves while the guest waits for it lets it go on") {
  Standstill at(kForEver);
  at.until_the_guest_waits();
  at.slow.close();
  at.until_the_guest_is_done();
}

TEST_CASE("while the guest waits for one viewer, all can type and a break reaches it") {
  Standstill at(kForEver);
  at.until_the_guest_waits();
  at.slow.write("\x03");
  at.house.run_until("the guest has it", [&] {
    at.house.guest.poll();
    return at.house.guest.received() == "\x03";
  });
  CHECK(at.house.console.guest_waits());
}

TEST_CASE("a guest that ends while it is waited for is heard to the end") {
  Standstill at(kForEver);
  at.until_the_guest_waits();
  const std::size_t unsent = at.house.guest.unsent();
  at.house.power_off();
  at.house.run_until("the viewer is told", [&] {
    at.slow.poll();
    return at.slow.sees("shut off; waiting]");
  });
  CHECK(console_bytes(at.slow.text()) == at.all.substr(0, at.all.size() - unsent));
}

TEST_CASE("a console that is put down while its guest waits lets it go, and waits no more") {
  Standstill at(kForEver);
  at.until_the_guest_waits();
  at.house.console.put_down({"a test", "a door", {}});
  at.house.run_until("it is down", [&] { return at.house.console.condition() == "put down by a test"; });
  CHECK_FALSE(at.house.console.guest_waits());
}

TEST_CASE("what a UART prints byte by byte is one send a viewer a turn") {
  House house;
  const At door = house.open_raw();
  std::vector<Connection> viewers;
  viewers.reserve(3);
  for (int i = 0; i < 3; ++i) viewers.push_back(house.attach_raw(door));
  const unsigned long before = sends_made();
  for (int i = 0; i < 100; ++i) house.guest.write("x");
  house.run_until("all of it is there", [&] {
    for (Connection& viewer : viewers) viewer.poll();
    return viewers.back().received().size() == 100;
  });
  CHECK(sends_made() - before == 3);
}

TEST_CASE("what a UART prints costs one read a turn") {
  House house;
  house.print("ready\n");
  const unsigned long before = reads_made();
  house.guest.write("x");
  house.run_until("it is there", [&] { return house.console.ring().head() == 7; });
  CHECK(reads_made() - before == 1);
}

TEST_CASE("output is gathered for as long as coalesce says, but no more than 16 KiB of it") {
  House house({.coalesce = kForEver});
  const At door = house.open_raw();
  Connection typist = house.attach_raw(door);
  Connection viewer = house.attach_raw(door);
  house.print("a");
  // Turns pass.
  typist.write("k");
  house.run_until("the guest has the key", [&] {
    viewer.poll();
    return house.typed() == "k";
  });
  CHECK(viewer.received().empty());
  const std::string lines = numbered_lines(0, 3'000);
  house.print(lines);
  house.run_until("16 KiB have come", [&] {
    viewer.poll();
    return viewer.received().size() >= 16 * KiB;
  });
  CHECK(("a" + lines).rfind(viewer.received(), 0) == 0);
}

TEST_CASE("one who reads nothing for viewer_stalled_timeout is closed, one who reads is not") {
  House house({.log_level = LogLevel::info,
               .sessions = {16 * KiB, 64 * KiB, {std::chrono::milliseconds(100), std::chrono::minutes(5)}}});
  const LogCapture log(house.world.directory / "log");
  const At door = house.open_telnet();
  TelnetClient slow = house.attach_telnet(door);
  TelnetClient other = house.attach_telnet(door);
  const std::string all = numbered_lines(0, 100'000);
  for (std::size_t at = 0; at < all.size(); at += 4096) {
    house.print(all.substr(at, 4096));
    other.poll();
  }
  house.run_until("one has been closed", [&] {
    other.poll();
    return house.sessions.count() == 1;
  });
  CHECK(log.has("left: it has read nothing for 100ms (limits.viewer_stalled_timeout)"));
  house.print("still here\n");
  house.run_until("the other reads on", [&] {
    other.poll();
    return other.sees("still here\n");
  });
}
