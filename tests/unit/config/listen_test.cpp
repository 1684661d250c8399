// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "given.hpp"

using namespace charmux;
using namespace charmux::config;

namespace {

Listen listen_of(const tl::expected<Config, std::vector<Problem>>& config) {
  REQUIRE(config);
  REQUIRE(config->listens.size() == 1);
  return config->listens[0];
}

/// A listener of the command line, beside console c1.
Listen on_line(std::string address) {
  return listen_of(parse_toml("", "f", with({"c1=pty:/dev/pts/3"}, {std::move(address)}), root()));
}

/// A listener of the file: its lines behind [[listen]].
Listen in_file(const std::string& lines) {
  return listen_of(parse_toml("[[listen]]\n" + lines, "f", with({"c1=pty:/dev/pts/3"}), root()));
}

std::string line_problems(std::vector<std::string> addresses,
                          std::vector<std::string> consoles = {"c1=pty:/dev/pts/3"}) {
  return problems("", with(std::move(consoles), std::move(addresses)));
}

}  // namespace

TEST_CASE("a telnet listener has notices, skips, and replays what its console does") {
  const Listen listen = on_line("telnet:127.0.0.1:7001,console=c1");
  CHECK(listen.kind == DoorKind::telnet);
  CHECK(listen.place == address::Place(address::HostPort{"127.0.0.1", 7001}));
  CHECK(listen.console == "c1");
  CHECK(listen.access == Access::control);
  CHECK(listen.on_lag == OnLag::skip);
  CHECK(listen.notices);
  CHECK_FALSE(listen.replay);
  CHECK_FALSE(listen.insecure);
  CHECK(listen.text == "telnet:127.0.0.1:7001,console=c1");
  CHECK(door_text(listen) == "telnet:127.0.0.1:7001");
}

TEST_CASE("a raw listener has no notices, closes, and replays nothing") {
  const Listen listen = on_line("raw:/run/a,,b,console=c1");
  CHECK(listen.kind == DoorKind::raw);
  CHECK(listen.place == address::Place(address::SocketPath{"/run/a,b", false}));
  CHECK(listen.on_lag == OnLag::close);
  CHECK_FALSE(listen.notices);
  CHECK(listen.replay == 0);
  CHECK(door_text(listen) == "raw:/run/a,,b");
}

TEST_CASE("each option can be given in the address, and as a key of the file, to the same effect") {
  const Listen line = on_line("telnet:*:23,console=c1,access=watch,replay=1KiB,on-lag=close,notices=off,insecure");
  CHECK(line.access == Access::watch);
  CHECK(line.replay == 1 * KiB);
  CHECK(line.on_lag == OnLag::close);
  CHECK_FALSE(line.notices);
  CHECK(line.insecure);
  Listen file = in_file(
      "address = \"telnet:*:23\"\nconsole = \"c1\"\naccess = \"watch\"\nreplay = \"1KiB\"\non-lag = \"close\"\n"
      "notices = \"off\"\ninsecure = true\n");
  CHECK(file.text == "telnet:*:23");
  file.text = line.text;
  CHECK(file == line);
  CHECK(on_line("raw:@x,console=c1,on-lag=skip,replay=1MiB").on_lag == OnLag::skip);
  CHECK(on_line("raw:@x,console=c1,on-lag=skip,replay=1MiB").replay == 1 * MiB);
  CHECK(in_file("address = \"telnet:@x,console=c1\"\nreplay = 0\nnotices = \"on\"\ninsecure = false\n").replay == 0);
}

TEST_CASE("what is both a key and an option is refused") {
  CHECK(problems("[[listen]]\naddress = \"raw:@x,console=c1,replay=0\"\nreplay = \"1KiB\"\nconsole = \"c1\"\n") ==
        "f:3:1: 'replay' is given twice, by this key and in 'raw:@x,console=c1,replay=0': keep one\n"
        "f:4:1: 'console' is given twice, by this key and in 'raw:@x,console=c1,replay=0': keep one");
}

TEST_CASE("an unknown or malformed option is refused, with the nearest known one or all of them") {
  const auto one = [](const std::string& option) { return line_problems({"telnet:@x,console=c1," + option}); };
  CHECK(one("acces=watch") == "--listen: unknown option 'acces': did you mean 'access'?");
  CHECK(one("on_lag=skip") == "--listen: unknown option 'on_lag': did you mean 'on-lag'?");
  CHECK(one("backlog=5") ==
        "--listen: unknown option 'backlog': use ports, console, access, writer, replay, on-lag, notices, keys, "
        "tls, user, allow, proxy-from or insecure");
  CHECK(one("address=x").rfind("--listen: unknown option 'address': ", 0) == 0);
  CHECK(one("access") == "--listen: option 'access' needs a value: write access=VALUE");
  CHECK(one("access=all") == "--listen: option 'access' must be watch or control, not 'all'");
  CHECK(one("on-lag=") == "--listen: option 'on-lag' must be skip or close, not ''");
  CHECK(one("notices=no") == "--listen: option 'notices' must be on or off, not 'no'");
  CHECK(one("insecure=yes") == "--listen: option 'insecure' takes no value: write insecure alone");
  CHECK(one("replay=1KB") ==
        "--listen: option 'replay': '1KB' is not a size: write a number and one of B, KiB, MiB, GiB");
  CHECK(one("replay=2GiB") == "--listen: option 'replay' must be from 0 to 1GiB, not 2GiB");
  CHECK(one("access=watch,access=watch") ==
        "--listen: telnet:@x,console=c1,access=watch,access=watch: option 'access' is given twice: keep one");
}

TEST_CASE("a listener of another scheme is refused; web: belongs to a later version") {
  CHECK(line_problems({"web:127.0.0.1:80,console=c1"}) ==
        "--listen: web:127.0.0.1:80,console=c1: web: listeners are not in this version: use telnet, raw or rfc2217");
  CHECK(line_problems({"telent:127.0.0.1:80,console=c1"}) ==
        "--listen: telent:127.0.0.1:80,console=c1: unknown scheme 'telent': use telnet, raw or rfc2217 (did you mean "
        "'telnet'?)");
  CHECK(problems("[[listen]]\naddress = \"raw:::1:7001\"\nconsole = \"c1\"\n") ==
        "f:2:11: raw:::1:7001: '::1:7001' has an IPv6 address without brackets: write [::1]:PORT");
  CHECK(problems("[[listen]]\nconsole = \"c1\"\n") == "f:1:1: [[listen]] needs the key 'address'");
}

TEST_CASE("raw clients never get notices, so a raw listener refuses the very word") {
  CHECK(line_problems({"raw:@x,console=c1,notices=off"}) ==
        "--listen: raw:@x,console=c1,notices=off: raw clients never get notices: leave 'notices' out");
  CHECK(problems("[[listen]]\naddress = \"raw:@x\"\nconsole = \"c1\"\nnotices = \"on\"\n") ==
        "f:4:11: raw:@x: raw clients never get notices: leave 'notices' out");
}

TEST_CASE("a telnet listener that names neither console nor ports is the menu; a raw one has none") {
  CHECK(on_line("telnet:127.0.0.1:2300").console.empty());
  CHECK_FALSE(on_line("telnet:/run/menu").ports);
  CHECK(line_problems({"raw:127.0.0.1:7001"}) ==
        "--listen: raw:127.0.0.1:7001 needs console=NAME or ports=LO-HI: only telnet has a menu");
  CHECK(problems("[[listen]]\naddress = \"raw:@x\"\n") ==
        "f:2:11: raw:@x needs console=NAME or ports=LO-HI: only telnet has a menu");
  CHECK(line_problems({"telnet:@x,console="}) == "--listen: telnet:@x: 'console' is empty: write the name of one");
}

TEST_CASE("a listener with ports= is at a host alone, and has a port for each console") {
  const Listen listen = on_line("telnet:127.0.0.1,ports=7001-7999");
  CHECK(listen.place == address::Place(address::HostPort{"127.0.0.1", 0}));
  CHECK(listen.ports == PortRange{7001, 7999});
  CHECK(listen.console.empty());
  CHECK(door_text(listen) == "telnet:127.0.0.1,ports=7001-7999");
  CHECK(door_text(on_line("raw:[::1],ports=1-65535")) == "raw:[::1],ports=1-65535");
  CHECK(on_line("raw:*,ports=7001-7001,insecure").ports->size() == 1);
  Listen file = in_file("address = \"telnet:127.0.0.1\"\nports = \"7001-7999\"\n");
  file.text = listen.text;
  CHECK(file == listen);
}

TEST_CASE("ports= is refused where it is no range, with a port, a path or a console") {
  const auto range = [](const std::string& ports) { return line_problems({"telnet:127.0.0.1,ports=" + ports}); };
  for (const std::string text :
       {"", "7001", "7999-7001", "0-7", "1-65536", "-", "7001-", "-7001", "1-2-3", " 1-2", "+1-2"})
    CHECK(range(text) ==
          "--listen: option 'ports' must be two ports from 1 to 65535, the lower one first, such as 7001-7999, not '" +
              text + "'");
  CHECK(problems("[[listen]]\naddress = \"telnet:127.0.0.1\"\nports = 7001\n") ==
        "f:3:9: 'ports' in [[listen]] must be a range of ports in quotes, such as \"7001-7999\", not an integer");
  CHECK(line_problems({"telnet:127.0.0.1:7000,ports=7001-7999"}) ==
        "--listen: telnet:127.0.0.1:7000,ports=7001-7999: '127.0.0.1:7000' has a port, and a range of ports: leave one "
        "of them out");
  CHECK(line_problems({"telnet:/run/x,ports=7001-7999"}) ==
        "--listen: telnet:/run/x,ports=7001-7999: '/run/x' is no host: only a HOST has ports, such as 127.0.0.1 or "
        "[::1]");
  CHECK(line_problems({"telnet:127.0.0.1,ports=7001-7999,console=c1"}) ==
        "--listen: telnet:127.0.0.1,ports=7001-7999 has both console= and ports=: leave one of them out");
}

TEST_CASE("an rfc2217 listener is as a raw one: no notices, no keys, it closes, replays nothing and has no menu") {
  const Listen listen = on_line("rfc2217:127.0.0.1:7001,console=c1");
  CHECK(listen.kind == DoorKind::rfc2217);
  CHECK(listen.on_lag == OnLag::close);
  CHECK_FALSE(listen.notices);
  CHECK_FALSE(listen.keys);
  CHECK(listen.replay == 0);
  CHECK(door_text(listen) == "rfc2217:127.0.0.1:7001");
  CHECK(line_problems({"rfc2217:127.0.0.1:7001"}) ==
        "--listen: rfc2217:127.0.0.1:7001 needs console=NAME or ports=LO-HI: only telnet has a menu");
  CHECK(line_problems({"rfc2217:@x,console=c1,keys=off"}) ==
        "--listen: rfc2217:@x,console=c1,keys=off: rfc2217 clients never get keys: leave 'keys' out");
  CHECK(line_problems({"raw:@x,console=c1,keys=^Ec"}) ==
        "--listen: raw:@x,console=c1,keys=^Ec: raw clients never get keys: leave 'keys' out");
}

TEST_CASE("a telnet listener has conserver's keys, others, or none") {
  CHECK(on_line("telnet:@x,console=c1").keys == EscapeSequence{});
  CHECK(on_line("telnet:@x,console=c1,keys=on").keys == EscapeSequence{});
  CHECK_FALSE(on_line("telnet:@x,console=c1,keys=off").keys);
  CHECK(on_line("telnet:@x,console=c1,keys=^[q").keys == EscapeSequence{std::byte{0x1B}, std::byte{'q'}});
  CHECK(line_problems({"telnet:@x,console=c1,keys=no"}) == "ok");  // two keys like any
  CHECK(line_problems({"telnet:@x,console=c1,keys=^E"}) ==
        "--listen: telnet:@x,console=c1,keys=^E: 'keys' must be on, off or two keys such as ^Ec: '^E' is no escape "
        "sequence: write two keys, each a character or ^X for Ctrl-X");
}

TEST_CASE("who types at a listener is said there, or by the console") {
  CHECK_FALSE(on_line("telnet:@x,console=c1").writer);
  CHECK(on_line("telnet:@x,console=c1,writer=single").writer == WriterMode::single);
  CHECK(on_line("raw:@x,console=c1,writer=shared").writer == WriterMode::shared);
  CHECK(on_line("rfc2217:@x,console=c1,writer=force").writer == WriterMode::force);
  CHECK(line_problems({"telnet:@x,console=c1,writer=all"}) ==
        "--listen: option 'writer' must be single, shared or force, not 'all'");
  CHECK(line_problems({"telnet:@x,console=c1,access=watch,writer=force"}) ==
        "--listen: telnet:@x,console=c1,access=watch,writer=force: with access=watch nobody types: leave 'writer' out");
}

TEST_CASE("networks of proxies are a list in the file, and between doubled commas in an address") {
  const auto ten = address::parse_network("10.0.0.0/8");
  const auto six = address::parse_network("fd00::/8");
  CHECK(on_line("raw:127.0.0.1:1,console=c1").proxy_from.empty());
  CHECK(on_line("raw:127.0.0.1:1,console=c1,proxy-from=10.0.0.0/8").proxy_from == std::vector{*ten});
  CHECK(on_line("raw:127.0.0.1:1,console=c1,proxy-from=10.0.0.0/8,,fd00::/8").proxy_from == std::vector{*ten, *six});
  CHECK(in_file("address = \"raw:127.0.0.1:1,console=c1\"\nproxy-from = [\"10.0.0.0/8\", \"fd00::/8\"]\n").proxy_from ==
        std::vector{*ten, *six});
  for (const std::string bad : {"", "10.0.0.0/8,,", ",,10.0.0.0/8"})
    CHECK(line_problems({"raw:127.0.0.1:1,console=c1,proxy-from=" + bad}) ==
          "--listen: raw:127.0.0.1:1,console=c1,proxy-from=" + bad +
              ": 'proxy-from': '' is no network: write an address and its bits, such as 10.0.0.0/8 or fd00::/8");
  CHECK(line_problems({"raw:@x,console=c1,proxy-from=::1"}) ==
        "--listen: raw:@x,console=c1,proxy-from=::1: 'proxy-from' is for TCP, and this is a UNIX socket: leave it out");
}

TEST_CASE("ranges and ports of one host do not overlap") {
  const std::string range = "telnet:127.0.0.1,ports=7001-7999";
  CHECK(line_problems({range, "raw:127.0.0.1,ports=7999-8000"}) ==
        "--listen: raw:127.0.0.1,ports=7999-8000 is where telnet:127.0.0.1,ports=7001-7999 listens already (--listen): "
        "give each its own place");
  CHECK(line_problems({"telnet:*:7500,insecure", range}) ==
        "--listen: telnet:127.0.0.1,ports=7001-7999 is where telnet:*:7500 listens already (--listen): give each its "
        "own place");
  CHECK(line_problems({range, "raw:127.0.0.1,ports=8000-8001", "telnet:127.0.0.1:7000", "raw:[::1],ports=7001-7999",
                       "telnet:/run/x"}) == "ok");
}

TEST_CASE("where guests are discovered a listener may name a console that is not there yet") {
  CHECK(problems("", found({"/run/*.qmp"}, {"raw:@x,console=later"})) == "ok");
  CHECK(problems("", found({"/run/*.qmp"}, {"raw:@x,console="})) ==
        "--listen: raw:@x: 'console' is empty: write the name of one");
}

TEST_CASE("a listener names a console that there is") {
  CHECK(line_problems({"raw:@x,console=vm2"}, {"vm1=pty:/a", "lab\n=pty:/b"}) ==
        "--listen: raw:@x: there is no console 'vm2' among 'vm1', 'lab\\x0a': did you mean 'vm1'?");
  CHECK(problems("[[listen]]\naddress = \"raw:@x\"\nconsole = \"other\"\n") ==
        "f:3:11: raw:@x: there is no console 'other' among 'c1'");
  std::vector<std::string> consoles;
  for (int i = 10; i < 22; ++i) consoles.push_back("console-" + std::to_string(i) + "=pty:/a");
  CHECK(line_problems({"raw:@x,console=z"}, consoles) ==
        "--listen: raw:@x: there is no console 'z' among 'console-10', 'console-11', 'console-12', 'console-13', "
        "'console-14', 'console-15', 'console-16', 'console-17', 'console-18', 'console-19' and 2 more");
}

TEST_CASE("a console that is itself wrong does not make its listeners wrong too") {
  CHECK(line_problems({"raw:@x,console=a"}, {"a=foo:/a"}) ==
        "--console: a=foo:/a: unknown scheme 'foo': use pty, unix, tcp, unix-listen, tcp-listen, telnet, tls, telnets, "
        "udp, pipe, file, serial, libvirt or exec");
  CHECK(problems("[[console]]\nnmae = \"a\"\nbackend = \"pty:/a\"\n[[listen]]\naddress = \"raw:@x,console=a\"\n") ==
        "f:1:1: [[console]] needs the key 'name'\n"
        "f:2:1: unknown key 'nmae' in [[console]]: did you mean 'name'?");
  CHECK(problems("[[listen]]\naddress = \"raw:@x\"\nconsole = 1\n") ==
        "f:3:11: 'console' in [[listen]] must be a text in quotes, not an integer");
}

TEST_CASE("a listener replays at most what its console keeps") {
  CHECK(
      line_problems({"raw:@x,console=c1,replay=1025KiB"}) ==
      "--listen: raw:@x has a 'replay' of 1025KiB, more than the 1MiB that console 'c1' keeps: give it a smaller one");
}

TEST_CASE("no two listeners are at one place, or where one takes the other's port too") {
  CHECK(line_problems({"telnet:127.0.0.1:1,console=c1", "raw:127.0.0.1:1,console=c1"}) ==
        "--listen: raw:127.0.0.1:1 is where telnet:127.0.0.1:1 listens already (--listen): give each its own place");
  CHECK(problems("[[listen]]\naddress = \"raw:[::1]:1,console=c1\"\n",
                 with({"c1=pty:/a"}, {"telnet:*:1,console=c1,insecure"})) ==
        "--listen: telnet:*:1 is where raw:[::1]:1 listens already (f:2:11): give each its own place");
  CHECK(line_problems({"raw:/run/a,console=c1", "raw:/run/a,console=c1"}) ==
        "--listen: raw:/run/a is where raw:/run/a listens already (--listen): give each its own place");
  CHECK(line_problems({"raw:127.0.0.1:1,console=c1", "raw:[::1]:1,console=c1", "raw:@x,console=c1"}) == "ok");
}
