// SPDX-License-Identifier: Apache-2.0
#include "charmux/protocol/qmp_values.hpp"

#include <doctest/doctest.h>

using namespace charmux;
using namespace charmux::protocol;

namespace {

/// The error's text, or that there is none.
template <class T>
std::string error_of(const Result<T>& result) {
  return result ? "no error" : result.error().text;
}

}  // namespace

TEST_CASE("query-chardev gives labels, file names and whether the front-end is open") {
  const auto chardevs =
      qmp_chardevs(R"([{"frontend-open": true, "filename": "disconnected:unix:/run/a b,server=on", "label": "ser0"},)"
                   R"( {"frontend-open": false, "filename": "pty:/dev/pts/3", "label": "s2"}, {"label": "bare"}])");
  REQUIRE(chardevs);
  CHECK(*chardevs == std::vector<QmpChardev>{{"ser0", "disconnected:unix:/run/a b,server=on", true},
                                             {"s2", "pty:/dev/pts/3", false},
                                             {"bare", "", false}});
  CHECK(qmp_chardevs("[]")->empty());
}

TEST_CASE("qom-list gives names and types") {
  const auto properties =
      qmp_properties(R"([{"name": "type", "type": "string"}, {"name": "ser0", "type": "child<chardev-socket>"}])");
  REQUIRE(properties);
  CHECK(*properties == std::vector<QmpProperty>{{"type", "string"}, {"ser0", "child<chardev-socket>"}});
}

TEST_CASE("query-tpm gives each TPM's chardev, where it has one") {
  const auto tpms = qmp_tpms(
      R"([{"model": "tpm-tis", "options": {"type": "emulator", "data": {"chardev": "ctrl"}}, "id": "t0"},)"
      R"( {"model": "tpm-tis", "options": {"type": "passthrough", "data": {"path": "/dev/tpm0"}}, "id": "t1"},)"
      R"( {"options": {"data": []}, "id": "t2"}, {"options": "x", "id": "t3"}, {"id": "t4"}])");
  REQUIRE(tpms);
  CHECK(*tpms == std::vector<QmpTpm>{{"t0", "ctrl"}, {"t1", ""}, {"t2", ""}, {"t3", ""}, {"t4", ""}});
}

TEST_CASE("a list that is none, or has an entry without a name, is an error that shows it") {
  for (const char* json : {"{}", "null", "7", "[1]", "[{}]", R"([{"label": 1, "name": 1}])", "", "["}) {
    CHECK(error_of(qmp_chardevs(json)) ==
          "QEMU was expected to say which chardevs it has, and says '" + std::string(json) + "'");
    CHECK(error_of(qmp_properties(json)) ==
          "QEMU was expected to say which properties an object has, and says '" + std::string(json) + "'");
    CHECK(error_of(qmp_tpms(json)) ==
          "QEMU was expected to say which TPMs it has, and says '" + std::string(json) + "'");
  }
}

TEST_CASE("socket addresses of all kinds are read") {
  CHECK(qmp_socket_address(R"({"path": "/run/ser0.sock", "type": "unix"})") ==
        QmpSocketAddress{"unix", "", "", "/run/ser0.sock", false});
  CHECK(qmp_socket_address(R"({"tight": true, "path": "ser0", "abstract": true, "type": "unix"})") ==
        QmpSocketAddress{"unix", "", "", "ser0", true});
  CHECK(qmp_socket_address(R"({"port": "33385", "ipv4": true, "host": "127.0.0.1", "type": "inet"})") ==
        QmpSocketAddress{"inet", "127.0.0.1", "33385", "", false});
  CHECK(qmp_socket_address(R"({"port": 7, "host": "::1", "type": "inet"})") ==
        QmpSocketAddress{"inet", "::1", "7", "", false});
  CHECK(qmp_socket_address(R"({"cid": "3", "port": "1024", "type": "vsock"})") ==
        QmpSocketAddress{"vsock", "", "1024", "", false});
  CHECK(qmp_socket_address(R"({"str": "5", "type": "fd"})") == QmpSocketAddress{"fd", "", "", "", false});
  for (const char* json : {"{}", "[]", R"({"type": 1})", R"("unix:/x")"})
    CHECK(error_of(qmp_socket_address(json)) ==
          "QEMU was expected to say the address of a socket, and says '" + std::string(json) + "'");
}

TEST_CASE("single values are what they are and nothing else") {
  CHECK(qmp_text(R"("ser0")") == "ser0");
  CHECK(qmp_text(R"("\u00e9\n")") == "é\n");
  CHECK(error_of(qmp_text("1")) == "QEMU was expected to say a text, and says '1'");
  CHECK(qmp_flag("true") == true);
  CHECK(qmp_flag("false") == false);
  CHECK(error_of(qmp_flag("0")) == "QEMU was expected to say true or false, and says '0'");
  CHECK(qmp_number("1016") == 1016);
  CHECK(qmp_number("-1") == -1);
  CHECK(qmp_number("9223372036854775807") == INT64_MAX);
  for (const char* json : {"9223372036854775808", "1.5", "true", R"("1")", ""})
    CHECK(error_of(qmp_number(json)) ==
          "QEMU was expected to say a whole number, and says '" + std::string(json) + "'");
}

TEST_CASE("what is shown of a wrong value is short") {
  CHECK(error_of(qmp_flag('"' + std::string(100, 'x') + '"')) ==
        "QEMU was expected to say true or false, and says '\"" + std::string(59, 'x') + "'...");
}

TEST_CASE("a member of an object is its text, whatever its kind") {
  const char* const json =
      R"({"status": "running", "singlestep": false, "running": true, "n": -3, "x": [], "z": null})";
  CHECK(qmp_member(json, "status") == "running");
  CHECK(qmp_member(json, "singlestep") == "false");
  CHECK(qmp_member(json, "running") == "true");
  CHECK(qmp_member(json, "n") == "-3");
  for (const char* name : {"x", "z", "none", ""}) CHECK(!qmp_member(json, name));
  for (const char* text : {"[]", "", "{", "7"}) CHECK(!qmp_member(text, "status"));
}
