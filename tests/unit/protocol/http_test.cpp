// SPDX-License-Identifier: Apache-2.0
#include "charmux/protocol/http.hpp"

#include <doctest/doctest.h>
#include <fmt/core.h>

#include <string>
#include <vector>

#include "support/every_split.hpp"
#include "support/http_transcript.hpp"

using namespace charmux;
using namespace charmux::protocol;
using namespace charmux::test;

namespace {

constexpr HttpLimits kSmall{128, 32};

using Heard = HttpTranscript;

template <class Decoder>
Heard hears(std::string_view input, HttpLimits limits) {
  return every_split(as_bytes(input), [&](const Pieces& pieces) { return http_transcript<Decoder>(pieces, limits); });
}
Heard server_hears(std::string_view input, HttpLimits limits = {}) { return hears<HttpRequestDecoder>(input, limits); }
Heard client_hears(std::string_view input, HttpLimits limits = {}) { return hears<HttpResponseDecoder>(input, limits); }

std::string get(std::string_view fields) { return fmt::format("GET / HTTP/1.1\r\nHost: h\r\n{}\r\n", fields); }
std::string post(std::string_view fields, std::string_view body) {
  return fmt::format("POST /p HTTP/1.1\r\nHost: h\r\n{}\r\n{}", fields, body);
}
const std::string kGot = "GET / upgrade '' body ''";

}  // namespace

TEST_CASE("a request is read whole, however it is cut") {
  CHECK(server_hears(get("")) == Heard{kGot});
  CHECK(server_hears(post("Content-Length: 5\r\n", "hello")) == Heard{"POST /p upgrade '' body 'hello'"});
  CHECK(server_hears(post("content-length:0\r\n", "")) == Heard{"POST /p upgrade '' body ''"});
  CHECK(server_hears("GET /a%2Fb?c=d HTTP/1.1\r\nhost:h\r\nX: folded\r\n  here\r\n\r\n") ==
        Heard{"GET /a%2Fb?c=d upgrade '' body ''"});
}

TEST_CASE("requests behind one another are read one by one") {
  const std::string two = post("Content-Length: 2\r\n", "ab") + get("");
  CHECK(server_hears(two + two) == Heard{"POST /p upgrade '' body 'ab'", kGot, "POST /p upgrade '' body 'ab'", kGot});
}

TEST_CASE("what is behind a request stays with the caller") {
  const std::string chunked = post("Transfer-Encoding: chunked\r\n", "1\r\nx\r\n0\r\n\r\n");
  for (const std::string& request :
       {get("Connection: upgrade\r\nUpgrade: raw\r\n"), post("Content-Length: 1\r\n", "x"), chunked}) {
    const std::string input = request + "not HTTP at all";
    HttpRequestDecoder decoder{HttpLimits{}};
    BytesView rest = as_bytes(input);
    CHECK(!decoder.in_request());
    REQUIRE(decoder.feed(rest).value());
    CHECK(as_text(rest) == "not HTTP at all");
    CHECK(!decoder.in_request());
  }
}

TEST_CASE("a request is known to be under way from its first byte to its last") {
  const std::string input = post("Content-Length: 2\r\n", "ab");
  HttpRequestDecoder decoder{HttpLimits{}};
  for (std::size_t i = 0; i < input.size(); ++i) {
    CHECK(decoder.in_request() == (i > 0));
    BytesView byte = as_bytes(input).subspan(i, 1);
    CHECK(decoder.feed(byte).value().has_value() == (i + 1 == input.size()));
  }
  CHECK(!decoder.in_request());
}

TEST_CASE("chunks are joined, their extensions and trailers dropped") {
  const std::string request = "Transfer-Encoding: Chunked\r\n";
  CHECK(server_hears(post(request, "3\r\nabc\r\nA;x=\"y\"\r\n0123456789\r\n0\r\n\r\n") + get("")) ==
        Heard{"POST /p upgrade '' body 'abc0123456789'", kGot});
  CHECK(server_hears(post(request, "0\r\nX: y\r\nConnection: close\r\n\r\n")) == Heard{"POST /p upgrade '' body ''"});
}

TEST_CASE("whether a connection goes on is said by Connection and by the version") {
  CHECK(server_hears(get("Connection: close\r\n")) == Heard{kGot + " last"});
  CHECK(server_hears(get("Connection: keep-alive, X\r\n")) == Heard{kGot});
  CHECK(server_hears("GET / HTTP/1.0\r\n\r\n") == Heard{kGot + " last"});
  CHECK(server_hears("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n") == Heard{kGot});
}

TEST_CASE("an upgrade is asked for by Upgrade and Connection together, in HTTP/1.1") {
  CHECK(server_hears(get("Upgrade: Telnet\r\nConnection: keep-alive, Upgrade\r\n")) ==
        Heard{"GET / upgrade 'telnet' body ''"});
  CHECK(server_hears(get("Upgrade: raw\r\n")) == Heard{kGot});
  CHECK(server_hears(get("Connection: upgrade\r\n")) == Heard{kGot});
  CHECK(server_hears("GET / HTTP/1.0\r\nUpgrade: raw\r\nConnection: upgrade\r\n\r\n") == Heard{kGot + " last"});
}

TEST_CASE("a header may be as long as its limit and no longer") {
  const std::string frame = get("X: \r\n");
  const auto of_size = [&](std::size_t size) { return get("X: " + std::string(size - frame.size(), 'x') + "\r\n"); };
  CHECK(server_hears(of_size(128), kSmall) == Heard{kGot});
  CHECK(server_hears(of_size(129), kSmall) == Heard{"431: the header has more than 128 bytes"});
  CHECK(server_hears(std::string(200, 'G'), kSmall) == Heard{"431: the header has more than 128 bytes"});
  // All chunks' headers together may be longer; one of them, or the trailers, may not.
  const std::string chunked = post("Transfer-Encoding: chunked\r\n", "");
  std::string many;
  for (int i = 0; i < 20; ++i) many += "1;" + std::string(50, 'x') + "\r\nb\r\n";
  CHECK(server_hears(chunked + many + "0\r\n\r\n", kSmall) ==
        Heard{"POST /p upgrade '' body '" + std::string(20, 'b') + "'"});
  CHECK(server_hears(chunked + "1;" + std::string(200, 'x') + "\r\n", kSmall)[0].rfind("431", 0) == 0);
  CHECK(server_hears(chunked + "0\r\nX: " + std::string(200, 'x') + "\r\n\r\n", kSmall)[0].rfind("431", 0) == 0);
}

TEST_CASE("a body may be as long as its limit and no longer, and a longer one is not waited for") {
  const std::string body(32, 'x');
  CHECK(server_hears(post("Content-Length: 32\r\n", body), kSmall) == Heard{"POST /p upgrade '' body '" + body + "'"});
  const Heard too_long{"413: the body has more than 32 bytes"};
  CHECK(server_hears(post("Content-Length: 33\r\n", ""), kSmall) == too_long);
  CHECK(server_hears(post("Content-Length: 18446744073709551615\r\n", ""), kSmall) == too_long);
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  CHECK(server_hears(post(chunked, "10\r\n0123456789abcdef\r\n11\r\n"), kSmall) == too_long);
  CHECK(server_hears(post(chunked, "ffffffffffffffff\r\n"), kSmall) == too_long);
}

TEST_CASE("after a fault nothing more is taken") {
  HttpRequestDecoder decoder{HttpLimits{}};
  const std::string input = "hello\r\n" + get("");
  BytesView rest = as_bytes(input);
  CHECK(decoder.feed(rest).error().status == 400);
  const std::size_t left = rest.size();
  CHECK(decoder.feed(rest).error().status == 400);
  CHECK(rest.size() == left);
}

TEST_CASE("what is not HTTP is refused as soon as its first line is there") {
  for (const std::string_view input :
       {"\r\n", "hello\r\n", "GET /\r\n", "GET / HTTP/2.0\r\n", "GET  / HTTP/1.1\r\n", " GET / HTTP/1.1\r\n",
        "GET /\x01 HTTP/1.1\r\n", "GET / H\r\n", "GET / HTTP/1.1 \r\n", "\x16\x03\x01\x0A"}) {
    CAPTURE(input);
    const Heard heard = server_hears(input);
    REQUIRE(heard.size() == 1);
    CHECK(heard[0].rfind("400: this HTTP request is not understood: ", 0) == 0);
  }
}

TEST_CASE("a message that others could read as another one is refused") {
  using namespace std::string_literals;
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  for (const std::string& input : {
           post("Content-Length: 5\r\n" + chunked, "0\r\n\r\n"),
           post(chunked + "Content-Length: 5\r\n", "0\r\n\r\n"),
           post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello!"),
           post("Content-Length: 5, 6\r\n", "hello!"),
           post("Content-Length: +5\r\n", "hello"),
           post("Content-Length: -1\r\n", "hello"),
           post("Content-Length: 0x5\r\n", "hello"),
           post("Content-Length: \r\n", "hello"),
           post("Content-Length: 99999999999999999999\r\n", "hello"),
           post("Content-Length : 5\r\n", "hello"),
           post(chunked + chunked, "0\r\n\r\n"),
           post("Transfer-Encoding: gzip\r\n", ""),
           post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"),
           post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"),
           post("Transfer-Encoding: gzip\r\n" + chunked, "0\r\n\r\n"),
           post("Transfer-Encoding: \x0b"
                "chunked\r\n",
                "0\r\n\r\n"),
           post(chunked, "0x1\r\na\r\n0\r\n\r\n"),
           post(chunked, "\r\n1\r\n"),
           post(chunked, "1\r\nab\r\n0\r\n\r\n"),
           post(chunked, "1 ;\r\na\r\n0\r\n\r\n"),
           post(chunked, "fffffffffffffffff\r\n"),
           post(chunked, "0\r\nContent-Length: 5\r\n\r\n"),
           "POST / HTTP/1.0\r\n" + chunked + "\r\n0\r\n\r\n",
           "GET / HTTP/1.1\r\n\r\n"s,
           get("Host: other\r\n"),
           get("X: a\nY: b\r\n"),
           "GET / HTTP/1.1\nHost: h\n\n"s,
           "GET / HTTP/1.1\r\nHost: h\r\n\n"s,
           "GET / HTTP/1.1\r\nHost: h\n\r\n"s,
           get("X: a\rY: b\r\n"),
           get("X: a\0b\r\n"s),
           get("X\0: b\r\n"s),
           "GET /\0 HTTP/1.1\r\n\r\n"s,
           get(": no name\r\n"),
           get("no colon\r\n"),
           "GET / HTTP/1.1\r\n X: folded onto nothing\r\nHost: h\r\n\r\n"s,
       }) {
    CAPTURE(input);
    const Heard heard = server_hears(input);
    REQUIRE(heard.size() == 1);
    CHECK(heard[0].rfind("400: ", 0) == 0);
  }
}

TEST_CASE("a client reads answers whole, however they are cut") {
  CHECK(client_hears("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Charmux-Offset: 7\r\n\r\nabHTTP/1.1 404 \r\n"
                     "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n") ==
        Heard{"200 body 'ab' X-Charmux-Offset='7'", "404 body 'x' last"});
  CHECK(client_hears("HTTP/1.1 200 OK\r\n\r\n")[0].rfind("400", 0) == 0);
  CHECK(client_hears("SSH-2.0-OpenSSH_9.2\r\n")[0].rfind("400: this HTTP answer is not understood", 0) == 0);
  CHECK(client_hears("HTTP/1.1 200 OK\r\nContent-Length: 33\r\n\r\n", kSmall)[0].rfind("413", 0) == 0);
}

TEST_CASE("a switch of protocols ends with its header") {
  const std::string input = to_wire(HttpResponse{101, {{"Upgrade", "raw"}}, "", true}) + "console";
  HttpResponseDecoder decoder{HttpLimits{}};
  BytesView rest = as_bytes(input);
  const auto response = decoder.feed(rest);
  REQUIRE(response.value());
  CHECK((*response)->status == 101);
  CHECK((*response)->field("upgrade") == "raw");
  CHECK(as_text(rest) == "console");
}

TEST_CASE("what is written is read back as the same") {
  const std::vector<HttpRequest> requests = {
      {"GET", "/api/v1/consoles?x=y", "", "", true},
      {"GET", "/", "telnet", "", true},
      {"POST", "/p", "", "{}", false},
      {"POST", "/p", "", "", true},
  };
  for (const HttpRequest& request : requests)
    CHECK(server_hears(to_wire(request, {{"Accept", "*/*"}})) == Heard{shown(request)});
  for (const HttpResponse& response : {HttpResponse{200, {{"A", "b"}, {"C", ""}}, "body", true},
                                       HttpResponse{431, {}, "", false}, HttpResponse{299, {}, "x", true}})
    CHECK(client_hears(to_wire(response)) == Heard{shown(response)});
}

TEST_CASE("a field's value begins no other field") {
  const HttpResponse response{200, {{"Allow", "GET\r\nX: y"}}, "", true};
  CHECK(client_hears(to_wire(response)) == Heard{"200 body '' Allow='GET  X: y'"});
}

TEST_CASE("a target is taken apart, then decoded") {
  using Parameters = std::vector<HttpTarget::Parameter>;
  const HttpTarget target = parse_target("/api/v1/consoles/lab%2F1/history?bytes=10&x=%26%3d&&flag&x=2").value();
  CHECK(target.path == std::vector<std::string>{"api", "v1", "consoles", "lab/1", "history"});
  CHECK(target.parameters == Parameters{{"bytes", "10"}, {"x", "&="}, {"flag", ""}, {"x", "2"}});
  CHECK(target.parameter("x") == "&=");
  CHECK(target.parameter("flag") == "");
  CHECK(!target.parameter("y"));
  CHECK(parse_target("/").value().path == std::vector<std::string>{""});
  CHECK(parse_target("/a/").value().path == std::vector<std::string>{"a", ""});
  CHECK(parse_target("/a%00%ff+b").value().path[0] == std::string("a\0\xff+b", 5));
  CHECK(parse_target("/?a=b=c").value().parameters == Parameters{{"a", "b=c"}});
  for (const std::string_view wrong : {"", "a", "http://h/", "*", "/%", "/%2", "/%2g", "/%g2", "/a?%", "/a?b=%1"}) {
    CAPTURE(wrong);
    CHECK(!parse_target(wrong));
  }
}

TEST_CASE("an Upgrade field without a value names no protocol") {
  CHECK(server_hears(get("Connection: upgrade\r\nUpgrade: raw\r\nUpgrade: \r\nUpgrade: telnet\r\nUpgrade:\r\n")) ==
        Heard{"GET / upgrade 'raw, telnet' body ''"});
}
