// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "charmux/config/match.hpp"
#include "given.hpp"

using namespace charmux;
using namespace charmux::config;

namespace {

Config good(const std::string& text, const CommandLine& line) {
  const auto config = parse_toml(text, "f", line, root());
  if (!config) FAIL_CHECK(problems(text, line));
  REQUIRE(config);
  return *config;
}

Discover of_libvirt(const std::string& uri) {
  Discover discover;
  discover.libvirt = discover.text = uri;
  return discover;
}

/// What is wrong with a [[discover]] of these lines.
std::string table(const std::string& lines) { return problems("[[discover]]\n" + lines, hypervisors({})); }

}  // namespace

TEST_CASE("libvirts are those of the file, then those of the command line") {
  const Config config = good(
      "[[discover]]\nlibvirt = \"qemu:///system\"\nvirsh = \"refuse\"\nqemu_monitor = \"never\"\nprefix = \"p-\"\n"
      "only = [\"p-a*\"]\nexcept = [\"p-ab\"]\n"
      "[[discover]]\nlibvirt = \"qemu+ssh://root@hv7/system\"\n",
      hypervisors({"test:///default", "QEMU+tcp://[::1]/system?x=y"}));
  Discover first = of_libvirt("qemu:///system");
  first.virsh = Virsh::refuse;
  first.qemu_monitor = QemuMonitor::never;
  first.prefix = "p-";
  first.only = {"p-a*"};
  first.except = {"p-ab"};
  const std::vector<Discover> expected = {first, of_libvirt("qemu+ssh://root@hv7/system"),
                                          of_libvirt("test:///default"), of_libvirt("QEMU+tcp://[::1]/system?x=y")};
  CHECK(config.discovers == expected);
}

TEST_CASE("what is said of virsh and of QEMU's monitor may be said in full") {
  const Config config =
      good("[[discover]]\nlibvirt = \"qemu:///system\"\nvirsh = \"yield\"\nqemu_monitor = \"auto\"\n", hypervisors({}));
  CHECK(config.discovers == std::vector<Discover>{of_libvirt("qemu:///system")});
}

TEST_CASE("without any source the guests of this host's libvirt are discovered, and with one they are not") {
  const std::vector<Discover> this_host = {of_libvirt("qemu:///system")};
  CHECK(good("", with({})).discovers == this_host);
  CHECK(good("[history]\nsize = \"2MiB\"\n", with({}, {"telnet:127.0.0.1:2300"})).discovers == this_host);
  CHECK(good("", with({}, {"raw:127.0.0.1:7001,console=alpha"})).discovers == this_host);
  CHECK(good("", with({"c=pty:/a"})).discovers.empty());
  CHECK(good("[[console]]\nname = \"c\"\nbackend = \"pty:/a\"\n", with({})).discovers.empty());
  CHECK(good("", found({"/run/a"})).discovers.size() == 1);
  CHECK(good("", hypervisors({"test:///default"})).discovers == std::vector<Discover>{of_libvirt("test:///default")});
  CHECK(good("[[discover]]\nqmp = \"/run/a\"\n", with({})).discovers.at(0).libvirt.empty());
}

TEST_CASE("a table is for libvirt or for qmp, and what is libvirt's stands in no other") {
  const std::string needed =
      "f:1:1: [[discover]] needs the key 'libvirt' or 'qmp': write libvirt = \"qemu:///system\", or "
      "qmp = \"/run/qemu/*.qmp\"";
  CHECK(table("") == needed);
  CHECK(table("virsh = \"refuse\"\n") == needed);
  CHECK(table("libvirt = \"qemu:///system\"\nqmp = \"/run/a\"\nvirsh = \"yield\"\n") ==
        "f:1:1: [[discover]] has both 'libvirt' and 'qmp': write a [[discover]] for each");
  CHECK(table("qmp = \"/run/a\"\nvirsh = \"yield\"\nqemu_monitor = \"auto\"\n") ==
        "f:3:9: 'virsh' in [[discover]] is for libvirt, and this one is for qmp: leave it out\n"
        "f:4:16: 'qemu_monitor' in [[discover]] is for libvirt, and this one is for qmp: leave it out");
  CHECK(table("libvirt = \"qemu:///system\"\nvirsh = \"share\"\nqemu_monitor = \"always\"\n") ==
        "f:3:9: 'virsh' in [[discover]] must be yield or refuse, not 'share'\n"
        "f:4:16: 'qemu_monitor' in [[discover]] must be auto or never, not 'always'");
}

TEST_CASE("a libvirt URI has a scheme and no white space, and none is discovered twice") {
  const std::string what = " is no libvirt URI: write SCHEME:..., such as qemu:///system, without spaces";
  CHECK(table("libvirt = \"\"\n") == "f:2:11: ''" + what);
  CHECK(table("prefix = \"p-\"\nlibvirt = \"system\"\n") == "f:3:11: 'system'" + what);
  CHECK(table("libvirt = \"qemu:///sys\\u0000tem\"\n") == "f:2:11: 'qemu:///sys\\x00tem'" + what);
  CHECK(problems("", hypervisors({"qemu:///my system"})) == "--libvirt: 'qemu:///my system'" + what);
  // One that is wrong is not compared.
  CHECK(problems("", hypervisors({"system", "system"})) ==
        "--libvirt: 'system'" + what + "\n--libvirt: 'system'" + what);
  CHECK(problems("[[discover]]\nlibvirt = \"qemu:///system\"\n", hypervisors({"qemu:///session", "qemu:///system"})) ==
        "--libvirt: 'qemu:///system' is discovered twice, first at f:2:11: keep one");
}

TEST_CASE("a guest of libvirt, and a connection, belong to their URI's table; a monitor to its path's") {
  const Config config = good(
      "[[discover]]\nlibvirt = \"qemu:///system\"\nprefix = \"here-\"\n"
      "[[discover]]\nlibvirt = \"qemu:///system#2\"\nprefix = \"odd-\"\n"
      "[[discover]]\nqmp = \"/run/*\"\nprefix = \"qmp-\"\n"
      "[[match]]\nconsole = \"here-secret\"\nhide = true\n",
      hypervisors({}));
  const auto prefix = [&](const char* source) {
    const Discover* const discover = discover_for(config, source);
    return discover == nullptr ? "none" : discover->prefix;
  };
  CHECK(prefix("qemu:///system#4dea22b3-1d52-d8f3-2516-782e98ab3fa0") == "here-");
  CHECK(prefix("qemu:///system") == "here-");
  CHECK(prefix("qemu:///system#2#4dea22b3-1d52-d8f3-2516-782e98ab3fa0") == "odd-");
  CHECK(prefix("qemu:///session#4dea22b3-1d52-d8f3-2516-782e98ab3fa0") == "none");
  CHECK(prefix("qemu:///system/x") == "none");
  CHECK(prefix("/run/a#b") == "qmp-");
  CHECK(prefix("") == "none");
  CHECK(wanted(config, discover_for(config, "qemu:///system#4dea22b3"), "here-alpha"));
  CHECK_FALSE(wanted(config, discover_for(config, "qemu:///system#4dea22b3"), "here-secret"));
}

TEST_CASE("a console of libvirt is one by its address, its URI an option or a key") {
  const std::string console = "[[console]]\nname = \"a\"\nbackend = ";
  const address::Libvirt expected{"alpha", "serial1", "test:///default"};
  for (const std::string rest :
       {"\"libvirt:alpha/serial1,uri=test:///default\"\n", "\"libvirt:alpha/serial1\"\nuri = \"test:///default\"\n"}) {
    const Config config = good(console + rest, with({}));
    CHECK(config.consoles.at(0).backend == address::Backend(expected));
    CHECK(config.discovers.empty());
  }
  CHECK(problems(console + "\"pty:/a\"\nuri = \"test:///default\"\n", with({})) ==
        "f:3:11: pty:/a: 'uri' is not for pty: backends: leave it out");
  CHECK(problems(console + "\"libvirt:alpha\"\nuri = \"default\"\n", with({})) ==
        "f:3:11: libvirt:alpha: option 'uri': 'default' is no libvirt URI: write SCHEME:..., such as qemu:///system, "
        "without spaces");
}
