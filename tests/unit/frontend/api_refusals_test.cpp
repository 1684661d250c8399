// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/api_house.hpp"

using namespace charmux;
using namespace charmux::test;
using protocol::HttpResponse;

TEST_CASE("an unknown console is answered 404 with the nearest name") {
  Asking it;
  it.house.add("alpha");
  it.house.add("beta");
  for (const char* rest : {"", "/history"}) {
    const HttpResponse response = it.get(std::string("/api/v1/consoles/alhpa") + rest);
    CHECK(response.status == 404);
    CHECK(response.body == R"({"error":"there is no console 'alhpa'","hint":"did you mean 'alpha'?"})"
                           "\n");
  }
  CHECK(it.post("/api/v1/consoles/alhpa/down").status == 404);
  CHECK(it.house.told.empty());
}

TEST_CASE("what a name may have meant is looked for only where somebody may have typed it") {
  Asking it;
  const auto hint_for = [&](std::size_t size) {
    it.house.all.clear();
    it.house.add(std::string(size - 1, 'x') + "a");
    const std::string typed = std::string(size - 1, 'x') + "b";
    return it.get("/api/v1/consoles/" + typed).body.find("did you mean '" + it.house.all[0].name) != std::string::npos;
  };
  CHECK(hint_for(64));
  CHECK(!hint_for(65));
}

TEST_CASE("an unknown path is answered 404, whatever it looks like") {
  Asking it;
  it.house.add("alpha");
  for (const char* path : {"/", "/api", "/api/v1", "/api/v1/", "/api/v2/status", "/api/v1/consoles/", "/api/v1/status/",
                           "/api/v1/consoles/alpha/", "/api/v1/consoles/alpha/histori", "/api/v1/consoles%2F%2A",
                           "/api/v1/consoles/alpha%2Fhistory/x", "/api/v1/consoles/alpha/history/", "//api/v1/status",
                           "/api/v1/consoles/alpha/history/a/b/c"}) {
    CAPTURE(path);
    const HttpResponse response = it.get(path);
    CHECK(response.status == 404);
    CHECK(response.body.find("console '") == std::string::npos);
  }
  CHECK(it.get("/api/v1/consoles/%").status == 400);
  CHECK(it.get("status").status == 400);
}

TEST_CASE("a method that a path does not take is answered 405 with those it takes") {
  Asking it;
  it.house.add("alpha");
  const HttpResponse posted = it.post("/api/v1/status");
  CHECK(posted.status == 405);
  CHECK(posted.field("Allow") == "GET, HEAD");
  for (const char* method : {"GET", "HEAD", "DELETE"}) {
    const HttpResponse response = it.answer(method, "/api/v1/consoles/alpha/break");
    CHECK(response.status == 405);
    CHECK(response.field("Allow") == "POST");
  }
  CHECK(it.house.told.empty());
  CHECK(it.answer("HEAD", "/api/v1/status").status == 200);
}

TEST_CASE("what a later version has is answered 501") {
  Asking it;
  for (const char* path : {"/api/v1/consoles/alpha/stream?mode=watch", "/api/v1/tickets", "/metrics"}) {
    CHECK(it.get(path).status == 501);
    CHECK(it.post(path).body.find("is not in this version") != std::string::npos);
  }
}
