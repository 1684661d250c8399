// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "cli/console_api.hpp"

using namespace charmux::cli;

namespace {

Failure refused(unsigned status, const std::string& error, const std::string& hint = "") {
  return refusal({status, {}, R"({"error":")" + error + R"(","hint":")" + hint + "\"}", true}, "vm");
}

}  // namespace

TEST_CASE("a refusal names the console once") {
  CHECK(refused(409, "no break: it is off").text == "console vm: no break: it is off");
  CHECK(refused(404, "there is no console 'vm'").text == "there is no console 'vm'");
  const Failure forbidden = refused(403, "ann may only watch console vm", "attach with --watch");
  CHECK(forbidden.code == kNotAllowed);
  CHECK(forbidden.text == "ann may only watch console vm; attach with --watch");
}

TEST_CASE("several errors of a file stay several lines, and no other control byte reaches the terminal") {
  const std::string body = R"({"error":"charmux.toml:3:1: a\u001b[2J\ncharmux.toml:4:1: b\n","hint":""})";
  const Failure failed = refusal({409, {}, body, true}, "");
  CHECK(failed.code == kBusy);
  CHECK(failed.text == "charmux.toml:3:1: a\\x1b[2J\ncharmux.toml:4:1: b\n");
}
