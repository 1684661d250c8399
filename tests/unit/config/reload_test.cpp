// SPDX-License-Identifier: Apache-2.0
#include "charmux/config/reload.hpp"

#include <doctest/doctest.h>

#include "given.hpp"

using namespace charmux;
using namespace charmux::config;

namespace {

Config config_of(const std::string& text) {
  const auto config = parse_toml(text, "f", CommandLine(), root());
  REQUIRE_MESSAGE(config, problems(text, CommandLine()));
  return *config;
}

const std::string kConsole = "[[console]]\nname = \"vm\"\nbackend = \"pty:/dev/pts/3\"\n";

/// What waits for a restart when `now` is read after `before`; what will hold is as `before` has it.
std::vector<std::string> kept(const std::string& before, const std::string& now) {
  const Config running = config_of(before);
  Config wanted = config_of(now);
  return keep_until_restart(running, wanted);
}

}  // namespace

TEST_CASE("what a reload can change it changes") {
  const Config running = config_of(kConsole);
  const std::string listen = "[[listen]]\naddress = \"telnet:127.0.0.1\"\nports = \"7001-7009\"\n";
  Config wanted = config_of(
      "[history]\nreplay = \"1KiB\"\nkeep = \"1h\"\nsend_queue = \"16KiB\"\n[limits]\nviewers = 3\nlogin = \"5s\"\n" +
      kConsole + "port = 7003\nlog = \"/l\"\nwriter = \"shared\"\n" + listen);
  const Config before = wanted;
  CHECK(keep_until_restart(running, wanted).empty());
  CHECK(wanted == before);
}

TEST_CASE("what only a restart can change stays as it runs, and is named") {
  const Config running = config_of(kConsole);
  Config wanted = config_of(
      "state_dir = \"/s\"\nruntime_dir = \"/r\"\n"
      "[history]\nsize = \"2MiB\"\nmin_rate = \"2MiB\"\ncoalesce = \"1ms\"\nmax_guest_pause = \"10ms\"\n"
      "[limits]\ninput_queue = \"1KiB\"\nconnect_timeout = \"1s\"\nreopen_first = \"1s\"\nreopen_most = \"9s\"\n"
      "qmp_poll = \"9s\"\napi_header = \"1KiB\"\napi_body = \"1KiB\"\napi_request = \"1s\"\napi_idle = \"1s\"\n"
      "[audit]\nfile = \"/a\"\n" +
      kConsole);
  CHECK(keep_until_restart(running, wanted) ==
        std::vector<std::string>{"state_dir", "runtime_dir", "history.min_rate", "history.coalesce",
                                 "limits.input_queue", "limits.connect_timeout", "limits.reopen_first",
                                 "limits.reopen_most", "limits.qmp_poll", "limits.api_header", "limits.api_body",
                                 "limits.api_request", "limits.api_idle", "[audit]", "'size' of console 'vm'",
                                 "'max_guest_pause' of console 'vm'"});
  // [history] size and pause hold for consoles that are made from now on.
  CHECK(wanted.history.size == 2 * MiB);
  wanted.history = running.history;
  CHECK(wanted == running);
}

TEST_CASE("a console that is new is made as it is written") {
  CHECK(kept("", kConsole + "size = \"2MiB\"\n").empty());
  CHECK(kept(kConsole, "").empty());
}
