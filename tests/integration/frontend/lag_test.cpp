// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <unistd.h>

#include <fstream>

#include "kit/client.hpp"
#include "kit/house.hpp"
#include "kit/log_capture.hpp"
#include "kit/texts.hpp"

using namespace charmux;
using namespace charmux::test;

namespace {

std::uint64_t told_skipped(std::string_view text) {
  std::uint64_t sum = 0;
  for (const std::string& notice : notices_in(text))
    if (const std::size_t end = notice.find(" bytes skipped"); end != std::string::npos)
      sum += std::stoull(notice.substr(0, end));
  return sum;
}

std::size_t resident_bytes() {
  std::size_t total = 0;
  std::size_t resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

/// What a viewer is sent, without a client.
struct Recorder final : console::Wire {
  Sent send(BytesView bytes, std::uint64_t) override {
    sent += as_text(bytes);
    return {bytes.size(), false};
  }
  void tell(std::string_view notice, bool) override { told += notice; }
  bool flush() override { return true; }
  void input_may_go_on() override {}
  void finished() override {}
  void expire(const std::string& reason) override { told += reason; }
  std::string sent, told;
};

}  // namespace

TEST_CASE("who asks for more than is kept has what is kept, and is told what is missing") {
  House house;
  const std::string all = numbered_lines(0, 20'000);
  house.print(all);
  Recorder wire;
  console::ViewerSettings settings;
  settings.told = console::Told::gaps;
  settings.since = 100;
  const console::Viewer viewer(house.console, wire, settings, {"a test", "", {}});
  house.run_until("it has all there is", [&] { return viewer.lag() == 0; });
  CHECK(wire.sent.size() + viewer.skipped() == all.size() - 100);
  CHECK(wire.sent.size() >= house.console.ring().size() / 2);
  CHECK(all.substr(all.size() - wire.sent.size()) == wire.sent);
  CHECK(wire.told == fmt::format("[charmux: {} bytes skipped]", viewer.skipped()));
}

TEST_CASE("who asks for more than is kept and cannot be told is closed") {
  House house;
  house.print(numbered_lines(0, 20'000));
  Recorder wire;
  console::ViewerSettings settings;
  settings.told = console::Told::nothing;
  settings.on_lag = config::OnLag::close;
  settings.since = 100;
  const console::Viewer viewer(house.console, wire, settings, {"a test", "", {}});
  house.run_until("it is closed", [&] { return !wire.told.empty(); });
  CHECK(wire.sent.empty());
}

TEST_CASE("a telnet viewer a whole ring behind is told how many bytes it missed, to the byte, and others miss none") {
  House house;
  const At door = house.open_telnet();
  TelnetClient slow = house.attach_telnet(door);
  TelnetClient other = house.attach_telnet(door);
  std::string all;
  for (int round = 0; round < 3; ++round) {
    const std::string some = numbered_lines(round * 100'000, (round + 1) * 100'000);
    all += some;
    for (std::size_t at = 0; at < some.size(); at += 4096) {
      house.print(some.substr(at, 4096));
      other.poll();
    }
    // It wakes up, reads a little, and sleeps again.
    for (int i = 0; i < 100; ++i) {
      slow.poll_some(4000);
      house.world.turn();
    }
  }
  house.print("the very end\n");
  house.run_until("both are at the end", [&] {
    slow.poll();
    other.poll();
    return slow.sees("the very end\n") && other.sees("the very end\n");
  });
  CHECK(console_bytes(other.text()) == all + "the very end\n");
  CHECK(told_skipped(other.text()) == 0);
  CHECK(told_skipped(slow.text()) > 0);
  CHECK(console_bytes(slow.text()).size() + told_skipped(slow.text()) == all.size() + 13);
  // After each gap it goes on at a line start.
  for (std::size_t at = 0; (at = slow.text().find(" bytes skipped]\r\n", at)) != std::string::npos; ++at)
    CHECK(slow.text().substr(at + 17).find('\n') == 8);
}

TEST_CASE("a raw viewer that must not skip is closed when it is a whole ring behind, with the reason in the log") {
  House house({.log_level = LogLevel::info});
  const LogCapture log(house.world.directory / "log");
  Connection slow = house.attach_raw(house.open_raw());
  Connection other = house.attach_raw(house.open_raw());
  const std::string all = numbered_lines(0, 100'000);
  for (std::size_t at = 0; at < all.size(); at += 4096) {
    house.print(all.substr(at, 4096));
    other.poll();
  }
  house.run_until("it is closed", [&] {
    slow.take(4096);
    other.poll();
    return slow.ended();
  });
  house.run_until("the other has all", [&] {
    other.poll();
    return other.received().size() >= all.size();
  });
  CHECK(other.received() == all);
  CHECK(all.rfind(slow.received(), 0) == 0);
  CHECK(log.has("left: it read too slowly and fell a whole ring behind (on-lag=close)"));
}

TEST_CASE("a raw viewer that may skip goes on at the newest output, and the log says how much it missed") {
  House house({.log_level = LogLevel::info});
  const LogCapture log(house.world.directory / "log");
  config::Listen listen = House::raw();
  listen.on_lag = config::OnLag::skip;
  Connection slow = house.attach_raw(house.open(listen));
  const std::string all = numbered_lines(0, 100'000);
  for (std::size_t at = 0; at < all.size(); at += 4096) house.print(all.substr(at, 4096));
  house.run_until("it has been skipped", [&] {
    slow.take(4096);
    return log.has("bytes skipped");
  });
  house.print("the end\n");
  house.run_until("it is at the end", [&] {
    slow.poll();
    return slow.received().find("the end\n") != std::string::npos;
  });
  slow.close();
  house.run_until("it has left", [&] { return house.sessions.count() == 0; });
  const std::string text = log.text();
  const std::size_t at = text.find("reads too slowly: ");
  REQUIRE(at != std::string::npos);
  CHECK(slow.received().size() + std::stoull(text.substr(at + 18)) == all.size() + 8);
}

TEST_CASE("viewers that read nothing cost no memory however much the guest prints") {
  House house;
  const At telnet = house.open_telnet();
  const TelnetClient slow = house.attach_telnet(telnet);
  const TelnetClient slower = house.attach_telnet(telnet, TelnetClient::Answers::never);
  const std::string some = numbered_lines(0, 7000);
  const auto print_mebibytes = [&](int count) {
    for (int i = 0; i < count * 16; ++i) {
      // Straight to the socket: the kit's own queue would be what grows.
      for (std::size_t at = 0; at < some.size();) {
        const ssize_t taken = ::write(house.guest.fd(), some.data() + at, some.size() - at);
        if (taken > 0) at += static_cast<std::size_t>(taken);
        house.world.turn();
      }
    }
  };
  print_mebibytes(4);
  const std::size_t before = resident_bytes();
  print_mebibytes(32);
  CHECK(resident_bytes() < before + 4 * MiB);
}
