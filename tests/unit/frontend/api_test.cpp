// SPDX-License-Identifier: Apache-2.0
#include "frontend/api.hpp"

#include <doctest/doctest.h>

#include "support/api_house.hpp"

using namespace charmux;
using namespace charmux::frontend;
using namespace charmux::test;
using protocol::HttpRequest;
using protocol::HttpResponse;

namespace {

using Told = std::vector<std::string>;

constexpr WallTime kThen{std::chrono::milliseconds(1795264650123)};

/// Stands for a console that is offered; the API only asks whether there is one.
console::Console* some_console() {
  static char room;
  return reinterpret_cast<console::Console*>(&room);
}

}  // namespace

TEST_CASE("consoles are listed by number, then by name") {
  Asking it;
  it.house.add("zeta");
  it.house.add("beta", 2);
  it.house.add("alpha", 10);
  it.house.add("gamma");
  const std::string list = it.get("/api/v1/consoles").body;
  const auto at = [&](const char* name) { return list.find(name); };
  CHECK(at("beta") < at("alpha"));
  CHECK(at("alpha") < at("gamma"));
  CHECK(at("gamma") < at("zeta"));
  CHECK(at("zeta") != std::string::npos);
  it.house.all.clear();
  CHECK(it.get("/api/v1/consoles").body == "[]\n");
}

TEST_CASE("a console in the list has these fields, and null where there is nothing") {
  Asking it;
  it.house.all.push_back(
      {"alpha", 1, {7001, 9001}, "pty:/dev/pts/3", "open", "", 2, "oncall", 18432, 12, 3, 18440, kThen});
  it.house.add("beta");
  it.house.all[1].state = "refused";
  it.house.all[1].reason = "a monitor";
  const HttpResponse response = it.get("/api/v1/consoles");
  CHECK(response.status == 200);
  CHECK(response.field("content-type") == "application/json");
  CHECK(response.body ==
        R"([{"name":"alpha","number":1,"ports":[7001,9001],"backend":"pty:/dev/pts/3","state":"open","reason":"",)"
        R"("viewers":2,"writer":"oncall","bytes_out":18432,"bytes_in":12,"skipped":3,"offset":18440,)"
        R"("last_output":"2026-11-21T12:37:30.123Z"},)"
        R"({"name":"beta","number":null,"ports":[],"backend":"","state":"refused","reason":"a monitor",)"
        R"("viewers":0,"writer":null,"bytes_out":0,"bytes_in":0,"skipped":0,"offset":0,"last_output":null}])"
        "\n");
}

TEST_CASE("a console by itself has its viewers") {
  Asking it;
  it.house.add("lab/1");
  it.house.watching = {{std::nullopt, "127.0.0.1:40312", "telnet:127.0.0.1:7001", true, kThen, 5, 6},
                       {"root", "uid 0", "control.sock", false, kThen, 0, 0}};
  const std::string body = it.get("/api/v1/consoles/lab%2F1").body;
  CHECK(body.find(R"("viewers":[{"user":null,"from":"127.0.0.1:40312","door":"telnet:127.0.0.1:7001",)"
                  R"("mode":"control","since":"2026-11-21T12:37:30.123Z","lag":5,"skipped":6},{"user":"root",)") !=
        std::string::npos);
  CHECK(body.find(R"("mode":"watch")") != std::string::npos);
  it.house.watching.clear();
  CHECK(it.get("/api/v1/consoles/lab%2F1").body.find(R"("viewers":[],)") != std::string::npos);
}

TEST_CASE("the daemon's status has its listeners and sources") {
  Asking it;
  it.house.facts = {"0.1.0", 812, kThen, 3, 2, {{"telnet:127.0.0.1:2300", "menu"}}, {{"qmp:/a.qmp", "monitor busy"}}};
  CHECK(it.get("/api/v1/status").body ==
        R"({"version":"0.1.0","pid":812,"since":"2026-11-21T12:37:30.123Z","consoles":3,"viewers":2,)"
        R"("listeners":[{"address":"telnet:127.0.0.1:2300","serves":"menu"}],)"
        R"("sources":[{"address":"qmp:/a.qmp","state":"monitor busy"}]})"
        "\n");
}

TEST_CASE("names that are no UTF-8, or look like JSON, break nothing") {
  Asking it;
  it.house.add("a\xff\"}\x1b[2J");
  CHECK(it.get("/api/v1/consoles").body.find("\"a\xEF\xBF\xBD\\\"}\\u001b[2J\"") != std::string::npos);
  CHECK(it.get("/api/v1/consoles/a%FF%22%7D%1B%5B2J").status == 200);
  const HttpResponse missing = it.get("/api/v1/consoles/%FF%1B");
  CHECK(missing.status == 404);
  CHECK(missing.body == R"({"error":"there is no console '\\xff\\x1b'","hint":"`charmux ls` lists them"})"
                        "\n");
}

TEST_CASE("history is bytes as they are, with the offset of the first") {
  Asking it;
  it.house.add("alpha");
  it.house.kept = History{41, std::string("\0\xff\r\n", 4)};
  const HttpResponse response = it.get("/api/v1/consoles/alpha/history");
  CHECK(response.body == std::string("\0\xff\r\n", 4));
  CHECK(response.field("x-charmux-offset") == "41");
  CHECK(response.field("content-type") == "application/octet-stream");
  (void)it.get("/api/v1/consoles/alpha/history?bytes=10");
  (void)it.get("/api/v1/consoles/alpha/history?since=18446744073709551615&other=x");
  CHECK(it.house.told == Told{"history alpha bytes - since -", "history alpha bytes 10 since -",
                              "history alpha bytes - since 18446744073709551615"});
  for (const std::string wrong :
       {"bytes=", "bytes=-1", "bytes=1x", "bytes=1KiB", "since=18446744073709551616", "since= 1", "bytes=1&since=1"}) {
    CAPTURE(wrong);
    CHECK(it.get("/api/v1/consoles/alpha/history?" + wrong).status == 400);
  }
  CHECK(it.house.told.size() == 3);
}

TEST_CASE("an order is carried out for who gives it") {
  Asking it;
  it.house.add("alpha");
  const std::string alpha = "/api/v1/consoles/alpha";
  for (const char* order : {"/break", "/down", "/reopen"}) {
    const HttpResponse done = it.post(alpha + order);
    CHECK(done.status == 200);
    CHECK(done.body == "{}\n");
  }
  CHECK(it.post(alpha + "/broadcast", R"({"text": "reboot\nin 5 \u001b[2J", "more": 1})").status == 200);
  CHECK(it.house.told == Told{"break alpha by root", "down alpha by root", "reopen alpha by root",
                              R"(say 'reboot\x0ain 5 \x1b[2J' to alpha by root)"});
}

TEST_CASE("a reopening is by force where that is asked for, and only then") {
  Asking it;
  it.house.add("alpha");
  const std::string reopen = "/api/v1/consoles/alpha/reopen";
  CHECK(it.post(reopen + "?force=1").status == 200);
  CHECK(it.post(reopen + "?force=0").status == 200);
  CHECK(it.house.told == Told{"reopen by force alpha by root", "reopen alpha by root"});
  for (const std::string wrong : {"?force", "?force=", "?force=yes", "?force=11"}) {
    const HttpResponse response = it.post(reopen + wrong);
    CHECK(response.status == 400);
    CHECK(response.body.find("'force' is 1 or 0, not '") != std::string::npos);
  }
  CHECK(it.house.told.size() == 2);
}

TEST_CASE("an order that cannot be carried out is answered 409 with the reason") {
  Asking it;
  it.house.add("alpha");
  it.house.outcome = failure("no break: virtio consoles have none");
  for (const char* order : {"/break", "/down", "/reopen"}) {
    const HttpResponse response = it.post(std::string("/api/v1/consoles/alpha") + order);
    CHECK(response.status == 409);
    CHECK(response.body == R"({"error":"no break: virtio consoles have none","hint":""})"
                           "\n");
  }
}

TEST_CASE("a break may be answered later, when nobody who asked is left") {
  Asking it;
  it.house.add("alpha");
  it.house.answers_breaks = false;
  std::optional<ApiAnswer> got;
  {
    const HttpRequest request{"POST", "/api/v1/consoles/alpha/break", "", "", true};
    Api api(it.house, it.gate);
    api.answer(request, owner(), [&](ApiAnswer answer) { got = std::move(answer); });
  }
  CHECK(!got);
  it.house.breaks.at(0)(Status{});
  REQUIRE(got);
  CHECK(std::get<HttpResponse>(*got).status == 200);
}

TEST_CASE("a broadcast without a text is not understood") {
  Asking it;
  it.house.add("alpha");
  for (const std::string& body :
       {std::string(), std::string("{}"), std::string("[]"), std::string("{\"text\": 1}"),
        std::string(R"({"text": ""})"), std::string("{\"text\": \"\xff\"}"), std::string("{"), std::string(60'000, '['),
        "{\"text\": \"" + std::string(Api::kMostBroadcast + 1, 'x') + "\"}"}) {
    CAPTURE(body.substr(0, 40));
    CHECK(it.post("/api/v1/consoles/alpha/broadcast", body).status == 400);
  }
  CHECK(it.house.told.empty());
}

TEST_CASE("an attach is granted as it is wished") {
  Asking it;
  it.house.add("alpha");
  it.house.offered = some_console();
  using Mode = AttachWish::Mode;
  const auto wish = [&](const std::string& query, const std::string& upgrade) {
    const ApiAnswer answer = it.attach("/api/v1/consoles/alpha/attach" + query, upgrade);
    REQUIRE(std::holds_alternative<ApiUpgrade>(answer));
    CHECK(std::get<ApiUpgrade>(answer).response.status == 101);
    CHECK(std::get<ApiUpgrade>(answer).response.field("Upgrade") == upgrade);
    return std::get<ApiUpgrade>(answer).wish;
  };
  CHECK(wish("", "telnet") == AttachWish{"alpha", "root", AttachWish::Wire::telnet, Mode::control, {}, {}});
  CHECK(wish("?mode=watch&replay=0", "raw") == AttachWish{"alpha", "root", AttachWish::Wire::raw, Mode::watch, 0, {}});
  CHECK(wish("?mode=force&since=7", "raw") == AttachWish{"alpha", "root", AttachWish::Wire::raw, Mode::force, {}, 7});
}

TEST_CASE("an attach that is not to be granted says why") {
  Asking it;
  it.house.add("alpha");
  it.house.offered = some_console();
  const std::string attach = "/api/v1/consoles/alpha/attach";
  for (const char* upgrade : {"", "websocket", "telnet, raw"}) {
    const auto response = std::get<HttpResponse>(it.attach(attach, upgrade));
    CHECK(response.status == 426);
    CHECK(response.field("Upgrade") == "telnet, raw");
  }
  for (const char* query : {"?mode=", "?mode=all", "?replay=x", "?since=x", "?replay=1&since=1", "?keys=", "?keys=1"})
    CHECK(std::get<HttpResponse>(it.attach(attach + query, "raw")).status == 400);
  CHECK(std::get<HttpResponse>(it.attach("/api/v1/consoles/beta/attach", "raw")).status == 404);
  it.house.offered = nullptr;
  it.house.all[0].reason = "it is a monitor";
  const auto refused = std::get<HttpResponse>(it.attach(attach, "raw"));
  CHECK(refused.status == 409);
  CHECK(refused.body.find("not offered: it is a monitor") != std::string::npos);
  CHECK(it.get("/api/v1/consoles/alpha/history").status == 409);
}
