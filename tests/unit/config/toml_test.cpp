// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "given.hpp"

using namespace charmux;
using namespace charmux::config;

TEST_CASE("an empty file and one console give every default") {
  const auto config = parse_toml("", "f", with({"c1=pty:/dev/pts/3"}), root());
  REQUIRE(config);
  Config expected;
  expected.state_dir = "/var/lib/charmux";
  expected.runtime_dir = "/run/charmux";
  expected.consoles = {{"c1", address::Pty{"/dev/pts/3"}, 1 * MiB, 32 * KiB}};
  CHECK(*config == expected);
}

TEST_CASE("a syntax error is told alone, with its place") {
  CHECK(problems("[history]\nsize = \n") ==
        "f:2:8: not TOML: Error while parsing key-value pair: expected value, saw '\\n'");
  CHECK(problems("nonsense = 1\n[history\n") ==
        "f:2:9: not TOML: Error while parsing table header: expected ']', saw '\\n'");
  CHECK(problems("[history]\nsize = \"1MiB\"\nsize = \"2MiB\"\n") ==
        "f:3:8: not TOML: Error while parsing key-value pair: cannot redefine existing string 'size'");
}

TEST_CASE("a broken table header is a syntax error like any other") {
  for (const std::string header : {"[=", "[ .x]", "[[[c1]]]", "[[=]]", "[[", "["}) {
    CAPTURE(header);
    CHECK(problems(header).rfind("f:1:", 0) == 0);
    CHECK(problems(header).find(": not TOML: ") != std::string::npos);
  }
  CHECK(problems(std::string_view("[\0]", 3)).find(": not TOML: ") != std::string::npos);
  CHECK(problems("[[[c1]]]") ==
        "f:1:3: not TOML: Error while parsing key: expected bare key starting character or string delimiter, saw '['");
}

TEST_CASE("a letter that is not ASCII is a syntax error outside quotes, and a letter inside them") {
  for (const std::string text : {"\xc3\xa9 = 1", "a = 1 \xc3\xa9", "\xef\xb3\xbf", "[\xd0\xb6]", "[history]\xc3\xa9"}) {
    CAPTURE(text);
    CHECK(problems(text).find(": not TOML: ") != std::string::npos);
  }
  CHECK(problems("[[console]]\nname = \"\xc3\xa9\"\nbackend = \"pty:/\xd0\xb6\"\n") == "ok");
  CHECK(problems("# \xc3\xa9\n") == "ok");
}

TEST_CASE("an unknown key is refused with the nearest known one of its table, or with all of them") {
  CHECK(problems("[history]\nrepaly = \"1KiB\"\n") ==
        "f:2:1: unknown key 'repaly' in [history]: did you mean 'replay'?");
  CHECK(problems("[history]\nlog = \"30d\"\n") ==
        "f:2:1: unknown key 'log' in [history]: use size, replay, keep, max_guest_pause, min_rate, "
        "send_queue or coalesce");
  CHECK(problems("statedir = \"/s\"\n") == "f:1:1: unknown key 'statedir': did you mean 'state_dir'?");
  CHECK(problems("log_level = \"debug\"\n") ==
        "f:1:1: unknown key 'log_level': use state_dir, runtime_dir, [history], [limits], [audit], [[discover]], "
        "[[match]], [[console]], [[listen]], [tls.NAME], [[user]] or [[group]]");
  CHECK(problems("[[console]]\nname = \"a\"\nbackend = \"pty:/a\"\nlabel = 1\n") ==
        "f:4:1: unknown key 'label' in [[console]]: use name, backend, size, replay, "
        "max_guest_pause, log, port, writer, writer_idle, input_rate, input_cr_delay, query, speed, framing, flow, "
        "rfc2217, bind, ca, cert, key, verify, shell, window or uri");
  CHECK(problems("[history]\nx.y = 1\n").rfind("f:2:1: unknown key 'x' in [history]", 0) == 0);
}

TEST_CASE("an unknown table, and one written as the wrong kind of table, is refused") {
  CHECK(problems("[histroy]\n") == "f:1:2: unknown table [histroy]: did you mean [history]?");
  CHECK(problems("[[lisen]]\n") == "f:1:3: unknown table [[lisen]]: did you mean [[listen]]?");
  CHECK(problems("[[colours]]\n") ==
        "f:1:3: unknown table [[colours]]: use [history], [limits], [audit], [[discover]], [[match]], [[console]], "
        "[[listen]], [tls.NAME], [[user]] or [[group]]");
  CHECK(problems("[[usr]]\n") == "f:1:3: unknown table [[usr]]: did you mean [[user]]?");
  CHECK(problems("[user]\n") == "f:1:2: 'user' must be written [[user]]");
  CHECK(problems("[console]\n") == "f:1:2: 'console' must be written [[console]]");
  CHECK(problems("[[limits]]\n") == "f:1:3: 'limits' must be written [limits]");
  CHECK(problems("history = 1\n") == "f:1:1: 'history' must be written [history]");
  CHECK(problems("listen = []\n") == "f:1:1: 'listen' must be written [[listen]]");
}

TEST_CASE("a wrong type is refused with what was expected and what was found") {
  CHECK(problems("state_dir = 1\n") == "f:1:13: 'state_dir' must be an absolute path in quotes, not an integer");
  CHECK(problems("[history]\nsize = 1048576\n") ==
        "f:2:8: 'size' in [history] must be a size in quotes, such as \"1MiB\", not an integer");
  CHECK(problems("[history]\nreplay = 1.5\n") ==
        "f:2:10: 'replay' in [history] must be a size in quotes, such as \"64KiB\", not a float");
  CHECK(problems("[limits]\nstop_drain = true\n") ==
        "f:2:14: 'stop_drain' in [limits] must be a time in quotes, such as \"2s\", not a boolean");
  CHECK(problems("[limits]\nviewers = \"many\"\n") ==
        "f:2:11: 'viewers' in [limits] must be a whole number, not a text");
  CHECK(problems("[[console]]\nname = [\"a\"]\nbackend = 2020-01-01\n") ==
        "f:2:8: 'name' in [[console]] must be a text in quotes, not an array\n"
        "f:3:11: 'backend' in [[console]] must be a text in quotes, not a date or time");
  CHECK(problems("[[listen]]\naddress = \"raw:@x\"\nconsole = \"c1\"\naccess = {}\ninsecure = \"yes\"\n") ==
        "f:4:10: 'access' in [[listen]] must be \"watch\" or \"control\", not a table\n"
        "f:5:12: 'insecure' in [[listen]] must be true or false, not a text");
}

TEST_CASE("a value out of bounds, of no unit or of no known word is refused with what is allowed") {
  CHECK(problems("[history]\nsize = \"100KiB\"\n") ==
        "f:2:8: 'size' in [history] must be a power of two from 64KiB to 1GiB, not 100KiB");
  CHECK(problems("[history]\nsize = \"32KiB\"\n") ==
        "f:2:8: 'size' in [history] must be a power of two from 64KiB to 1GiB, not 32KiB");
  CHECK(problems("[history]\nsize = \"2GiB\"\n") ==
        "f:2:8: 'size' in [history] must be a power of two from 64KiB to 1GiB, not 2GiB");
  CHECK(problems("[history]\nsize = 0\n") ==
        "f:2:8: 'size' in [history] must be a power of two from 64KiB to 1GiB, not 0");
  CHECK(problems("[history]\nreplay = \"1\"\n") ==
        "f:2:10: 'replay' in [history]: '1' is not a size: write a number and one of B, KiB, MiB, GiB");
  CHECK(problems("[limits]\nviewers = -1\n") == "f:2:11: 'viewers' in [limits] must be from 0 to 1000000, not -1");
  CHECK(problems("[limits]\nviewers = 1000001\n") ==
        "f:2:11: 'viewers' in [limits] must be from 0 to 1000000, not 1000001");
  CHECK(problems("[limits]\ninput_queue = \"0\"\n") ==
        "f:2:15: 'input_queue' in [limits] must be from 1B to 64KiB, not 0");
  CHECK(problems("[limits]\nstop_drain = \"4s\"\n") == "f:2:14: 'stop_drain' in [limits] must be from 0 to 3s, not 4s");
  CHECK(problems("[limits]\nstop_drain = \"5m\"\n") ==
        "f:2:14: 'stop_drain' in [limits]: '5m' is not a time: write a number and one of ms, s, min, h, d");
  CHECK(problems("[[listen]]\naddress = \"raw:@x\"\nconsole = \"c1\"\naccess = \"wacth\"\n") ==
        "f:4:10: 'access' in [[listen]] must be watch or control, not 'wacth'");
}

TEST_CASE("the bounds themselves are allowed, and 0 needs neither unit nor quotes") {
  CHECK(problems("[history]\nsize = \"64KiB\"\nreplay = \"64KiB\"\n") == "ok");
  CHECK(problems("[history]\nsize = \"1GiB\"\nreplay = 0\n") == "ok");
  CHECK(problems("[limits]\nviewers = 1000000\ninput_queue = \"1B\"\noutbox = \"1KiB\"\nstop_drain = 0\nnotice_wait = "
                 "\"0\"") == "ok");
  CHECK(problems("[limits]\ninput_queue = \"64KiB\"\noutbox = \"1MiB\"\nstop_drain = \"3s\"\nreopen_most = \"1h\"") ==
        "ok");
}

TEST_CASE("what viewers may cost and for how long they may stay has its bounds") {
  for (const char* const good :
       {"[history]\nmax_guest_pause = 0\n", "[history]\nmax_guest_pause = \"10s\"\n",
        "[history]\nmin_rate = \"1KiB\"\n", "[history]\nmin_rate = \"1GiB\"\n", "[history]\nsend_queue = \"4KiB\"\n",
        "[history]\nsend_queue = \"4MiB\"\n", "[history]\ncoalesce = \"100ms\"\n",
        "[limits]\nviewer_stalled_timeout = \"30d\"\n", "[limits]\nviewer_stalled_timeout = 0\n",
        "[limits]\nviewer_dead_timeout = \"10s\"\n", "[limits]\nviewer_dead_timeout = \"1d\"\n"})
    CHECK_MESSAGE(problems(good) == "ok", good);
  CHECK(problems(
            "[history]\nmax_guest_pause = \"11s\"\nmin_rate = \"1023B\"\nsend_queue = \"5MiB\"\ncoalesce = \"101ms\"\n"
            "[limits]\nviewer_stalled_timeout = \"31d\"\nviewer_dead_timeout = \"9s\"\n") ==
        "f:2:19: 'max_guest_pause' in [history] must be from 0 to 10s, not 11s\n"
        "f:3:12: 'min_rate' in [history] must be from 1KiB to 1GiB, not 1023B\n"
        "f:4:14: 'send_queue' in [history] must be from 4KiB to 4MiB, not 5MiB\n"
        "f:5:12: 'coalesce' in [history] must be from 0 to 100ms, not 101ms\n"
        "f:7:26: 'viewer_stalled_timeout' in [limits] must be from 0 to 30d, not 31d\n"
        "f:8:23: 'viewer_dead_timeout' in [limits] must be from 10s to 1d, not 9s");
  CHECK(problems("[history]\nmin_rate = \"2GiB\"\nsend_queue = \"4095B\"\n[limits]\nviewer_dead_timeout = \"2d\"\n"
                 "[[match]]\nconsole = \"a\"\nmax_guest_pause = \"11s\"\n") ==
        "f:2:12: 'min_rate' in [history] must be from 1KiB to 1GiB, not 2GiB\n"
        "f:3:14: 'send_queue' in [history] must be from 4KiB to 4MiB, not 4095B\n"
        "f:5:23: 'viewer_dead_timeout' in [limits] must be from 10s to 1d, not 2d\n"
        "f:8:19: 'max_guest_pause' in [[match]] must be from 0 to 10s, not 11s");
}

TEST_CASE("two keys that contradict each other are refused") {
  CHECK(problems("[history]\nsize = \"64KiB\"\nreplay = \"65KiB\"\n") ==
        "f:3:10: 'replay' in [history] is 65KiB, more than the 'size' of 64KiB: a replay comes out of what is kept");
  CHECK(problems("[limits]\nreopen_first = \"1min\"\n") ==
        "f:2:16: 'reopen_first' in [limits] is 1min, more than the 'reopen_most' of 2s: pauses only grow");
  CHECK(problems("[limits]\nreopen_most = \"1ms\"\n") ==
        "f:2:15: 'reopen_first' in [limits] is 250ms, more than the 'reopen_most' of 1ms: pauses only grow");
}

TEST_CASE("every error of content is told, in the order of the file, then the command line's") {
  const std::string text =
      "[limits]\n"
      "viewers = \"x\"\n"
      "outbox = 1\n"
      "[[listen]]\n"
      "address = \"telnet:localhost\"\n"
      "[history]\n"
      "size = \"3MiB\"\n"
      "sise = 1\n";
  CHECK(problems(text, with({}, {"udp:x:1"})) ==
        "f:2:11: 'viewers' in [limits] must be a whole number, not a text\n"
        "f:3:10: 'outbox' in [limits] must be a size in quotes, such as \"64KiB\", not an integer\n"
        "f:5:11: telnet:localhost: 'localhost' has no port: write HOST:PORT, such as 127.0.0.1:7001\n"
        "f:7:8: 'size' in [history] must be a power of two from 64KiB to 1GiB, not 3MiB\n"
        "f:8:1: unknown key 'sise' in [history]: did you mean 'size'?\n"
        "--listen: udp:x:1: unknown scheme 'udp': use telnet, raw or rfc2217");
}

TEST_CASE("a problem is one line, whatever bytes it quotes") {
  CHECK(problems("\"a\\nb\" = 1\n").rfind("f:1:1: unknown key 'a\\x0ab': use ", 0) == 0);
  CHECK(to_text(Problem{"", "x\ny"}) == "x\\x0ay");
}
