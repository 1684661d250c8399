// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "kit/api_door.hpp"

using namespace charmux;
using namespace charmux::frontend;
using namespace charmux::test;
using protocol::HttpResponse;
using Client = test::Connection;

TEST_CASE("a client that is owed an answer is read no further") {
  ApiDoor it;
  it.house.answers_breaks = false;
  Client client = it.client();
  client.write(kBreakOrder);
  it.world.run_until("a break is asked for", [&] { return it.house.breaks.size() == 1; });
  client.write(std::string(8 * MiB, 'x'));
  const std::size_t unsent = client.unsent();
  CHECK(unsent > 0);
  CHECK(it.world.turns_left_alone() < World::kCalm);
  client.flush();
  CHECK(client.unsent() == unsent);
}

TEST_CASE("what is no request, or too large, is answered with the reason, and the connection ends") {
  struct Case {
    std::string request;
    unsigned status;
  };
  for (const Case& c :
       {Case{"\xff\xfb\x01hello\r\n", 400}, Case{"GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x'), 431},
        Case{"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 65537\r\n\r\n", 413}}) {
    ApiDoor it;
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
  ApiDoor it({{}, kSoon, kNever});
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
  ApiDoor it({{}, kNever, kSoon});
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
  ApiDoor it({{}, kUnhurried, kUnhurried});
  it.house.answers_breaks = false;
  Client client = it.client();
  client.write(kBreakOrder);
  it.world.run_until("a break is asked for", [&] { return it.house.breaks.size() == 1; });
  (void)it.world.turns_left_alone(kUnhurried + kSoon);
  CHECK(it.sessions.count() == 1);
  it.house.breaks[0](Status{});
  CHECK(it.answer(client).status == 200);
}

TEST_CASE("a client that does not take its answer is read no further, and is given up after a while") {
  for (const bool takes : {true, false}) {
    ApiDoor it({{}, kNever, takes ? std::chrono::milliseconds(kNever) : kUnhurried});
    it.house.kept = History{7, std::string(4 * MiB, 'h')};
    Client client = it.client();
    client.write(kHistory + kBreakOrder);
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
