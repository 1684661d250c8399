// SPDX-License-Identifier: Apache-2.0
// What the rules leave of the API for somebody who has a right at some consoles and not at others.
#include <doctest/doctest.h>

#include "support/api_house.hpp"

using namespace charmux;
using namespace charmux::test;
using protocol::HttpResponse;

namespace {

/// ward may watch lab-1 and lab-2, type at lab-2, and knows nothing of the rack.
struct AsWard : Asking {
  AsWard() {
    gate.set_rules(access::Rules({{"ward", "", "", {}, {}, {{"lab-*"}, {"lab-2"}, {}}}}, {}));
    house.add("lab-1", 1);
    house.add("lab-2", 2);
    house.add("rack-1", 3);
    house.all[0].viewers = 1;
    house.all[1].viewers = 2;
    house.all[2].viewers = 4;
    peer = local("ward");
  }
};

}  // namespace

TEST_CASE("the list has the consoles that he may watch, and is empty for one who may watch none") {
  AsWard it;
  const std::string list = it.get("/api/v1/consoles").body;
  CHECK(list.find("lab-1") != std::string::npos);
  CHECK(list.find("lab-2") != std::string::npos);
  CHECK(list.find("rack-1") == std::string::npos);
  it.peer = local("eve");
  const HttpResponse empty = it.get("/api/v1/consoles");
  CHECK(empty.status == 200);
  CHECK(empty.body == "[]\n");
}

TEST_CASE("a console that he may not watch is answered to the letter as if it were not there") {
  AsWard it;
  const auto answers = [&] {
    std::vector<HttpResponse> all;
    for (const char* name : {"rack-1", "rack-2", "rack-%31"}) {
      const std::string console = std::string("/api/v1/consoles/") + name;
      for (const char* rest : {"", "/history", "/attach", "/attach?mode=force"}) all.push_back(it.get(console + rest));
      for (const char* rest : {"/break", "/down", "/reopen", "/reopen?force=1", "/broadcast"})
        all.push_back(it.post(console + rest));
    }
    return all;
  };
  const std::vector<HttpResponse> hidden = answers();
  it.house.all.pop_back();
  const std::vector<HttpResponse> absent = answers();
  for (std::size_t i = 0; i < hidden.size(); ++i) {
    CHECK(hidden[i].status == 404);
    CHECK(hidden[i].body == absent[i].body);
    CHECK(hidden[i].body.find("did you mean") == std::string::npos);
  }
  CHECK(it.house.told.empty());
}

TEST_CASE("what he mistypes is looked for among the consoles that he may watch") {
  AsWard it;
  // Nearer to rack-1 than to any that he may watch, and then the other way round.
  const auto hint_has = [&](const char* typed, const char* name) {
    return it.get(std::string("/api/v1/consoles/") + typed).body.find(name) != std::string::npos;
  };
  CHECK_FALSE(hint_has("rakc-1", "rack-1"));
  CHECK(hint_has("lba-1", "did you mean 'lab-1'?"));
  it.peer = owner();
  CHECK(hint_has("rakc-1", "did you mean 'rack-1'?"));
}

TEST_CASE("who may only watch reads his name, the console's and what it takes") {
  AsWard it;
  for (const char* order : {"/break", "/down", "/reopen", "/reopen?force=1", "/broadcast"}) {
    CAPTURE(order);
    const HttpResponse response = it.post(std::string("/api/v1/consoles/lab-1") + order);
    CHECK(response.status == 403);
    CHECK(response.body ==
          "{\"error\":\"ward may only watch console lab-1\",\"hint\":\"that takes `control` of it in a "
          "[[user]] or [[group]]\"}\n");
  }
  for (const char* mode : {"", "?mode=control", "?mode=force"}) {
    const HttpResponse response = it.get(std::string("/api/v1/consoles/lab-1/attach") + mode);
    CHECK(response.status == 426);
    const auto attached = it.attach(std::string("/api/v1/consoles/lab-1/attach") + mode, "raw");
    CHECK(std::get<HttpResponse>(attached).body ==
          "{\"error\":\"ward may only watch console lab-1\",\"hint\":\"attach with --watch (mode=watch)\"}\n");
  }
  const HttpResponse forced = it.post("/api/v1/consoles/lab-2/reopen?force=1");
  CHECK(forced.status == 403);
  CHECK(forced.body ==
        "{\"error\":\"ward may not reopen console lab-2 by force\",\"hint\":\"reopen it without force; "
        "that takes `admin` of it in a [[user]] or [[group]]\"}\n");
  CHECK(it.house.told.empty());
  CHECK(it.post("/api/v1/consoles/lab-2/reopen").status == 200);
}

TEST_CASE("the status counts what he may watch, and keeps doors and sources for who administers all") {
  AsWard it;
  static char offered;  // the API only asks whether there is one
  it.house.offered = reinterpret_cast<console::Console*>(&offered);
  it.house.facts.consoles = 3;
  it.house.facts.viewers = 7;
  it.house.facts.listeners = {{"telnet:127.0.0.1:2300", "menu"}};
  it.house.facts.sources = {{"qmp:/a.qmp", "found"}};
  const std::string all = it.get("/api/v1/status").body;
  CHECK(all.find(R"("consoles":2,"viewers":3,"listeners":[],"sources":[])") != std::string::npos);
  it.house.offered = nullptr;  // they are listed with the reason why they are not offered
  CHECK(it.get("/api/v1/status").body.find(R"("consoles":0,)") != std::string::npos);
  it.peer = owner();
  CHECK(it.get("/api/v1/status").body.find(R"("consoles":3,"viewers":7,"listeners":[{"address")") != std::string::npos);
}

TEST_CASE("a reload is for who administers all, and answers with what is wrong") {
  AsWard it;
  const HttpResponse refused = it.post("/api/v1/reload");
  CHECK(refused.status == 403);
  CHECK(refused.body ==
        "{\"error\":\"ward may not reload the configuration\",\"hint\":\"it takes root, or admin = "
        "[\\\"*\\\"] in a [[user]] or [[group]]\"}\n");
  CHECK(it.house.told.empty());
  it.peer = owner();
  CHECK(it.post("/api/v1/reload").body == "{}\n");
  it.house.outcome = failure("charmux.toml:3:1: unknown key 'sise'");
  const HttpResponse failed = it.post("/api/v1/reload");
  CHECK(failed.status == 409);
  CHECK(failed.body.find("unknown key 'sise'") != std::string::npos);
  CHECK(it.house.told == std::vector<std::string>{"reload by root", "reload by root"});
  CHECK(it.get("/api/v1/reload").status == 405);
}

TEST_CASE("the rules are asked at each request: what a right allowed is over when it is taken away") {
  AsWard it;
  CHECK(it.post("/api/v1/consoles/lab-2/break").status == 200);
  it.gate.set_rules(access::Rules({{"ward", "", "", {}, {}, {{"lab-2"}, {}, {}}}}, {}));
  CHECK(it.post("/api/v1/consoles/lab-2/break").status == 403);
  CHECK(it.get("/api/v1/consoles/lab-1").status == 404);
  it.gate.set_rules({});
  CHECK(it.post("/api/v1/reload").status == 200);
}
