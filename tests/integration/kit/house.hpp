// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "backend/line.hpp"
#include "backend/locator.hpp"
#include "charmux/history/ring.hpp"
#include "console/console.hpp"
#include "console/directory.hpp"
#include "console/fanout.hpp"
#include "frontend/door.hpp"
#include "frontend/gate.hpp"
#include "frontend/sessions.hpp"
#include "kit/chardev.hpp"
#include "kit/client.hpp"
#include "kit/texts.hpp"
#include "kit/world.hpp"

namespace charmux::test {

/// Breaks that came to the guest: each waits for its answer.
using Breaks = std::vector<std::function<void(Status)>>;

/// A place that passes breaks on beside the chardev, as QEMU's monitor does.
class PlaceWithBreaks final : public backend::Locator {
 public:
  PlaceWithBreaks(address::Backend at, Breaks& breaks) : fixed_(std::move(at)), breaks_(breaks) {}
  void locate(std::function<void(backend::Location)> answer) override { fixed_.locate(std::move(answer)); }
  [[nodiscard]] std::string shown() const override { return fixed_.shown(); }
  [[nodiscard]] bool has_break() const override { return true; }
  void send_break(std::function<void(Status)> answer) override { breaks_.push_back(std::move(answer)); }

 private:
  backend::FixedPlace fixed_;
  Breaks& breaks_;
};

/// What a test's house is like where it differs from the usual.
struct HouseSettings {
  LogLevel log_level = LogLevel::error;
  std::uint64_t ring = 64 * KiB;
  std::size_t input_queue = 4 * KiB;
  frontend::Sessions::Settings sessions{16 * KiB};
  std::chrono::milliseconds max_guest_pause{50};
  std::chrono::milliseconds coalesce{0};
  std::size_t viewers = 10'000;
  std::chrono::milliseconds proxy_header = frontend::Gate::kProxyHeader;
  /// Longer than any test, so that no notice is told where it should not be because of a slow machine.
  std::chrono::milliseconds notice_wait{std::chrono::minutes(10)};
  Breaks* breaks = nullptr;  ///< null: none reaches the guest.
  std::function<void(std::function<void()>)> save = {};
  std::function<void(const console::Console&)> opened = {};
  config::Typing typing = {};
  config::Limits limits{};
  std::optional<config::Audit> audit = {};  ///< its file is a name in the test's directory.
  std::optional<WallTime> heard_at = {};    ///< when the guest said "x" to an earlier charmuxd.
};

/// All of charmuxd but its main: one console "vm" on an emulated unix chardev whose guest is the test, and doors to it.
class House {
 public:
  explicit House(const HouseSettings& settings = {})
      : world(settings.log_level),
        settings_(settings),
        scribes(world.loop),
        audit(audit_of(settings)),
        fanout(world.loop),
        console(
            console::Console::Settings{"vm", 32 * KiB, settings.input_queue, settings.max_guest_pause, 1 * MiB,
                                       settings.coalesce, settings.save, settings.opened, settings.typing, audit.get()},
            ring(),
            std::make_unique<backend::Line>(
                world.loop,
                backend::Patience{std::chrono::seconds(5), std::chrono::milliseconds(2), std::chrono::milliseconds(20)},
                place()),
            fanout, world.log),
        gate(world.loop, world.log, gate_settings(), &passwords),
        sessions(world.loop, world.log, settings.sessions) {
    console.start();
    power_on();
  }

  /// The guest's QEMU starts to listen, and is connected to.
  void power_on() {
    ::unlink((world.directory / "chardev").c_str());
    chardev_ = std::make_unique<ChardevServer>(At::path(world.directory / "chardev"));
    run_until("the guest is connected to", [this] { return static_cast<bool>(guest = chardev_->accept()); });
  }
  /// The next connection to the guest's QEMU, if there is one.
  [[nodiscard]] Connection next_guest() { return chardev_->accept(); }
  /// It ends; whoever is connected reads what it printed last.
  void power_off() {
    chardev_.reset();
    guest.close();
  }

  /// Opens a door with the defaults of its kind; on a UNIX socket, or on a port of 127.0.0.1. Where to connect.
  At open(config::Listen listen, int port = 0, config::Naming naming = config::Naming::none) {
    if (listen.kind != config::DoorKind::telnet) listen.notices = false;
    const std::string path = world.directory / fmt::format("door{}", doors.size());
    const net::Endpoint at = port == 0 ? *net::endpoint(address::SocketPath{path, false})
                                       : *net::literal_endpoint({"127.0.0.1", static_cast<std::uint16_t>(port)});
    const auto entrance = std::make_shared<frontend::Entrance>(
        std::make_shared<frontend::Entrance::Terms>(frontend::Entrance::Terms{listen, naming}), "a door", gate,
        consoles, [this] { return &console; }, sessions);
    Result<frontend::Door> door = frontend::Door::open(world.loop, {at}, entrance);
    REQUIRE(door);
    doors.push_back(std::move(*door));
    return port == 0 ? At::path(path) : At::port(port);
  }
  At open_telnet(int port = 0) { return open(telnet(), port); }
  At open_raw(int port = 0) { return open(raw(), port); }
  static config::Listen telnet() {
    config::Listen listen;
    listen.kind = config::DoorKind::telnet;
    return listen;
  }
  static config::Listen raw() { return silent(config::DoorKind::raw); }
  static config::Listen rfc2217() { return silent(config::DoorKind::rfc2217); }
  static config::Listen silent(config::DoorKind kind) {
    config::Listen listen;
    listen.kind = kind;
    listen.on_lag = config::OnLag::close;
    listen.replay = 0;
    return listen;
  }

  /// A telnet client that is there and sees live output.
  TelnetClient attach_telnet(const At& at, TelnetClient::Answers answers = TelnetClient::Answers::yes) {
    TelnetClient client(connect_to(at), answers);
    run_until("a viewer is live", [&] {
      client.poll();
      return client.sees("[charmux: live]\r\n") && (answers == TelnetClient::Answers::never || client.binary());
    });
    return client;
  }
  /// A raw client that is there.
  Connection attach_raw(const At& at, int receive_buffer = 0) {
    const std::size_t before = sessions.count();
    Connection client = connect_to(at, receive_buffer);
    run_until("a viewer is there", [&] { return sessions.count() > before; });
    return client;
  }

  /// The guest prints it, and the console has read it.
  void print(std::string_view text) {
    const std::uint64_t head = console.ring().head() + guest.unsent() + text.size();
    guest.write(text);
    run_until("the console has read the guest", [&] {
      guest.flush();
      return console.ring().head() >= head;
    });
  }
  /// What has come to the guest.
  const std::string& typed() {
    guest.poll();
    return guest.received();
  }

  template <class Predicate>
  void run_until(const char* what, Predicate holds) {
    world.run_until(what, holds);
  }
  /// As charmuxd stops (daemon.cpp).
  void stop() {
    doors.clear();
    sessions.stop();
    console.stop();
  }

  World world;

 private:
  [[nodiscard]] std::unique_ptr<backend::Locator> place() const {
    const address::Unix at{{world.directory / "chardev", false}};
    if (settings_.breaks != nullptr) return std::make_unique<PlaceWithBreaks>(at, *settings_.breaks);
    return std::make_unique<backend::FixedPlace>(at);
  }

  [[nodiscard]] history::Ring ring() const {
    history::Ring ring = std::move(history::Ring::open(world.directory / "vm.ring", settings_.ring)->ring);
    if (!settings_.heard_at) return ring;
    ring.window()[0] = std::byte{'x'};
    ring.commit(1, *settings_.heard_at);
    return ring;
  }

  [[nodiscard]] frontend::Gate::Settings gate_settings() const {
    frontend::Gate::Settings settings{[this] { return settings_.viewers; }, settings_.limits, settings_.proxy_header};
    settings.limits.notice_wait = settings_.notice_wait;
    return settings;
  }

  [[nodiscard]] std::unique_ptr<console::Audit> audit_of(const HouseSettings& settings) {
    if (!settings.audit) return nullptr;
    config::Audit kept = *settings.audit;
    kept.file = world.directory / kept.file;
    return std::make_unique<console::Audit>(world.loop, world.log, scribes, kept, std::chrono::milliseconds(20));
  }

  const HouseSettings settings_;
  std::unique_ptr<ChardevServer> chardev_;

 public:
  Connection guest;
  console::Scribes scribes;
  std::unique_ptr<console::Audit> audit;
  console::Fanout fanout;
  console::Directory consoles;
  console::Console console;
  access::Passwords passwords{world.loop, world.log, {}};
  frontend::Gate gate;
  frontend::Sessions sessions;
  std::vector<frontend::Door> doors;
};

}  // namespace charmux::test
