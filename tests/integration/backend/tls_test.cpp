// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "backend/line.hpp"
#include "kit/chardev.hpp"
#include "kit/sink.hpp"
#include "kit/texts.hpp"
#include "kit/tls_server.hpp"
#include "kit/world.hpp"
#include "loop/timer.hpp"

using namespace charmux;
using namespace charmux::test;
using backend::State;

namespace {

constexpr std::uint16_t kPort = 4555;  // of the test's own network

/// A TLS server, emulated, and a backend for it.
struct AtTls {
  explicit AtTls(address::TlsTerms terms = {}) : line(world.loop, impatient(), place(std::move(terms))) {}
  World world;
  TestAuthority authority;
  TlsServing serving{authority.issue()};
  std::optional<ChardevServer> listener{At::port(kPort)};
  TlsServer server;
  std::string greeting;
  bool reads = true;
  bool answers = true;
  backend::Line line;
  std::unique_ptr<RecordingSink> sink;

  std::unique_ptr<backend::Locator> place(address::TlsTerms terms) {
    if (terms.ca.empty()) std::ofstream(terms.ca = world.directory / "ca.pem") << authority.cert();
    address::Tls at;
    at.at = {"127.0.0.1", kPort};
    at.terms = std::move(terms);
    return fixed(std::move(at));
  }
  void start() { sink = std::make_unique<RecordingSink>(line); }
  void poll() {
    if (listener && !server && answers) {
      if (Connection arrived = listener->accept()) {
        server = TlsServer(std::move(arrived).give_away(), serving);
        server.write(greeting);
      }
    }
    server.poll(reads);
    if (server && server.ended() && !server.shaken()) server.close();
  }
  template <class Predicate>
  void until(const char* what, Predicate holds) {
    world.run_until(what, [&] {
      poll();
      return holds();
    });
  }
  void wait_for(State state) {
    until("the backend's state", [&] { return sink->reached(state); });
  }
  void open() {
    start();
    wait_for(State::open);
    until("the server knows", [&] { return server.shaken(); });
  }
  [[nodiscard]] bool was_ever_open() const {
    return std::any_of(sink->states.begin(), sink->states.end(),
                       [](const auto& was) { return was.first == State::open; });
  }
};

}  // namespace

TEST_CASE("tls: a handshake that is not answered in time is held by another client, until it is") {
  AtTls at;
  at.answers = false;
  at.start();
  at.wait_for(State::waiting);
  CHECK(at.sink->reason() == "held by another client");
  at.answers = true;
  at.wait_for(State::open);
}

TEST_CASE("tls: what was decrypted already is told of again, and not while it is held") {
  AtTls at;
  SippingSink sink(at.line, 7);
  at.until("it is open", [&] { return sink.open && at.server.shaken(); });
  const std::string said = numbered_lines(0, 1'000);
  at.server.write(said);
  at.until("some has come", [&] { return !sink.received.empty(); });
  at.line.hold(true);
  const std::size_t before = sink.received.size();
  CHECK(at.world.turns_left_alone() < World::kCalm);
  CHECK(sink.received.size() == before);
  at.line.hold(false);
  at.until("all has come", [&] { return sink.received.size() >= said.size(); });
  CHECK(sink.received == said);
  CHECK(at.world.turns_left_alone() < World::kCalm);
}

TEST_CASE("tls: a certificate that is not to be believed is refused, until it is replaced") {
  AtTls at;
  at.serving.own = at.authority.issue({"DNS:other.example"});
  at.start();
  at.wait_for(State::refused);
  CHECK(
      at.sink->reason() ==
      "tls:127.0.0.1:4555: its certificate is for other.example, not for 127.0.0.1; connect to a name that it has, or "
      "give that as verify=NAME");
  at.serving.own = at.authority.issue();
  at.wait_for(State::open);
  CHECK(at.sink->remarks.empty());
}

TEST_CASE("tls: one who is not verified is remarked on at each opening") {
  AtTls at({"", "", "", "off"});
  at.serving.own = TestAuthority("strange").issue({"DNS:other.example"});
  at.open();
  const std::string remark = "tls:127.0.0.1:4555: NOT verified: whoever answers there is believed (verify=off)";
  CHECK(at.sink->remarks == std::vector{remark});
  at.server.close();
  at.wait_for(State::open);
  CHECK(at.sink->remarks == std::vector{remark, remark});
}

TEST_CASE("tls: a server that wants a client certificate is never open without one, whenever it says so") {
  for (const bool old : {false, true}) {
    AtTls at;
    at.serving.old = old;
    at.serving.client_ca = at.authority.cert();
    at.start();
    at.wait_for(State::refused);
    CHECK(at.sink->reason() == "tls:127.0.0.1:4555: it wants a client certificate; give cert=FILE and key=FILE");
    CHECK_FALSE(at.was_ever_open());
  }
}

TEST_CASE("tls: a server that asks for a client certificate and takes anybody is open, and all that it says is read") {
  for (const bool speaks : {false, true}) {
    AtTls at;
    at.serving.client_ca = at.authority.cert();
    at.serving.takes_anybody = true;
    if (speaks) at.greeting = "login: ";
    at.open();
    at.server.write("welcome");
    at.until("it is heard", [&] { return at.sink->received == at.greeting + "welcome"; });
  }
}

TEST_CASE("tls: files that were not there, or not yet renewed, are read again at the next opening") {
  TempDir directory;
  const std::string cert = directory / "cert.pem";
  AtTls at({"", cert, "", ""});
  at.serving.client_ca = at.authority.cert();
  at.start();
  at.wait_for(State::refused);
  CHECK(at.sink->reason() ==
        fmt::format("tls:127.0.0.1:4555: cert file {} cannot be read: No such file or directory", cert));
  const TestCertificate strange = TestAuthority("strange").issue();
  const TestCertificate good = at.authority.issue();
  // Never half of it.
  std::ofstream(cert + ".new") << strange.cert << strange.key;
  std::filesystem::rename(cert + ".new", cert);
  at.until("it is not taken", [&] {
    return at.sink->reached(State::refused) &&
           at.sink->reason().find("it does not take the certificate in") != std::string::npos;
  });
  std::ofstream(cert + ".new") << good.cert << good.key;
  std::filesystem::rename(cert + ".new", cert);
  at.wait_for(State::open);
}

TEST_CASE("tls: what answers without TLS is refused") {
  AtTls at;
  at.answers = false;
  at.start();
  Connection guest;
  at.world.run_until("it is connected to", [&] { return static_cast<bool>(guest = at.listener->accept()); });
  guest.write("login: ");
  at.wait_for(State::refused);
  CHECK(at.sink->reason() ==
        "tls:127.0.0.1:4555: what answers there does not speak TLS; use tcp: or telnet:, or correct the port");
}

TEST_CASE(
    "tls: at the stop a chardev is given all that was written, however late it reads, and then an end, no reset") {
  AtTls at;
  at.open();
  at.reads = false;
  const std::string typed = numbered_lines(0, 100);
  at.sink->write(typed);
  REQUIRE(at.sink->unsent.empty());
  at.line.stop();
  CHECK_FALSE(at.line.stopped());
  // As QEMU does, a UART's FIFO at a time; what it has not read by then a reset would take away.
  at.until("the guest has read to the end", [&] {
    for (int byte = 0; byte < 16; ++byte) at.server.take(1);
    return at.server.ended();
  });
  CHECK(at.server.was_told_of_the_end());
  CHECK(at.server.received() == typed);
  at.server.close();
  at.until("it has stopped", [&] { return at.line.stopped(); });
}

TEST_CASE("tls: a chardev that does not take what was written is reset at the stop, and the loop rests meanwhile") {
  AtTls at;
  at.open();
  at.reads = false;
  at.sink->write(numbered_lines(0, 1'000'000));
  REQUIRE_FALSE(at.sink->unsent.empty());
  at.line.stop();
  CHECK(at.world.turns_left_alone() < World::kCalm);
  at.world.run_until("it has stopped", [&] { return at.line.stopped(); });
  at.reads = true;
  at.until("the guest meets an end", [&] { return at.server.ended(); });
  CHECK(at.server.was_reset());
}

TEST_CASE("tls: a backend may be stopped while its files are read") {
  AtTls at;
  // Timers that are due together fire in the order in which they were started: the reading has just begun.
  loop::Timer stopping(at.world.loop, [&] { at.line.stop(); });
  at.start();
  stopping.start(std::chrono::milliseconds(0));
  at.world.run_until("it has stopped", [&] { return at.line.stopped(); });
  at.world.run_until("they are read", [&] { return !at.world.loop.has_pending_work(); });
  CHECK(at.world.turns_left_alone() < World::kCalm);
  CHECK_FALSE(at.listener->accept());
  CHECK(at.sink->states.empty());
}

TEST_CASE("tls: a backend may be stopped while its handshake waits") {
  AtTls at;
  at.start();
  Connection guest;
  at.world.run_until("it is connected to", [&] { return static_cast<bool>(guest = at.listener->accept()); });
  at.world.run_until("its hello is there", [&] {
    guest.poll();
    return !guest.received().empty();
  });
  at.line.stop();
  guest.poll();
  CHECK(guest.ended());
  CHECK(at.sink->states.empty());
}
