// SPDX-License-Identifier: Apache-2.0
// A console whose backend is a serial port, or leads to one: RFC 2217's commands act on that.
#include "console/uart.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <optional>

#include "charmux/history/ring.hpp"
#include "console/console.hpp"
#include "console/fanout.hpp"
#include "kit/world.hpp"

using namespace charmux;
using namespace charmux::test;
using Command = protocol::ComPortCommand;

namespace {

constexpr std::uint32_t kBreakOn = 5;
constexpr std::uint32_t kBreakOff = 6;

/// A port that keeps what it is asked, "COMMAND=VALUE", and answers when it is told to.
class FakePort final : public backend::PortControl {
 public:
  void ask(Command command, std::uint32_t value, Answer answer) override {
    asked.push_back(fmt::format("{}={}", static_cast<int>(command), value));
    answers.push_back(std::move(answer));
  }
  [[nodiscard]] std::uint8_t modem_state() const override { return lines; }
  void listen(Ear to) override { ear = std::move(to); }
  void answer(std::uint32_t value) {
    const Answer next = std::move(answers.front());
    answers.pop_front();
    next(value);
  }
  std::vector<std::string> asked;
  std::deque<Answer> answers;
  std::uint8_t lines = 0x30;
  Ear ear;
};

/// A backend that is open or not as a test says, with that port while it is.
class FakeBackend final : public backend::Backend {
 public:
  void start(Sink& sink) override { sink_ = &sink; }
  void open(std::optional<FakePort>& port) {
    port_ = &port.emplace();
    sink_->backend_is(backend::State::open, {});
  }
  void lose(std::optional<FakePort>& port) {
    port_ = nullptr;
    port.reset();
    sink_->backend_is(backend::State::closed, "unplugged");
  }
  [[nodiscard]] net::Io read(BytesSpan) override { return {net::Io::Kind::again}; }
  void hold(bool) override {}
  [[nodiscard]] net::Io write(BytesView bytes) override { return {net::Io::Kind::moved, bytes.size()}; }
  [[nodiscard]] std::size_t leftover() const override { return 0; }
  [[nodiscard]] bool may_be_queued() const override { return false; }
  [[nodiscard]] std::string_view why_no_input() const override { return {}; }
  [[nodiscard]] std::string ended_as() const override { return {}; }
  [[nodiscard]] std::string shown() const override { return "serial:/dev/ttyS0"; }
  [[nodiscard]] backend::PortControl* port() override { return port_; }
  void send_break(std::function<void(Status)> answer) override { answer({}); }
  void retry() override {}
  void relocate() override {}
  void put_down(const std::string&) override {}
  void reopen(bool) override {}
  void stop() override {}
  [[nodiscard]] bool stopped() const override { return true; }

 private:
  Sink* sink_ = nullptr;
  FakePort* port_ = nullptr;
};

class Watcher final : private console::Wire {
 public:
  explicit Watcher(console::Console& console) : viewer(console, wire(), {}, {"somebody", "a door", {}}) {}

 private:
  Wire& wire() { return *this; }
  Sent send(BytesView bytes, std::uint64_t) override { return {bytes.size(), false}; }
  void tell(std::string_view, bool) override {}
  bool flush() override { return true; }
  void input_may_go_on() override {}
  void finished() override {}
  void expire(const std::string&) override {}

 public:
  console::Viewer viewer;
};

struct Ear final : console::Uart::Ear {
  void modem_changed(std::uint8_t state) override { heard += fmt::format("m{:x} ", state); }
  void line_said(std::uint8_t state) override { heard += fmt::format("l{:x} ", state); }
  std::string heard;
};

struct AtPort {
  AtPort()
      : console(console::Console::Settings{"ttyS0", 32 * KiB, 4 * KiB},
                std::move(history::Ring::open(world.directory / "ring", 64 * KiB)->ring), own_backend(), fanout,
                world.log) {
    console.start();
    backend->open(port);
  }
  std::unique_ptr<backend::Backend> own_backend() {
    auto made = std::make_unique<FakeBackend>();
    backend = made.get();
    return made;
  }
  /// Asks; what is answered then or later stands in `answered`.
  void ask(Watcher& from, Command command, std::uint32_t value) {
    console.uart().ask(from.viewer, command, value,
                       [this](std::uint32_t holds) { answered += fmt::format("{} ", holds); });
  }

  World world;
  console::Fanout fanout{world.loop};
  FakeBackend* backend = nullptr;
  std::optional<FakePort> port;
  console::Console console;
  std::string answered;
};

}  // namespace

TEST_CASE("the writer's commands go to the port, and its answers come back; another's are questions") {
  AtPort house;
  Watcher writer(house.console);
  Watcher other(house.console);
  house.ask(writer, Command::set_baudrate, 9600);
  house.ask(other, Command::set_baudrate, 300);
  house.ask(other, Command::set_control, 9);
  CHECK(house.port->asked == std::vector<std::string>{"1=9600", "1=0", "5=7"});
  CHECK(house.answered.empty());
  house.port->answer(19'200);  // the nearest that it has
  house.port->answer(19'200);
  house.port->answer(8);
  CHECK(house.answered == "19200 19200 8 ");
}

TEST_CASE("what a port has not answered when it goes is answered with what held last, and so is all until it is back") {
  AtPort house;
  Watcher writer(house.console);
  house.ask(writer, Command::set_baudrate, 9600);
  house.port->answer(9600);
  house.ask(writer, Command::set_baudrate, 300);
  house.ask(writer, Command::purge_data, 2);
  house.backend->lose(house.port);
  CHECK(house.answered == "9600 9600 2 ");
  house.ask(writer, Command::set_baudrate, 1200);
  CHECK(house.answered == "9600 9600 2 9600 ");
  CHECK(house.console.uart().modem_state() == 0);
  house.backend->open(house.port);
  CHECK(house.port->asked.empty());
  CHECK(house.console.uart().modem_state() == 0x30);
}

TEST_CASE("a purge of what was received stays the viewer's own: the port's bytes are everybody's") {
  AtPort house;
  Watcher writer(house.console);
  Watcher other(house.console);
  house.ask(writer, Command::purge_data, 1);
  house.ask(other, Command::purge_data, 3);
  CHECK(house.port->asked.empty());
  house.ask(writer, Command::purge_data, 3);
  CHECK(house.port->asked == std::vector<std::string>{"12=2"});
  house.port->answer(2);
  CHECK(house.answered == "1 3 3 ");
}

TEST_CASE("who leaves, or has lost the pen, leaves no port in its break") {
  AtPort house;
  {
    Watcher writer(house.console);
    house.ask(writer, Command::set_control, kBreakOn);
    Watcher next(house.console);
    CHECK(house.console.force_pen(next.viewer));
    house.ask(writer, Command::set_control, kBreakOff);
    house.ask(next, Command::set_control, kBreakOn);
    house.console.uart().leaves(next.viewer);
    house.console.uart().leaves(writer.viewer);
  }
  CHECK(house.port->asked == std::vector<std::string>{"5=5", "5=6", "5=5", "5=6"});
}

TEST_CASE("a port is listened to only while somebody wants to hear of it, and again when it is back") {
  AtPort house;
  CHECK_FALSE(house.port->ear.modem);
  Ear ear;
  house.console.uart().listen(ear);
  REQUIRE(house.port->ear.modem);
  house.port->lines = 0x10;
  house.port->ear.modem(0x12);
  house.port->ear.line(0x10);
  CHECK(ear.heard == "m12 l10 ");
  house.backend->lose(house.port);
  CHECK(ear.heard == "m12 l10 m0 ");
  house.backend->open(house.port);
  CHECK(ear.heard == "m12 l10 m0 m30 ");
  REQUIRE(house.port->ear.modem);
  house.console.uart().forget(ear);
  CHECK_FALSE(house.port->ear.modem);
}
