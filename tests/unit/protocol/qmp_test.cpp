// SPDX-License-Identifier: Apache-2.0
#include "charmux/protocol/qmp.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "support/every_split.hpp"

using namespace charmux;
using namespace charmux::protocol;
using namespace charmux::test;
using namespace std::chrono_literals;

namespace {

using Messages = std::vector<QmpMessage>;

const std::string kGreeting =
    R"({"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "Debian 1:7.2+dfsg-7"}, )"
    R"("capabilities": ["oob"]}})"
    "\r\n";

/// What a decoder makes of the input, however it is cut; the input is right.
Messages decoded(std::string_view input) {
  return every_split(as_bytes(input), [](const Pieces& pieces) {
    QmpDecoder decoder;
    Messages messages;
    for (const Bytes& piece : pieces) CHECK(decoder.feed(piece, messages));
    return messages;
  });
}

/// What came before the error, and that there is one wherever the input is cut.
Messages decoded_before_error(std::string_view input) {
  const auto [messages, failed] = every_split(as_bytes(input), [](const Pieces& pieces) {
    QmpDecoder decoder;
    Messages before;
    for (const Bytes& piece : pieces)
      if (!decoder.feed(piece, before)) return std::pair(before, true);
    return std::pair(before, false);
  });
  CHECK_MESSAGE(failed, input);
  return messages;
}

std::string error_of(std::string_view input) {
  QmpDecoder decoder;
  Messages messages;
  const Status status = decoder.feed(as_bytes(input), messages);
  return status ? "" : status.error().text;
}

}  // namespace

TEST_CASE("QEMU's greeting gives its version") {
  CHECK(decoded(kGreeting) == Messages{QmpGreeting{"7.2.22"}});
  CHECK(decoded(R"({"QMP":{"capabilities":[]}})") == Messages{QmpGreeting{"of an unknown version"}});
  CHECK(decoded(R"({"QMP":{"version":{"qemu":{"major":10}}}})") == Messages{QmpGreeting{"10.?.?"}});
  CHECK(decoded(R"({"QMP":{"version":{"qemu":{"major":"x","minor":{},"micro":-1}}}})") ==
        Messages{QmpGreeting{"?.?.?"}});
}

TEST_CASE("an answer's value is the very text that QEMU sent, whatever stands around it") {
  CHECK(decoded(R"({"return": {}, "id": 7})") == Messages{QmpReply{7, "{}"}});
  CHECK(decoded(R"( { "id" : 8 , "return" : [ 1, {"a": "]}"} ] } )") == Messages{QmpReply{8, R"([ 1, {"a": "]}"} ])"}});
  CHECK(decoded(R"({"return":true})") == Messages{QmpReply{{}, "true"}});
  CHECK(decoded(R"({"return":-12 ,"id":1})") == Messages{QmpReply{1, "-12"}});
  CHECK(decoded(R"({"return":"a\"b,}","id":2})") == Messages{QmpReply{2, R"("a\"b,}")"}});
  CHECK(decoded(R"({"return":""})") == Messages{QmpReply{{}, R"("")"}});
}

TEST_CASE("what is nested in an answer is not taken for a part of the message") {
  CHECK(decoded(R"({"return": {"error": {"desc": "no"}, "id": 5, "event": "RESET"}, "id": 6})") ==
        Messages{QmpReply{6, R"({"error": {"desc": "no"}, "id": 5, "event": "RESET"})"}});
}

TEST_CASE("an id that is not one of ours is none") {
  for (const char* id : {R"("7")", "-1", "1.5", "null", "[]", "18446744073709551616"})
    CHECK(decoded(std::string(R"({"return":{},"id":)") + id + "}") == Messages{QmpReply{{}, "{}"}});
  CHECK(decoded(R"({"return":{},"id":18446744073709551615})") == Messages{QmpReply{UINT64_MAX, "{}"}});
}

TEST_CASE("QEMU's errors say their class and description, with an id or without") {
  CHECK(decoded(R"({"id": 7, "error": {"class": "GenericError", "desc": "Chardev 'x' not found"}})") ==
        Messages{QmpError{7, "GenericError", "Chardev 'x' not found"}});
  CHECK(decoded(R"({"error": {"class": "GenericError", "desc": "JSON parse error, expecting value"}})") ==
        Messages{QmpError{{}, "GenericError", "JSON parse error, expecting value"}});
  CHECK(decoded(R"({"error":{"desc":"\u00e9\u0041\n\"\\"}})") == Messages{QmpError{{}, "GenericError", "éA\n\"\\"}});
}

TEST_CASE("events say when they were, and their data") {
  CHECK(decoded(R"({"timestamp": {"seconds": 1795266533, "microseconds": 795201}, "event": "RESET", )"
                R"("data": {"guest": false, "reason": "host-qmp-system-reset"}})") ==
        Messages{QmpEvent{"RESET", 1795266533s + 795201us, R"({"guest": false, "reason": "host-qmp-system-reset"})"}});
  CHECK(decoded(R"({"event":"STOP","timestamp":{"seconds":1,"microseconds":2}})") ==
        Messages{QmpEvent{"STOP", 1s + 2us, "{}"}});
}

TEST_CASE("an event whose time QEMU does not know has none") {
  for (const char* time : {R"({"seconds":-1,"microseconds":-1})", R"({"seconds":1e30,"microseconds":0})", "[]", "{}",
                           R"({"seconds":9223372036854775807,"microseconds":0})", R"({"seconds":1})"})
    CHECK(decoded(std::string(R"({"event":"STOP","timestamp":)") + time + "}") ==
          Messages{QmpEvent{"STOP", 0us, "{}"}});
}

TEST_CASE("events between a command and its answer are told apart, in order, however the stream is cut") {
  const std::string stream = kGreeting + R"({"return": {}, "id": 1})" + "\r\n" +
                             R"({"timestamp": {"seconds": 1, "microseconds": 0}, "event": "RESUME"})" + "\r\n" +
                             R"({"return": [], "id": 2})" + R"({"id":3,"error":{"class":"E","desc":"d"}})" + "\r\n";
  CHECK(decoded(stream) == Messages{QmpGreeting{"7.2.22"}, QmpReply{1, "{}"}, QmpEvent{"RESUME", 1s, "{}"},
                                    QmpReply{2, "[]"}, QmpError{3, "E", "d"}});
}

TEST_CASE("pretty-printed messages are read too, and blanks are nothing") {
  CHECK(decoded("{\r\n    \"return\": [\r\n        1\r\n    ],\r\n    \"id\": 4\r\n}\r\n") ==
        Messages{QmpReply{4, "[\r\n        1\r\n    ]"}});
  CHECK(decoded("\t{\t\"return\"\n:\n{ }\t}\n") == Messages{QmpReply{{}, "{ }"}});
  CHECK(decoded(" \t\r\n\r\n").empty());
  CHECK(decoded("").empty());
}

TEST_CASE("brackets, quotes and escapes in strings end nothing") {
  CHECK(decoded(R"({"return":"}]{[\\\"\\","id":1}{"return":{"}":"{"},"id":2})") ==
        Messages{QmpReply{1, R"("}]{[\\\"\\")"}, QmpReply{2, R"({"}":"{"})"}});
}

TEST_CASE("what is not QMP is an error that shows how it begins") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"SSH-2.0-OpenSSH\r\n", "this is not QMP: it sends 'SSH-2.0-OpenSSH'"},
      {"\r\n login: ", "this is not QMP: it sends 'login: '"},
      {"\x1b[2J\xff", "this is not QMP: it sends '\\x1b[2J\\xff'"},
      {R"({"a": 1})", R"(this is not QMP: it sends '{"a": 1}')"},
      {"{}", "this is not QMP: it sends '{}'"},
      {"[1]", "this is not QMP: it sends '[1]'"},
      {"\"x\"", "this is not QMP: it sends '\"x\"'"},
      {"}", "this is not QMP: it sends '}'"},
      {R"({"return": })", R"(this is not QMP: it sends '{"return": }')"},
      {R"({"return": {}])", R"(this is not QMP: it sends '{"return": {}]')"},
      {R"({"error": "no"})", R"(this is not QMP: it sends '{"error": "no"}')"},
      {R"({"error": {}})", R"(this is not QMP: it sends '{"error": {}}')"},
      {R"({"event": 1})", R"(this is not QMP: it sends '{"event": 1}')"},
      {"{\"return\": \"\xff\"}", R"(this is not QMP: it sends '{"return": "\xff"}')"},
      {"{]", "this is not QMP: it sends '{]'"},
      {"{\"return\":\"\\x\"}", R"(this is not QMP: it sends '{"return":"\x"}')"},
  };
  for (const auto& [input, error] : cases) CHECK(error_of(input) == error);
}

TEST_CASE("what is shown of it is short, and one line") {
  CHECK(error_of(std::string(100000, 'x')) == "this is not QMP: it sends '" + std::string(60, 'x') + "'");
  CHECK(error_of("HTTP/1.1 400\r\nContent-Type: text/html\r\n") == "this is not QMP: it sends 'HTTP/1.1 400'");
}

TEST_CASE("what came before the garbage is kept, however it is cut") {
  CHECK(decoded_before_error(R"({"return":{},"id":1} {"return":{},"id":2}x{"return":{},"id":3})") ==
        Messages{QmpReply{1, "{}"}, QmpReply{2, "{}"}});
  CHECK(decoded_before_error(R"({"return":{}}{"a":1}{"return":{}})") == Messages{QmpReply{{}, "{}"}});
}

TEST_CASE("QEMU's human monitor is known by how it begins") {
  CHECK(error_of("QEMU 7.2.22 monitor - type 'help' for more information\r\n(qemu) ") ==
        "this is QEMU's human monitor, not QMP: add mode=control to the -mon that makes it, or use -qmp instead of "
        "-monitor");
}

TEST_CASE("a message of megabytes is read, in pieces of a read's size") {
  std::string list = "[";
  for (int i = 0; i < 40000; ++i)
    list += R"({"frontend-open": true, "filename": "disconnected:unix:/run/x,server=on"},)";
  list += "0]";
  QmpDecoder decoder;
  Messages messages;
  for (const Bytes& piece : pieces_of(65536, as_bytes(R"({"return": )" + list + R"(, "id": 1})")))
    REQUIRE(decoder.feed(piece, messages));
  CHECK(messages == Messages{QmpReply{1, list}});
}

TEST_CASE("a message that never ends is an error, not a memory full of it") {
  QmpDecoder decoder;
  Messages messages;
  const std::string begin = R"({"return": ")";
  REQUIRE(decoder.feed(as_bytes(begin), messages));
  const std::string most(QmpDecoder::kMostMessage - begin.size(), 'x');
  REQUIRE(decoder.feed(as_bytes(most), messages));
  const Status more = decoder.feed(as_bytes("x"), messages);
  REQUIRE(!more);
  CHECK(more.error().text == "QEMU sends a message of more than 4194304 bytes");
}

TEST_CASE("a message that is nested a million deep is read without a stack as deep") {
  const std::string deep = std::string(1000000, '[') + std::string(1000000, ']');
  const auto of = [&deep](const std::string& before, const std::string& after) {
    QmpDecoder decoder;
    Messages messages;
    REQUIRE(decoder.feed(as_bytes(before + deep + after), messages));
    return messages;
  };
  CHECK((of(R"({"return":)", "}") == Messages{QmpReply{{}, deep}}));
  CHECK((of(R"({"QMP":{"version":{"qemu":)", "}}}") == Messages{QmpGreeting{"of an unknown version"}}));
  CHECK((of(R"({"QMP":{"version":{"qemu":{"major":)", "}}}}") == Messages{QmpGreeting{"?.?.?"}}));
  CHECK((of(R"({"error":{"desc":"no","class":)", "}}") == Messages{QmpError{{}, "GenericError", "no"}}));
  CHECK((of(R"({"event":"STOP","timestamp":{"seconds":)", "}}") == Messages{QmpEvent{"STOP", 0us, "{}"}}));
  CHECK((of(R"({"event":"STOP","data":)", "}") == Messages{QmpEvent{"STOP", 0us, deep}}));
}

TEST_CASE("a command is one line of JSON") {
  CHECK(qmp_command("query-chardev", "", 12) == "{\"execute\":\"query-chardev\",\"id\":12}\r\n");
  CHECK(qmp_command("qom-list", R"({"path":"/x"})", 0) ==
        "{\"execute\":\"qom-list\",\"arguments\":{\"path\":\"/x\"},\"id\":0}\r\n");
}

TEST_CASE("any text is a JSON string, which QEMU can read") {
  CHECK(json_string("ser0") == R"("ser0")");
  CHECK(json_string("a\"b\\c\n\x01") == R"("a\"b\\c\n\u0001")");
  CHECK(json_string("é") == R"("\u00e9")");
  CHECK(json_string("a\xff"
                    "b") == R"("a\ufffdb")");
  CHECK(json_string("") == R"("")");
}
