// SPDX-License-Identifier: Apache-2.0
#include "cli/arguments.hpp"

#include <doctest/doctest.h>

using namespace charmux::cli;

namespace {

constexpr Grammar kAttach{"attach", "wfe", 1, 1};
constexpr Grammar kTail{"tail", "nFs", 1, 1};
constexpr Grammar kWho{"who", "j", 0, 1};
constexpr Grammar kReopen{"reopen", "f", 1, 1};

std::string refused(const Grammar& grammar, const std::vector<std::string>& words) {
  const auto parsed = parse_arguments(grammar, words);
  if (parsed) return "taken";
  CHECK(parsed.error().code == kUsage);
  return parsed.error().text;
}

}  // namespace

TEST_CASE("options stand before or behind the name, short ones with their value in the same word or the next") {
  const std::vector<std::vector<std::string>> same = {{"vm", "-n", "5", "-f", "--socket", "/s"},
                                                      {"-f", "vm", "-n5", "--socket=/s"},
                                                      {"--socket", "/s", "-fn", "5", "vm"},
                                                      {"-n", "5", "-f", "--socket", "/s", "--", "vm"}};
  for (const auto& words : same) {
    const auto parsed = parse_arguments(kTail, words);
    REQUIRE(parsed);
    CHECK(parsed->operands == std::vector<std::string>{"vm"});
    CHECK(parsed->lines == 5);
    CHECK(parsed->follow);
    CHECK(parsed->socket == "/s");
  }
}

TEST_CASE("a shell's POSIXLY_CORRECT does not move options to the front") {
  ::setenv("POSIXLY_CORRECT", "1", 1);
  const auto parsed = parse_arguments(kTail, {"vm", "-f"});
  ::unsetenv("POSIXLY_CORRECT");
  REQUIRE(parsed);
  CHECK(parsed->follow);
}

TEST_CASE("what stands behind two dashes is a name") {
  const auto parsed = parse_arguments(kAttach, {"--watch", "--", "--force"});
  REQUIRE(parsed);
  CHECK(parsed->operands == std::vector<std::string>{"--force"});
  CHECK(parsed->watch);
  CHECK_FALSE(parsed->force);
}

TEST_CASE("-f follows in tail, --force forces elsewhere") {
  CHECK(parse_arguments(kTail, {"vm", "-f"})->follow);
  CHECK(parse_arguments(kReopen, {"--force", "vm"})->force);
  CHECK(refused(kReopen, {"-f", "vm"}) == "reopen: unknown option '-f'; see `charmux reopen --help`");
  CHECK(refused(kTail, {"--force", "vm"}) == "tail: unknown option '--force'; see `charmux tail --help`");
}

TEST_CASE("what is wrong with an argument is said of the argument") {
  CHECK(refused(kAttach, {}) == "attach needs the name of a console; `charmux ls` lists them");
  CHECK(refused(kAttach, {""}) == "attach: the name of a console is not empty");
  CHECK(refused(kAttach, {"a", "b"}) == "attach: unexpected argument 'b'");
  CHECK(refused(kWho, {"a", "--jsn"}) == "who: unknown option '--jsn'; see `charmux who --help`");
  CHECK(refused(kWho, {"-jx"}) == "who: unknown option '-j'; see `charmux who --help`");
  CHECK(refused(kWho, {"--json=yes"}) == "who: --json takes no value");
  CHECK(refused(kWho, {"--socket"}) == "who: --socket needs a value");
  CHECK(refused(kAttach, {"vm", "-e"}) == "attach: -e needs a value");
  CHECK(refused(kAttach, {"vm", "--watch", "--force"}) == "attach: --watch and --force exclude each other; keep one");
  CHECK(refused(kTail, {"vm", "-n", "1", "--since", "2"}) == "tail: -n and --since exclude each other; keep one");
  CHECK(refused(kTail, {"vm", "-n", "-5"}) == "tail: -n '-5' is not a number");
  CHECK(refused(kTail, {"vm", "--since", "10k"}) == "tail: --since '10k' is not a number");
  CHECK(refused(kTail, {"vm", "--since", "18446744073709551616"}) ==
        "tail: --since '18446744073709551616' is not a number");
  CHECK(refused(kWho, {"--\x1b[2J"}) == "who: unknown option '--\\x1b[2J'; see `charmux who --help`");
}

TEST_CASE("who asks for help need not say the rest") { CHECK(parse_arguments(kAttach, {"--help"})->help); }

TEST_CASE("a bridge takes addresses, not names, and asks no charmuxd") {
  constexpr Grammar kBridge{"bridge", "ov", 2, 99, "a BACKEND and a LISTENER", false};
  const auto parsed =
      parse_arguments(kBridge, {"-v", "pty:/dev/pts/3", "raw:/door", "--once", "telnet:127.0.0.1:7001"});
  REQUIRE(parsed);
  CHECK(parsed->verbose);
  CHECK(parsed->once);
  CHECK(parsed->operands == std::vector<std::string>{"pty:/dev/pts/3", "raw:/door", "telnet:127.0.0.1:7001"});
  CHECK(refused(kBridge, {"pty:/dev/pts/3"}) == "bridge needs a BACKEND and a LISTENER");
  CHECK(refused(kBridge, {"a", "b", "--socket=/s"}) ==
        "bridge: unknown option '--socket'; see `charmux bridge --help`");
  CHECK(refused(kTail, {"vm", "-v"}) == "tail: unknown option '-v'; see `charmux tail --help`");
  CHECK(refused(kTail, {"vm", "--once"}) == "tail: unknown option '--once'; see `charmux tail --help`");
}
