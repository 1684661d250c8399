// SPDX-License-Identifier: Apache-2.0
#include "backend/listening.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <memory>

#include "backend/line.hpp"
#include "kit/chardev.hpp"
#include "kit/sink.hpp"
#include "kit/texts.hpp"
#include "kit/world.hpp"

using namespace charmux;
using namespace charmux::test;
using backend::State;

namespace {

constexpr int kPort = 4555;  // of the test's own network
constexpr std::chrono::milliseconds kPause{5};

/// A backend that listens, at a path or at a port, where the test connects as a VM does.
class Listener {
 public:
  enum class Kind { unix, tcp };
  explicit Listener(Kind kind, const std::string& host = "127.0.0.1", std::chrono::milliseconds pause = kPause)
      : kind_(kind), line(world.loop, {kPause, pause, pause}, fixed(address(host))) {}

  void start() {
    sink = std::make_unique<RecordingSink>(line);
    wait_for(State::closed);
  }
  void wait_for(State state) {
    world.run_until("the backend's state", [&] { return sink->reached(state); });
  }
  [[nodiscard]] At at() const { return kind_ == Kind::unix ? At::path(path()) : At::port(kPort); }
  [[nodiscard]] std::string path() const { return world.directory / "chardev.sock"; }
  [[nodiscard]] std::string text() const {
    return kind_ == Kind::unix ? "unix-listen:" + path() : "tcp-listen:127.0.0.1:4555";
  }
  /// A VM that has connected, and is heard.
  Connection opened() {
    Connection vm = connect_to(at());
    wait_for(State::open);
    return vm;
  }

 private:
  [[nodiscard]] address::Backend address(const std::string& host) const {
    if (kind_ == Kind::unix) return address::UnixListen{{path(), false}};
    return address::TcpListen{{host, kPort}};
  }
  const Kind kind_;

 public:
  World world;
  backend::Line line;
  std::unique_ptr<RecordingSink> sink;
};

using Kind = Listener::Kind;

}  // namespace

TEST_CASE("all byte values pass both ways, whoever connected") {
  for (const Kind kind : {Kind::unix, Kind::tcp}) {
    Listener at(kind);
    at.start();
    CHECK(at.sink->reason() == at.text() + ": nobody is connected");
    Connection vm = at.opened();
    CHECK_FALSE(at.line.may_be_queued());
    vm.write(all_byte_values());
    at.sink->write(all_byte_values());
    at.world.run_until("all bytes have come", [&] {
      vm.poll();
      return at.sink->received == all_byte_values() && vm.received() == all_byte_values();
    });
  }
}

TEST_CASE("the last bytes of a VM that goes are read, and it is served again as soon as it connects again") {
  for (const Kind kind : {Kind::unix, Kind::tcp}) {
    Listener at(kind);
    at.start();
    for (int life = 0; life < 5; ++life) {
      Connection vm = at.opened();
      vm.write("last words");
      vm.close();
      at.wait_for(State::closed);
      CHECK(at.sink->reason() == at.text() + ": nobody is connected");
      CHECK(std::exchange(at.sink->received, {}) == "last words");
    }
    CHECK(at.world.turns_left_alone() < World::kCalm);
  }
}

TEST_CASE("a VM that is back before its end was read is served next, however long a pause between tries is") {
  for (const Kind kind : {Kind::unix, Kind::tcp}) {
    Listener at(kind, "127.0.0.1", std::chrono::minutes(10));
    at.start();
    Connection vm = at.opened();
    std::string all;
    for (int life = 0; life < 20; ++life) {
      vm.write(numbered_lines(life, life + 1));
      all += numbered_lines(life, life + 1);
      vm.close();
      vm = connect_to(at.at());
      at.world.run_until("that one is heard", [&] { return at.sink->received == all; });
    }
    vm.write("the end");
    at.world.run_until("the last one is heard", [&] { return at.sink->received == all + "the end"; });
    CHECK(at.sink->remarks.empty());
  }
}

TEST_CASE("while one is connected another is closed at once, which is said, and changes nothing for the first") {
  for (const Kind kind : {Kind::unix, Kind::tcp}) {
    Listener at(kind);
    at.start();
    Connection vm = at.opened();
    for (int i = 0; i < 3; ++i) {
      Connection other = connect_to(at.at());
      other.write("a stranger's");
      at.world.run_until("it is closed", [&] {
        other.poll();
        return other.ended();
      });
    }
    CHECK(at.sink->remarks ==
          std::vector<std::string>{at.text() + ": another connection was closed: one is there already"});
    vm.write("the first's");
    at.world.run_until("the first is heard", [&] { return at.sink->received == "the first's"; });
  }
}

TEST_CASE("nobody can connect to a console that is put down, or stopped") {
  for (const Kind kind : {Kind::unix, Kind::tcp}) {
    Listener at(kind);
    at.start();
    Connection vm = at.opened();
    at.line.put_down("put down by a test");
    at.wait_for(State::down);
    at.world.run_until("the first is let go", [&] {
      vm.poll();
      return vm.ended();
    });
    vm.close();
    at.world.run_until("nobody is let in", [&] { return !connect_to(at.at()); });
    at.line.reopen();
    at.wait_for(State::closed);
    vm = at.opened();
    at.line.stop();
    vm.close();
    at.world.run_until("it is stopped", [&] { return at.line.stopped(); });
    CHECK_FALSE(connect_to(at.at()));
    if (kind == Kind::unix) CHECK_FALSE(std::filesystem::exists(at.path()));
  }
}

TEST_CASE("a place that another program listens at is refused with what to do, and taken when it is free") {
  for (const Kind kind : {Kind::unix, Kind::tcp}) {
    Listener at(kind);
    auto other = std::make_unique<ChardevServer>(at.at());
    at.sink = std::make_unique<RecordingSink>(at.line);
    at.wait_for(State::refused);
    CHECK(at.sink->reason() ==
          (kind == Kind::unix
               ? "cannot listen on " + at.path() + ": another process listens there; stop it or choose another path"
               : "cannot listen on 127.0.0.1:4555: another process listens there; stop it or choose another port"));
    other.reset();  // leaves its file
    at.wait_for(State::closed);
    (void)at.opened();
  }
}

TEST_CASE("a socket's file is for its owner alone") {
  Listener at(Kind::unix);
  at.start();
  struct stat about {};
  REQUIRE(::stat(at.path().c_str(), &about) == 0);
  CHECK((about.st_mode & 07777) == 0600);
}

TEST_CASE("at * it is connected to by both families, and a name is looked up") {
  for (const char* host : {"*", "localhost"}) {
    Listener at(Kind::tcp, host);
    at.start();
    (void)at.opened();
    if (std::string(host) == "localhost") continue;
    at.wait_for(State::closed);
    Connection vm = connect_to(At::port(kPort, AF_INET6));
    at.wait_for(State::open);
  }
}
