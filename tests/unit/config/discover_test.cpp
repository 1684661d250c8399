// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "charmux/config/match.hpp"
#include "given.hpp"

using namespace charmux;
using namespace charmux::config;

namespace {

Config good(const std::string& text, const CommandLine& line = found({"/run/*.qmp"})) {
  const auto config = parse_toml(text, "f", line, root());
  if (!config) FAIL_CHECK(problems(text, line));
  REQUIRE(config);
  return *config;
}

Discover of_qmp(std::string pattern, std::string prefix = {}, std::vector<std::string> only = {},
                std::vector<std::string> except = {}) {
  Discover discover;
  discover.qmp = discover.text = std::move(pattern);
  discover.prefix = std::move(prefix);
  discover.only = std::move(only);
  discover.except = std::move(except);
  return discover;
}

}  // namespace

TEST_CASE("sources of guests are those of the file, then those of the command line") {
  const Config config = good(
      "[[discover]]\nqmp = \"/run/qemu/*.qmp\"\nprefix = \"hv7-\"\nonly = [\"hv7-lab-*\", \"x\"]\nexcept = "
      "[\"*.serial1\"]\n"
      "[[discover]]\nqmp = \"/run/b\"\n",
      found({"/run/c.qmp"}));
  const std::vector<Discover> expected = {of_qmp("/run/qemu/*.qmp", "hv7-", {"hv7-lab-*", "x"}, {"*.serial1"}),
                                          of_qmp("/run/b"), of_qmp("/run/c.qmp")};
  CHECK(config.discovers == expected);
  CHECK(config.consoles.empty());
}

TEST_CASE("a source is an absolute path that a socket can have, or a glob, and none stands twice") {
  CHECK(problems("[[discover]]\nqmp = \"run/x\"\n", found({})) ==
        "f:2:7: 'qmp' in [[discover]] must be an absolute path, not 'run/x': write one that begins with '/'");
  CHECK(problems("", found({"run/x"})) == "--qmp: 'run/x' is not an absolute path: write one that begins with '/'");
  CHECK(problems("", found({"/" + std::string(107, 'x')})) ==
        "--qmp: '/" + std::string(107, 'x') +
            "' has 108 bytes: a UNIX socket's path holds at most 107; use a shorter one");
  CHECK(problems("", found({"/" + std::string(107, 'x') + "*"})) == "ok");
  CHECK(problems("[[discover]]\nqmp = \"/a\"\n", found({"/b", "/a"})) ==
        "--qmp: '/a' is discovered twice, first at f:2:7: keep one");
}

TEST_CASE("a source that can only be a directory is refused, as a path or as a glob, in the file and in the option") {
  const std::string what = " is a directory: write a socket's path or a pattern such as '/run/qemu/*.qmp'";
  CHECK(problems("[[discover]]\nqmp = \"/run/qemu/\"\n", found({})) == "f:2:7: '/run/qemu/'" + what);
  CHECK(problems("", found({"/run/qemu/"})) == "--qmp: '/run/qemu/'" + what);
  CHECK(problems("", found({"/"})) == "--qmp: '/'" + what);
  CHECK(problems("", found({"/run/*/"})) == "--qmp: '/run/*/'" + what);
  CHECK(problems("", found({"/run/."})) == "--qmp: '/run/.'" + what);
  CHECK(problems("", found({"/run/.."})) == "--qmp: '/run/..'" + what);
  CHECK(problems("", found({"/run/qemu/...", "/run/*/..*", "/a./b."})) == "ok");
}

TEST_CASE("a list holds texts, and only names at least one") {
  const std::string source = "[[discover]]\nqmp = \"/a\"\n";
  CHECK(problems(source + "only = []\n", found({})) ==
        "f:3:8: 'only' in [[discover]] is empty: name one, or leave 'only' out");
  CHECK(problems(source + "except = []\n", found({})) == "ok");
  CHECK(problems(source + "only = \"a\"\n", found({})) ==
        "f:3:8: 'only' in [[discover]] must be a list of texts, such as [\"lab-*\"], not a text");
  CHECK(
      problems(source + "except = [1]\n", found({})) ==
      "f:3:10: 'except' in [[discover]] must be a list of texts, such as [\"lab-*\"], not an array of something else");
  CHECK(problems(source + "except = [\"a\\u0000\"]\n", found({})) ==
        "f:3:10: 'except' in [[discover]] cannot hold a NUL byte, and no name has one");
  CHECK(problems(source + "prefix = \"\\u0000\"\n", found({})) ==
        "f:3:10: 'prefix' in [[discover]] cannot hold a NUL byte");
}

TEST_CASE("a source offers what one of only fits and none of except") {
  const Discover all = of_qmp("/a");
  CHECK(offers(all, "alpha"));
  const Discover some = of_qmp("/a", "", {"lab-*", "rack[12]"}, {"*-secret"});
  CHECK(offers(some, "lab-1"));
  CHECK(offers(some, "rack2"));
  CHECK_FALSE(offers(some, "rack3"));
  CHECK_FALSE(offers(some, "lab-secret"));
  CHECK_FALSE(offers(some, "my-lab-1"));
}

TEST_CASE("a glob is fnmatch's: it fits the whole name, slashes and dots too, any bytes, as they are") {
  CHECK(fits("*", ".a/b"));
  CHECK(fits("a?c", "a/c"));
  CHECK(fits("\\*", "*"));
  CHECK_FALSE(fits("\\*", "a"));
  CHECK(fits("caf*", "caf\xc3\xa9"));
  CHECK(fits("a*", "a\xff\x01"));
  CHECK_FALSE(fits("Alpha", "alpha"));
  CHECK_FALSE(fits("alpha", "alpha "));
}

TEST_CASE("of the settings that fit a name the later win, key by key, over those of [history]") {
  const Config config = good(
      "[history]\nsize = \"2MiB\"\n"
      "[[match]]\nconsole = \"lab-*\"\nhide = true\nsize = \"64KiB\"\nreplay = \"1KiB\"\n"
      "[[match]]\nconsole = \"lab-1\"\nhide = false\nport = 7005\n"
      "[[match]]\nconsole = \"big\"\nreplay = 0\n"
      "[[listen]]\naddress = \"telnet:127.0.0.1\"\nports = \"7001-7999\"\n");
  CHECK(settings_for(config, "alpha") == MatchSettings{std::nullopt, false, 2 * MiB, 32 * KiB});
  CHECK(settings_for(config, "lab-2") == MatchSettings{std::nullopt, true, 64 * KiB, 1 * KiB});
  CHECK(settings_for(config, "lab-1") == MatchSettings{7005, false, 64 * KiB, 1 * KiB});
  CHECK(settings_for(config, "big") == MatchSettings{std::nullopt, false, 2 * MiB, 0});
}

TEST_CASE("a pause and a log are of the last table that has them, and the log bears the console's own name") {
  const Config config = good(
      "[history]\nmax_guest_pause = \"1s\"\n"
      "[[match]]\nconsole = \"lab-*\"\nmax_guest_pause = 0\nlog = \"/l/%n.log\"\n"
      "[[match]]\nconsole = \"lab-1\"\nmax_guest_pause = \"2s\"\n"
      "[[match]]\nconsole = \"lab-2\"\nlog = \"/l/two\"\n");
  using std::chrono::seconds;
  const auto with_log = [&](const char* name) { return settings_for(config, name).log; };
  const auto pause = [&](const char* name) { return settings_for(config, name).max_guest_pause; };
  CHECK(pause("alpha") == seconds(1));
  CHECK(pause("lab-1") == seconds(2));
  CHECK(pause("lab-2") == seconds(0));
  CHECK(with_log("alpha").empty());
  CHECK(with_log("lab-1") == "/l/lab-1.log");
  CHECK(with_log("lab-2") == "/l/two");
  // One whose name another has, so that it is called otherwise, has that table's settings and a log of its own.
  CHECK(settings_for(config, "lab-1", "lab-1~2").log == "/l/lab-1~2.log");
  CHECK(settings_for(config, "lab-1", "lab-1~2").max_guest_pause == seconds(2));
}

TEST_CASE("a replay that came from elsewhere is cut to the size; one beside its size is refused") {
  CHECK(settings_for(good("[history]\nreplay = \"512KiB\"\n[[match]]\nconsole = \"*\"\nsize = \"64KiB\"\n"), "a")
            .replay == 64 * KiB);
  CHECK(problems("[[match]]\nconsole = \"a\"\nsize = \"64KiB\"\nreplay = \"65KiB\"\n") ==
        "f:4:10: [[match]] 'a' has a 'replay' of 65KiB, more than its 'size' of 64KiB: give it a smaller replay");
  CHECK(problems("[[match]]\nhide = true\n") == "f:1:1: [[match]] needs the key 'console'");
  CHECK(problems("[[match]]\nconsole = \"\"\n") ==
        "f:2:11: 'console' in [[match]] fits no name: write a name, or a glob such as \"lab-*\"");
}

TEST_CASE("a port in [[match]] is for one console, whose name stands there without wildcards") {
  const auto with_name = [](const std::string& name) {
    return problems("[[match]]\nconsole = '" + name + "'\nport = 7001\n",
                    found({"/q"}, {"telnet:[::1],ports=7001-7999"}));
  };
  for (const char* const many : {"*", "lab-*", "lab-?", "lab-[12]", "\\\\*", "a\\?*"})
    CHECK_MESSAGE(with_name(many) == "f:3:8: 'port' in [[match]] is for one console: write its name without wildcards",
                  many);
  for (const char* const one : {"alpha", "alpha.serial-1", "lab\\*", "lab\\[1]", "a\\\\b", "a]"})
    CHECK_MESSAGE(with_name(one) == "ok", one);
  CHECK(problems("[[match]]\nconsole = \"lab-*\"\nhide = true\n") == "ok");
}

TEST_CASE("a port is a number by the first range that holds it, and pinned numbers are known beforehand") {
  const Config config = good(
      "[[console]]\nname = \"a\"\nbackend = \"pty:/a\"\nport = 9002\n"
      "[[match]]\nconsole = \"b\"\nport = 7001\n[[match]]\nconsole = \"b\"\nport = 7001\n",
      found({"/q"}, {"telnet:127.0.0.1,ports=7001-7010", "raw:127.0.0.1,ports=9001-9100", "telnet:127.0.0.1:23"}));
  CHECK(most_numbers(config) == 100);
  CHECK(number_at(config, 7010) == 10);
  CHECK(number_at(config, 9100) == 100);
  CHECK_FALSE(number_at(config, 23));
  CHECK(pinned_numbers(config) == std::set<unsigned>{1, 2});
  CHECK(most_numbers(good("")) == 0);
}
