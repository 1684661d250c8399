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

TEST_CASE("a request that comes in pieces is answered, and the connection stays for the next") {
  ApiDoor it;
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
  ApiDoor it;
  it.house.answers_breaks = false;
  Client client = it.client();
  client.write(kBreakOrder + kBreakOrder + kStatus);
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

TEST_CASE("a client that goes while its break is outstanding is gone, and the answer disturbs nobody") {
  ApiDoor it;
  it.house.answers_breaks = false;
  Client client = it.client();
  client.write(kBreakOrder);
  it.world.run_until("a break is asked for", [&] { return it.house.breaks.size() == 1; });
  client.close();
  it.wait_gone();
  it.house.breaks[0](Status{});
}

TEST_CASE("a client that has nothing more to ask gets what it is owed, and then the end") {
  ApiDoor it;
  it.house.answers_breaks = false;
  Client client = it.client();
  client.write(kBreakOrder + kStatus);
  client.half_close();
  it.world.run_until("a break is asked for", [&] { return it.house.breaks.size() == 1; });
  CHECK(it.world.turns_left_alone() < World::kCalm);
  it.house.breaks[0](Status{});
  CHECK(it.answers(client, 2)[1].status == 200);
  it.wait_closed(client);
}

TEST_CASE("a client that asks for the end gets it behind the answer") {
  ApiDoor it;
  Client client = it.client();
  client.write("GET /api/v1/status HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n" + kStatus);
  CHECK(!it.answer(client).keep_alive);
  it.wait_closed(client);
}

TEST_CASE("a client that goes in the middle of a request is gone") {
  for (const bool half : {false, true}) {
    ApiDoor it;
    Client client = it.client();
    client.write("GET / HT");
    it.world.turn();
    half ? client.half_close() : client.close();
    it.wait_gone();
  }
}

TEST_CASE("HEAD is answered with the header of GET") {
  ApiDoor it;
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

TEST_CASE("a stop answers what is owed") {
  ApiDoor it;
  it.house.answers_breaks = false;
  Client owed = it.client();
  Client idle = it.client();
  owed.write(kBreakOrder);
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
