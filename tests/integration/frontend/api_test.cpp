// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <sys/socket.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "frontend/api_session.hpp"
#include "frontend/sessions.hpp"
#include "kit/connection.hpp"
#include "kit/thin_send.hpp"
#include "kit/world.hpp"
#include "support/api_house.hpp"

using namespace charmux;
using namespace charmux::frontend;
using namespace charmux::test;
using protocol::HttpResponse;

namespace {

using Client = test::Connection;

constexpr std::chrono::minutes kNever{10};
constexpr std::chrono::milliseconds kSoon{20};
const std::string kStatus = "GET /api/v1/status HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string kBreak = "POST /api/v1/consoles/alpha/break HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n";
const std::string kHistory = "GET /api/v1/consoles/alpha/history HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string kAttach =
    "GET /api/v1/consoles/alpha/attach?mode=watch HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: raw\r\n\r\n";

/// A control socket whose daemon is the test.
struct ControlSocket {
  explicit ControlSocket(const ApiSession::Settings& as = {{}, kNever, kNever}) : settings(as) {
    house.add("alpha");
    house.facts.version = "0.1.0";
  }

  /// A client, let in unless said otherwise.
  Client client(const ApiPeer& peer = {"root", true}) {
    int pair[2] = {-1, -1};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) == 0);
    sessions.add(std::make_unique<ApiSession>(sessions.context(), net::Stream(UniqueFd(pair[0])), peer, api, settings,
                                              [this](net::Stream stream, Bytes already, AttachWish wish) {
                                                upgraded.push_back({std::move(stream), std::move(already), wish});
                                              }));
    return Client(UniqueFd(pair[1]));
  }
  /// The next `count` answers.
  std::vector<HttpResponse> answers(Client& client, std::size_t count) {
    std::vector<HttpResponse> all;
    protocol::HttpResponseDecoder decoder({8 * KiB, 16 * MiB});
    world.run_until("all answers are there", [&] {
      client.poll();
      const std::string received = client.take_received();
      for (BytesView rest = as_bytes(received); !rest.empty();) {
        auto response = decoder.feed(rest);
        REQUIRE(response);
        if (*response) all.push_back(std::move(**response));
      }
      return all.size() >= count;
    });
    CHECK(all.size() == count);
    return all;
  }
  HttpResponse answer(Client& client) { return answers(client, 1)[0]; }
  /// It reads to the end, and closes.
  void wait_closed(Client& client) {
    world.run_until("the client is closed", [&] {
      client.poll();
      return client.ended();
    });
    CHECK(client.error() == 0);
    client.close();
    wait_gone();
  }
  void wait_gone() {
    world.run_until("the session is gone", [&] { return sessions.count() == 0; });
  }

  struct Upgrade {
    net::Stream stream;
    Bytes already;
    AttachWish wish;
  };

  World world;
  MockHouse house;
  Api api{house};
  const ApiSession::Settings settings;
  std::vector<Upgrade> upgraded;
  Sessions sessions{world.loop, world.log, 16 * KiB};
};

/// Stands for a console that is offered; the API only asks whether there is one.
console::Console* some_console() {
  static char room;
  return reinterpret_cast<console::Console*>(&room);
}

}  // namespace

TEST_CASE("a request that comes in pieces is answered, and the connection stays for the next") {
  ControlSocket it;
  Client client = it.client();
  for (const char byte : kStatus) {
    client.write({&byte, 1});
    it.world.turn();
  }
  CHECK(it.answer(client).body.find("0.1.0") != std::string::npos);
  client.write(kStatus);
  const HttpResponse response = it.answer(client);
  CHECK(response.status == 200);
  CHECK(response.keep_alive);
  CHECK(response.field("Date"));
  CHECK(it.sessions.count() == 1);
  CHECK(it.world.turns_left_alone() < World::kCalm);
}

TEST_CASE("requests that come at once are answered one by one, in order") {
  ControlSocket it;
  it.house.answers_breaks = false;
  Client client = it.client();
  client.write(kBreak + kBreak + kStatus);
  it.world.run_until("a break is asked for", [&] { return it.house.breaks.size() == 1; });
  // Nothing behind it is looked at, and what comes meanwhile is not read.
  client.write(kStatus);
  CHECK(it.world.turns_left_alone() < World::kCalm);
  CHECK(it.house.breaks.size() == 1);
  it.house.breaks[0](failure("first"));
  it.house.breaks[0](failure("a second answer, which nobody is owed"));
  CHECK(it.house.breaks.size() == 2);
  it.house.breaks[1](failure("second"));
  const auto all = it.answers(client, 4);
  CHECK(all[0].body.find("first") != std::string::npos);
  CHECK(all[1].body.find("second") != std::string::npos);
  CHECK(all[2].status == 200);
  CHECK(all[3].status == 200);
}

TEST_CASE("a client that is owed an answer is read no further") {
  ControlSocket it;
  it.house.answers_breaks = false;
  Client client = it.client();
  client.write(kBreak);
  it.world.run_until("a break is asked for", [&] { return it.house.breaks.size() == 1; });
  client.write(std::string(8 * MiB, 'x'));
  const std::size_t unsent = client.unsent();
  CHECK(unsent > 0);
  CHECK(it.world.turns_left_alone() < World::kCalm);
  client.flush();
  CHECK(client.unsent() == unsent);
}

TEST_CASE("a client that goes while its break is outstanding is gone, and the answer disturbs nobody") {
  ControlSocket it;
  it.house.answers_breaks = false;
  Client client = it.client();
  client.write(kBreak);
  it.world.run_until("a break is asked for", [&] { return it.house.breaks.size() == 1; });
  client.close();
  it.wait_gone();
  it.house.breaks[0](Status{});
}

TEST_CASE("a client that has nothing more to ask gets what it is owed, and then the end") {
  ControlSocket it;
  it.house.answers_breaks = false;
  Client client = it.client();
  client.write(kBreak + kStatus);
  client.half_close();
  it.world.run_until("a break is asked for", [&] { return it.house.breaks.size() == 1; });
  CHECK(it.world.turns_left_alone() < World::kCalm);
  it.house.breaks[0](Status{});
  CHECK(it.answers(client, 2)[1].status == 200);
  it.wait_closed(client);
}

TEST_CASE("a client that asks for the end gets it behind the answer") {
  ControlSocket it;
  Client client = it.client();
  client.write("GET /api/v1/status HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n" + kStatus);
  CHECK(!it.answer(client).keep_alive);
  it.wait_closed(client);
}

TEST_CASE("a client that goes in the middle of a request is gone") {
  for (const bool half : {false, true}) {
    ControlSocket it;
    Client client = it.client();
    client.write("GET / HT");
    it.world.turn();
    half ? client.half_close() : client.close();
    it.wait_gone();
  }
}

TEST_CASE("HEAD is answered with the header of GET") {
  ControlSocket it;
  Client client = it.client();
  client.write("HEAD /api/v1/status HTTP/1.1\r\nHost: h\r\n\r\nnot HTTP\r\n");
  it.world.run_until("the connection ends", [&] {
    client.poll();
    return client.ended();
  });
  const std::string wire = client.take_received();
  const std::size_t second = wire.find("\r\n\r\n") + 4;
  CHECK(wire.rfind("HTTP/1.1 200 OK\r\n", 0) == 0);
  CHECK(wire.substr(second).rfind("HTTP/1.1 400 ", 0) == 0);
  CHECK(wire.substr(second).find("not understood") != std::string::npos);
}

TEST_CASE("what is no request, or too large, is answered with the reason, and the connection ends") {
  struct Case {
    std::string request;
    unsigned status;
  };
  for (const Case& c :
       {Case{"\xff\xfb\x01hello\r\n", 400}, Case{"GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x'), 431},
        Case{"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 65537\r\n\r\n", 413}}) {
    ControlSocket it;
    Client client = it.client();
    client.write(c.request);
    const HttpResponse response = it.answer(client);
    CHECK(response.status == c.status);
    CHECK(!response.keep_alive);
    CHECK(response.body.rfind("{\"error\":\"", 0) == 0);
    it.wait_closed(client);
  }
}

TEST_CASE("a request that takes too long is answered 408, however steadily it comes") {
  ControlSocket it({{}, kSoon, kNever});
  Client client = it.client();
  client.write("GET / HTTP/1.1\r\nX: ");
  it.world.run_until("it is given up", [&] {
    client.write("x");
    client.poll();
    return !client.received().empty();
  });
  CHECK(it.answer(client).status == 408);
  it.wait_closed(client);
}

TEST_CASE("a connection without a request ends after a while, and one whose client does not hang up then, too") {
  ControlSocket it({{}, kNever, kSoon});
  Client silent = it.client();
  it.wait_closed(silent);
  Client later = it.client();
  later.write(kStatus);
  CHECK(it.answer(later).status == 200);
  it.wait_closed(later);
  Client stays = it.client();
  it.wait_gone();
}

TEST_CASE("the time of an outstanding answer is not the client's") {
  ControlSocket it({{}, kSoon, kSoon});
  it.house.answers_breaks = false;
  Client client = it.client();
  client.write(kBreak);
  it.world.run_until("a break is asked for", [&] { return it.house.breaks.size() == 1; });
  (void)it.world.turns_left_alone();  // five times as long
  CHECK(it.sessions.count() == 1);
  it.house.breaks[0](Status{});
  CHECK(it.answer(client).status == 200);
}

TEST_CASE("a client that does not take its answer is read no further, and is given up after a while") {
  for (const bool takes : {true, false}) {
    ControlSocket it({{}, kNever, takes ? std::chrono::milliseconds(kNever) : kSoon});
    it.house.kept = History{7, std::string(4 * MiB, 'h')};
    Client client = it.client();
    client.write(kHistory + kBreak);
    it.world.run_until("the history is asked for", [&] { return !it.house.told.empty(); });
    if (!takes) {
      it.wait_gone();
      CHECK(it.house.told.size() == 1);
      continue;
    }
    CHECK(it.world.turns_left_alone() < World::kCalm);
    CHECK(it.house.told.size() == 1);
    const auto all = it.answers(client, 2);
    CHECK(all[0].body == it.house.kept->bytes);
    CHECK(all[0].field("X-Charmux-Offset") == "7");
    CHECK(all[1].status == 200);
  }
}

TEST_CASE("an upgrade gives the socket away, with every byte that came behind the request") {
  ControlSocket it;
  it.house.offered = some_console();
  Client client = it.client({"oncall", true});
  client.write(kStatus + kAttach + "typed ahead");
  it.world.run_until("it is given away", [&] { return it.upgraded.size() == 1 && it.sessions.count() == 0; });
  const auto all = it.answers(client, 2);
  CHECK(all[1].status == 101);
  CHECK(all[1].field("Upgrade") == "raw");
  ControlSocket::Upgrade& upgrade = it.upgraded[0];
  CHECK(as_text(upgrade.already) == "typed ahead");
  CHECK(upgrade.wish == AttachWish{"alpha", "oncall", AttachWish::Wire::raw, AttachWish::Mode::watch, {}, {}});
  CHECK(upgrade.stream.send(as_bytes("login: ")).kind == net::Io::Kind::moved);
  client.poll();
  CHECK(client.received() == "login: ");
}

TEST_CASE("an upgrade waits until all before it has been taken") {
  ControlSocket it;
  it.house.offered = some_console();
  it.house.kept = History{0, std::string(4 * MiB, 'h')};
  Client client = it.client();
  client.write(kHistory + kAttach);
  it.world.run_until("the history is asked for", [&] { return !it.house.told.empty(); });
  CHECK(it.upgraded.empty());
  CHECK(it.answers(client, 2)[1].status == 101);
  CHECK(it.upgraded.size() == 1);
}

TEST_CASE("an upgrade waits until it has been told") {
  ControlSocket it;
  it.house.offered = some_console();
  Client client = it.client();
  {
    const ThinSend thin(0);
    client.write(kAttach);
    it.world.run_until("it is given away", [&] { return it.upgraded.size() == 1; });
  }
  CHECK(it.answer(client).status == 101);
}

TEST_CASE("who is not let in is answered 403, whatever it asks") {
  ControlSocket it;
  it.house.offered = some_console();
  Client client = it.client({"uid 1000", false});
  client.write(kStatus + kBreak + kAttach);
  for (const HttpResponse& response : it.answers(client, 3)) {
    CHECK(response.status == 403);
    CHECK(response.body.find("uid 1000 may not") != std::string::npos);
  }
  CHECK(it.house.told.empty());
  CHECK(it.upgraded.empty());
}

TEST_CASE("a peer is known by the kernel's word, and only on a UNIX socket") {
  int pair[2] = {-1, -1};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
  const UniqueFd one(pair[0]);
  const UniqueFd other(pair[1]);
  CHECK(api_peer_of(one.get()).let_in);
  CHECK(!api_peer_of(one.get()).user.empty());
  const UniqueFd tcp(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  CHECK(!api_peer_of(tcp.get()).let_in);
  CHECK(!api_peer_of(-1).let_in);
}

TEST_CASE("a stop answers what is owed") {
  ControlSocket it;
  it.house.answers_breaks = false;
  Client owed = it.client();
  Client idle = it.client();
  owed.write(kBreak);
  it.world.run_until("a break is asked for", [&] { return it.house.breaks.size() == 1; });
  it.sessions.stop();
  CHECK(it.answer(owed).status == 503);
  it.house.breaks[0](Status{});
  it.world.run_until("both are at their end", [&] {
    owed.poll();
    idle.poll();
    return owed.ended() && idle.ended();
  });
  CHECK(owed.received().empty());
  owed.close();
  idle.close();
  it.wait_gone();
}
