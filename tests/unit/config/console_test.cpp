// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "given.hpp"

using namespace charmux;
using namespace charmux::config;

TEST_CASE("the file's consoles come first, and each has its own size and replay or those of [history]") {
  const auto config = parse_toml(
      "[[console]]\nname = \"a\"\nbackend = \"unix:/run/a\"\nsize = \"64KiB\"\n"
      "[[console]]\nname = \"b/\\n\"\nbackend = \"tcp:[::1]:1\"\nreplay = \"0\"\n"
      "[history]\nsize = \"2MiB\"\nreplay = \"1KiB\"\n",
      "f", with({"c=pty:/dev/pts/3"}), root());
  REQUIRE(config);
  const std::vector<Console> expected = {{"a", address::Unix{{"/run/a", false}}, 64 * KiB, 1 * KiB},
                                         {"b/\n", address::Tcp{{"::1", 1}}, 2 * MiB, 0},
                                         {"c", address::Pty{"/dev/pts/3"}, 2 * MiB, 1 * KiB}};
  CHECK(config->consoles == expected);
}

TEST_CASE("a console has the pause of [history] unless it has its own, and no log unless it says so") {
  const std::string a = "[[console]]\nname = \"a/1\"\nbackend = \"pty:/a\"\n";
  const auto config = parse_toml("[history]\nmax_guest_pause = \"1s\"\n" + a + "max_guest_pause = 0\nlog = \"/l/%n\"\n",
                                 "f", with({"b=pty:/b"}), root());
  REQUIRE(config);
  CHECK(config->consoles.at(0).max_guest_pause == std::chrono::seconds(0));
  CHECK(config->consoles.at(0).log == "/l/a%2F1");
  CHECK(config->consoles.at(1).max_guest_pause == std::chrono::seconds(1));
  CHECK(config->consoles.at(1).log.empty());
}

TEST_CASE("a console without name or backend, or with a wrong one, is refused") {
  CHECK(problems("[[console]]\n") ==
        "f:1:1: [[console]] needs the key 'name'\nf:1:1: [[console]] needs the key 'backend'");
  CHECK(problems("[[console]]\nname = \"\"\nbackend = \"pty:/a\"\n") ==
        "f:2:8: a console needs a name that is not empty");
  CHECK(problems("[[console]]\nname = \"a\\u0000\"\nbackend = \"pty:/a\"\n") ==
        "f:2:8: a console's name cannot hold a NUL byte");
  CHECK(
      problems("[[console]]\nname = \"a\"\nbackend = \"serail:/dev/ttyS0,115200\"\n") ==
      "f:3:11: serail:/dev/ttyS0,115200: unknown scheme 'serail': use pty, unix, tcp, unix-listen, tcp-listen, telnet, "
      "tls, telnets, udp, pipe, file, serial, libvirt or exec (did you mean 'serial'?)");
}

TEST_CASE("keys may stand for the options of a console's backend") {
  const std::string c = "[[console]]\nname = \"a\"\nbackend = ";
  const auto config = parse_toml(c + "\"serial:/dev/ttyS0\"\nspeed = 9600\nframing = \"7e1\"\nflow = \"rtscts\"\n" +
                                     "[[console]]\nname = \"b\"\nbackend = \"exec:a | b\"\nshell = true\n"
                                     "window = \"132x43\"\n[[console]]\nname = \"c\"\nbackend = \"exec:a b\"\nshell = "
                                     "false\n[[console]]\nname = \"d\"\nbackend = \"telnet:rack2:2001\"\n"
                                     "rfc2217 = true\nspeed = 9600\n",
                                 "f", with({}), root());
  REQUIRE(config);
  CHECK(address::to_text(config->consoles.at(3).backend) == "telnet:rack2:2001,rfc2217,9600");
  CHECK(address::to_text(config->consoles.at(0).backend) == "serial:/dev/ttyS0,9600,7e1,rtscts");
  CHECK(config->consoles.at(1).backend ==
        address::Backend(address::Exec{"a | b", {"/bin/sh", "-c", "a | b"}, 132, 43}));
  CHECK(config->consoles.at(2).backend == address::Backend(address::Exec{"a b", {"a", "b"}}));
  CHECK(problems(c + "\"serial:/a,9600\"\nspeed = 9600\n") ==
        "f:3:11: serial:/a,9600: 'speed' is given twice, by this address and by a key: keep one");
  CHECK(problems(c + "\"pty:/a\"\nspeed = 9600\n") == "f:3:11: pty:/a: 'speed' is not for pty: backends: leave it out");
  CHECK(problems(c + "\"serial:/a\"\nspeed = 115000\n") ==
        "f:3:11: serial:/a: Linux has no speed 115000: the nearest is 115200");
}

TEST_CASE("a wrong console on the command line is quoted whole") {
  CHECK(problems("", with({"c1=unix:run/x"})) ==
        "--console: c1=unix:run/x: path 'run/x' is not absolute: write /PATH, or @NAME for an abstract socket");
  CHECK(problems("", with({"pty:/dev/pts/3"})) ==
        "--console: pty:/dev/pts/3: 'pty:/dev/pts/3' has no '=': write NAME=ADDRESS, such as c1=unix:/run/vm.sock");
  CHECK(problems("", with({"=pty:/a"})) == "--console: =pty:/a: a console needs a name that is not empty");
}

TEST_CASE("two consoles of one name are refused, with where the first stands") {
  const std::string file = "[[console]]\nname = \"a\"\nbackend = \"pty:/a\"\n";
  CHECK(problems(file + file) == "f:5:8: console 'a' is defined twice, first at f:2:8: give each its own name");
  CHECK(problems(file, with({"a=pty:/b"})) ==
        "--console: console 'a' is defined twice, first at f:2:8: give each its own name");
  CHECK(problems("", with({"a=pty:/a", "a=pty:/b"})) ==
        "--console: console 'a' is defined twice, first at --console: give each its own name");
}

TEST_CASE("a console's replay is at most its size, be it its own or that of [history]") {
  const std::string console = "[[console]]\nname = \"a\"\nbackend = \"pty:/a\"\n";
  CHECK(problems(console + "replay = \"2MiB\"\n") ==
        "f:4:10: console 'a' has a 'replay' of 2MiB, more than its 'size' of 1MiB: give it a smaller replay");
  CHECK(problems("[history]\nreplay = \"1MiB\"\n" + console + "size = \"64KiB\"\n") ==
        "f:6:8: console 'a' has a 'replay' of 1MiB, more than its 'size' of 64KiB: give it a smaller replay");
}

TEST_CASE("a console's port is one of a listener's ports, and no other console's") {
  const std::string a = "[[console]]\nname = \"a\"\nbackend = \"pty:/a\"\nport = 7005\n";
  const std::string b = "[[console]]\nname = \"b\"\nbackend = \"pty:/b\"\nport = ";
  const auto ranges = [](std::vector<std::string> listens) { return with({}, std::move(listens)); };
  CHECK(problems(a + b + "7006\n", ranges({"telnet:127.0.0.1,ports=7001-7999"})) == "ok");
  CHECK(problems(a, ranges({"telnet:127.0.0.1:7005"})) ==
        "f:4:8: console 'a' has a 'port' of 7005, and no listener has ports=: give one, or leave 'port' out");
  CHECK(problems(a, ranges({"telnet:127.0.0.1,ports=7001-7004", "raw:[::1],ports=9001-9001"})) ==
        "f:4:8: console 'a' has a 'port' of 7005, outside every ports= of a listener: choose one of 7001-7004 or "
        "9001-9001");
  CHECK(problems(a + b + "7005\n", ranges({"telnet:127.0.0.1,ports=7001-7999"})) ==
        "f:8:8: console 'b' has the 'port' of console 'a' (f:4:8): give each its own");
  // The fifth port of one range is the fifth of the other too.
  CHECK(problems(a + b + "9005\n", ranges({"telnet:127.0.0.1,ports=7001-7999", "raw:[::1],ports=9001-9999"})) ==
        "f:8:8: console 'b' has the 'port' of console 'a' (f:4:8): give each its own");
  CHECK(problems(a + "[[match]]\nconsole = \"c\"\nport = 7005\n", ranges({"telnet:[::1],ports=7001-7999"})) ==
        "f:7:8: [[match]] 'c' has the 'port' of console 'a' (f:4:8): give each its own");
  CHECK(problems(b + "0\n", ranges({})) == "f:4:8: 'port' in [[console]] must be from 1 to 65535, not 0");
  CHECK(problems(b + "65536\n", ranges({})) == "f:4:8: 'port' in [[console]] must be from 1 to 65535, not 65536");
}

TEST_CASE("a wrong [history] is told once, not for each console that inherits it") {
  CHECK(problems("[history]\nreplay = \"2MiB\"\n", with({"a=pty:/a", "b=pty:/b"})) ==
        "f:2:10: 'replay' in [history] is 2MiB, more than the 'size' of 1MiB: a replay comes out of what is kept");
}
