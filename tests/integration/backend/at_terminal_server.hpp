// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "backend/line.hpp"
#include "backend/socket.hpp"
#include "backend/telnet.hpp"
#include "charmux/protocol/telnet.hpp"
#include "kit/chardev.hpp"
#include "kit/sink.hpp"
#include "kit/world.hpp"

namespace charmux::test {

inline constexpr backend::TelnetPortTimes kPatient{std::chrono::milliseconds(20), std::chrono::minutes(10)};
inline constexpr backend::TelnetPortTimes kImpatient{std::chrono::milliseconds(20), std::chrono::milliseconds(20)};

/// A place whose telnet has these times.
class Place final : public backend::Locator {
 public:
  Place(loop::Loop& loop, int port, std::optional<address::RemotePort> settings, backend::TelnetPortTimes times)
      : loop_(loop),
        at_{"127.0.0.1", static_cast<std::uint16_t>(port)},
        settings_(std::move(settings)),
        times_(times) {}
  void locate(std::function<void(backend::Location)> answer) override {
    backend::Location location;
    location.opener = [this](backend::Opener::Owner& owner) {
      const auto below = [this](backend::Opener::Owner& told) {
        return std::make_unique<backend::Socket>(loop_, std::chrono::milliseconds(200), address::Place(at_), "tcp",
                                                 told);
      };
      return std::make_unique<backend::Telnet>(loop_, below, "rack1", settings_, owner, times_);
    };
    answer(location);
  }
  [[nodiscard]] std::string shown() const override { return "rack1"; }
  void send_break(std::function<void(Status)>) override {}

 private:
  loop::Loop& loop_;
  const address::HostPort at_;
  const std::optional<address::RemotePort> settings_;
  const backend::TelnetPortTimes times_;
};

/// A terminal server with one port, and a console that has it as its backend. The server says nothing by itself but its
/// greeting and its agreement.
struct AtServer {
  explicit AtServer(address::RemotePort settings = {}, backend::TelnetPortTimes times = kPatient)
      : line(world.loop, impatient(), std::make_unique<Place>(world.loop, listener.port(), settings, times)) {}

  void open() {
    sink = std::make_unique<RecordingSink>(line);
    run_until("it is open", [&] { return sink->reached(backend::State::open); });
  }
  template <class Predicate>
  void run_until(const char* what, Predicate holds) {
    world.run_until(what, [&] {
      poll();
      return holds();
    });
  }
  void poll() {
    if (!stream) accept();
    if (!stream) return;
    stream.poll();
    std::vector<protocol::TelnetEvent> events;
    const std::string came = stream.take_received();
    Bytes answer;
    peer->feed(as_bytes(came), events, answer);
    stream.write(as_text(answer));
    for (const protocol::TelnetEvent& event : events) {
      if (const auto* data = std::get_if<protocol::TelnetData>(&event)) typed += as_text(data->bytes);
      if (const auto* signal = std::get_if<protocol::TelnetSignal>(&event))
        breaks += signal->command == protocol::TelnetCommand::brk ? 1 : 0;
      if (const auto* said = std::get_if<protocol::TelnetComPort>(&event)) heard.push_back(said->message);
    }
  }
  void accept() {
    stream = listener.accept();
    if (!stream) return;
    peer.emplace(protocol::TelnetRole::server);
    if (agrees) peer->allow_com_port();
    Bytes greeting;
    peer->greet(greeting);
    stream.write(as_text(greeting));
  }
  void say(protocol::ComPortCommand command, std::uint32_t value = 0) {
    Bytes out;
    protocol::write_com_port({command, value}, true, out);
    stream.write(as_text(out));
  }
  /// Waits until that was heard, and answers it.
  void answer(protocol::ComPortMessage asked, std::uint32_t with) {
    wait_heard(asked);
    say(asked.command, with);
  }
  void wait_heard(const protocol::ComPortMessage& message) {
    run_until("it is heard", [&] { return std::find(heard.begin(), heard.end(), message) != heard.end(); });
  }
  /// What the port answers, once it does.
  std::shared_ptr<std::optional<std::uint32_t>> ask(protocol::ComPortCommand command, std::uint32_t value) {
    auto answer = std::make_shared<std::optional<std::uint32_t>>();
    line.port()->ask(command, value, [answer](std::uint32_t holds) { *answer = holds; });
    return answer;
  }
  void left_alone() {
    static_cast<void>(world.turns_left_alone());
    poll();
  }

  World world;
  ChardevServer listener{At::port(0)};
  backend::Line line;
  std::unique_ptr<RecordingSink> sink;
  bool agrees = true;
  Connection stream;
  std::optional<protocol::TelnetPeer> peer;
  std::vector<protocol::ComPortMessage> heard;
  std::string typed;
  int breaks = 0;
};

}  // namespace charmux::test
