// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "frontend/api_session.hpp"
#include "frontend/sessions.hpp"
#include "kit/connection.hpp"
#include "kit/name_service.hpp"
#include "kit/world.hpp"
#include "support/api_house.hpp"

namespace charmux::test {

inline constexpr std::chrono::minutes kNever{10};
inline constexpr std::chrono::milliseconds kSoon{20};
/// Also soon, but a slow machine has read a request by then.
inline constexpr std::chrono::milliseconds kUnhurried{1000};
inline const std::string kStatus = "GET /api/v1/status HTTP/1.1\r\nHost: h\r\n\r\n";
inline const std::string kBreakOrder =
    "POST /api/v1/consoles/alpha/break HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n";
inline const std::string kHistory = "GET /api/v1/consoles/alpha/history HTTP/1.1\r\nHost: h\r\n\r\n";
inline const std::string kAttach =
    "GET /api/v1/consoles/alpha/attach?mode=watch HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: raw\r\n\r\n";

/// A control socket whose daemon is the test.
struct ApiDoor {
  explicit ApiDoor(const frontend::ApiSession::Settings& as = {{}, kNever, kNever}) : settings(as) {
    house.add("alpha");
    house.facts.version = "0.1.0";
  }

  /// A client: root, unless said otherwise. `names` says who others are.
  Connection client(const frontend::ApiPeer& peer = owner()) {
    int pair[2] = {-1, -1};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) == 0);
    sessions.add(std::make_unique<frontend::ApiSession>(
        sessions.context(), sessions.stream(UniqueFd(pair[0])), peer, api, users, settings,
        [this](net::Stream stream, Bytes already, frontend::AttachWish wish, const access::Person& person) {
          upgraded.push_back({std::move(stream), std::move(already), std::move(wish), person});
        }));
    return Connection(UniqueFd(pair[1]));
  }
  /// The next `count` answers.
  std::vector<protocol::HttpResponse> answers(Connection& client, std::size_t count) {
    std::vector<protocol::HttpResponse> all;
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
  protocol::HttpResponse answer(Connection& client) { return answers(client, 1)[0]; }
  /// It reads to the end, and closes.
  void wait_closed(Connection& client) {
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
    frontend::AttachWish wish;
    access::Person person;
  };

  World world;
  MockHouse house;
  NameService names;
  access::LocalUsers users{world.loop, names.look()};
  frontend::Gate gate{world.loop, world.log, {[] { return std::size_t{1000}; }}};
  frontend::Api api{house, gate};
  const frontend::ApiSession::Settings settings;
  std::vector<Upgrade> upgraded;
  frontend::Sessions sessions{world.loop, world.log, {16 * KiB}};
};

/// Stands for a console that is offered; the API only asks whether there is one.
inline console::Console* some_console() {
  static char room;
  return reinterpret_cast<console::Console*>(&room);
}

}  // namespace charmux::test
