// SPDX-License-Identifier: Apache-2.0
// Who comes by the control socket: what each may ask, and how he comes to be known.
#include <doctest/doctest.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

#include "kit/api_door.hpp"

using namespace charmux;
using namespace charmux::frontend;
using namespace charmux::test;
using access::Person;
using protocol::HttpResponse;
using Client = test::Connection;

namespace {

/// As the kernel shows him.
ApiPeer stranger(uid_t uid) { return {uid, {Person::Kind::local, "uid " + std::to_string(uid), {}}}; }

/// Of whom the name service knows uids 1 to 5; "nona" has rights elsewhere.
void add_people(ApiDoor& it) {
  it.names.add(1, "adam");
  it.names.add(2, "ada", {"users", "eng"});
  it.names.add(3, "carl");
  it.names.add(4, "ward");
  it.names.add(5, "nona", {"users"});
  it.gate.set_rules(access::Rules({{"adam", "", "", {}, {}, {{}, {}, {"*"}}},
                                   {"carl", "", "", {}, {}, {{}, {"alpha"}, {}}},
                                   {"ward", "", "", {}, {}, {{"alpha"}, {}, {}}},
                                   {"nona", "", "", {}, {}, {{}, {}, {"beta"}}}},
                                  {{"eng", {{}, {}, {"alpha"}}}}));
}

constexpr std::array<const char*, 6> kNames = {"root", "adam", "ada", "carl", "ward", "nona"};

struct Row {
  std::string method, path, upgrade;
  std::array<unsigned, 6> status;  ///< as kNames
  std::string told;                ///< what charmuxd was told by each who was answered 200
};

const std::vector<Row> kMatrix = {
    {"GET", "consoles", "", {200, 200, 200, 200, 200, 200}, ""},
    {"GET", "status", "", {200, 200, 200, 200, 200, 200}, ""},
    {"GET", "consoles/alpha", "", {200, 200, 200, 200, 200, 404}, ""},
    {"GET", "consoles/alpha/history", "", {200, 200, 200, 200, 200, 404}, "history alpha bytes - since -"},
    {"GET", "consoles/alpha/attach?mode=watch", "raw", {101, 101, 101, 101, 101, 404}, ""},
    {"GET", "consoles/alpha/attach", "raw", {101, 101, 101, 101, 403, 404}, ""},
    {"GET", "consoles/alpha/attach?mode=force", "telnet", {101, 101, 101, 101, 403, 404}, ""},
    {"POST", "consoles/alpha/break", "", {200, 200, 200, 200, 403, 404}, "break alpha by "},
    {"POST", "consoles/alpha/down", "", {200, 200, 200, 200, 403, 404}, "down alpha by "},
    {"POST", "consoles/alpha/reopen", "", {200, 200, 200, 200, 403, 404}, "reopen alpha by "},
    {"POST", "consoles/alpha/reopen?force=1", "", {200, 200, 200, 403, 403, 404}, "reopen by force alpha by "},
    {"POST", "consoles/alpha/broadcast", "", {200, 200, 200, 200, 403, 404}, "say 'x' to alpha by "},
    {"POST", "reload", "", {200, 200, 403, 403, 403, 403}, "reload by "}};

std::string wire(const Row& row) {
  std::string out = row.method + " /api/v1/" + row.path + " HTTP/1.1\r\nHost: h\r\n";
  if (!row.upgrade.empty()) out += "Connection: upgrade\r\nUpgrade: " + row.upgrade + "\r\n";
  const std::string body = row.method == "POST" ? R"({"text":"x"})" : "";
  return out + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// Told by charmuxd: the orders, with who gave them.
std::vector<std::string> expected(const Row& row, const std::string& name) {
  if (row.told.empty()) return {};
  return {row.told + (row.told.ends_with(" by ") ? name : "")};
}

}  // namespace

TEST_CASE("each may do what his right at the console allows, and nothing of the rest reaches charmuxd") {
  for (const Row& row : kMatrix)
    for (uid_t uid = 0; uid < kNames.size(); ++uid) {
      CAPTURE(row.method);
      CAPTURE(row.path);
      CAPTURE(kNames[uid]);
      ApiDoor it;
      add_people(it);
      it.house.offered = some_console();
      it.house.kept = History{0, "login: "};
      Client client = it.client(uid == 0 ? owner() : stranger(uid));
      client.write(wire(row));
      const HttpResponse response = it.answer(client);
      const unsigned status = row.status[uid];
      CHECK(response.status == status);
      CHECK(it.house.told == (status == 200 ? expected(row, kNames[uid]) : std::vector<std::string>{}));
      CHECK(it.upgraded.size() == (status == 101 ? 1 : 0));
      for (const auto& each : it.upgraded) {
        CHECK(each.wish.user == kNames[uid]);
        CHECK(each.person.name == kNames[uid]);
      }
      if (row.path == "consoles") CHECK((response.body != "[]\n") == (uid != 5));
      if (status == 403) CHECK(response.body.find(std::string("\"error\":\"") + kNames[uid] + " may ") == 0 + 1);
    }
}

TEST_CASE("as long as there are no rules a local user may do everything") {
  ApiDoor it;
  it.house.offered = some_console();
  Client client = it.client(stranger(7));
  for (const Row& row : kMatrix) {
    if (!row.upgrade.empty()) continue;
    it.house.kept = History{0, "login: "};
    client.write(wire(row));
    CHECK(it.answer(client).status == 200);
  }
  CHECK(it.house.told.back() == "reload by uid 7");
}

TEST_CASE("who is not known yet is answered when he is, and root beside him at once") {
  ApiDoor it;
  add_people(it);
  it.names.hang();
  Client ward = it.client(stranger(4));
  ward.write(kBreakOrder + kStatus);
  it.world.run_until("the name service is asked", [&] { return it.names.asked().size() == 1; });
  Client root = it.client();
  root.write(kStatus);
  CHECK(it.answer(root).status == 200);
  CHECK(it.world.turns_left_alone() < World::kCalm);
  ward.poll();
  CHECK(ward.received().empty());
  it.names.go_on();
  const auto all = it.answers(ward, 2);
  CHECK(all[0].status == 403);
  CHECK(all[1].status == 200);
}

TEST_CASE("who goes before he is known is gone, and the name service's answer disturbs nobody") {
  ApiDoor it;
  it.names.hang();
  Client client = it.client(stranger(4));
  client.write(kStatus);
  it.world.run_until("the name service is asked", [&] { return it.names.asked().size() == 1; });
  client.close();
  it.wait_gone();
  it.names.go_on();
  it.world.run_until("the thread is done", [&] { return !it.world.loop.has_pending_work(); });
}

TEST_CASE("a stop, and the time that is up, answer who is not known yet") {
  for (const bool stops : {true, false}) {
    ApiDoor it({{}, kNever, stops ? std::chrono::milliseconds(kNever) : kUnhurried});
    it.names.hang();
    Client client = it.client(stranger(4));
    client.write(kStatus);
    it.world.run_until("the name service is asked", [&] { return it.names.asked().size() == 1; });
    if (stops) it.sessions.stop();
    const HttpResponse response = it.answer(client);
    CHECK(response.status == 503);
    CHECK(response.body.find(stops ? "charmuxd is stopping" : "the name service does not say who uid 4 is") !=
          std::string::npos);
    it.wait_closed(client);
    it.names.go_on();
    it.world.run_until("the thread is done", [&] { return !it.world.loop.has_pending_work(); });
  }
}

TEST_CASE("a peer is known by the kernel's word, and only on a UNIX socket") {
  const auto pair_of = [](uid_t uid) {
    int pair[2] = {-1, -1};
    REQUIRE(::seteuid(uid) == 0);
    const bool made = ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0;
    REQUIRE(::seteuid(0) == 0);
    REQUIRE(made);
    ::close(pair[1]);
    return UniqueFd(pair[0]);
  };
  const UniqueFd roots = pair_of(0);
  const UniqueFd others = pair_of(5);
  const auto root = api_peer_of(roots.get());
  REQUIRE(root);
  CHECK(root->is_owner());
  CHECK(root->person.name == "root");
  const auto other = api_peer_of(others.get());
  REQUIRE(other);
  CHECK(other->uid == 5);
  CHECK_FALSE(other->is_owner());
  CHECK(other->person.kind == Person::Kind::local);
  CHECK(other->person.name == "uid 5");
  REQUIRE(::seteuid(5) == 0);
  const auto own = api_peer_of(others.get());
  const auto above = api_peer_of(roots.get());
  REQUIRE(::seteuid(0) == 0);
  CHECK(own.value().is_owner());
  CHECK(above.value().is_owner());
  const UniqueFd tcp(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  CHECK_FALSE(api_peer_of(tcp.get()));
  CHECK_FALSE(api_peer_of(-1));
}
