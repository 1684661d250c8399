// SPDX-License-Identifier: Apache-2.0
#include "charmux/config/bridge.hpp"

#include <doctest/doctest.h>

using namespace charmux;
using namespace charmux::config;

namespace {

std::vector<std::string> refused(std::string_view backend, const std::vector<std::string>& listeners) {
  const auto config = bridge_config(backend, listeners);
  std::vector<std::string> texts;
  if (config) return texts;
  for (const Problem& problem : config.error()) texts.push_back(to_text(problem));
  return texts;
}

}  // namespace

TEST_CASE("a bridge is one console, called as its address, and all listeners are for it") {
  const auto config = bridge_config(
      "unix:/run/vm.sock", std::vector<std::string>{"telnet:127.0.0.1:7001", "raw:/run/door,access=watch,replay=4KiB"});
  REQUIRE(config);
  REQUIRE(config->consoles.size() == 1);
  CHECK(config->consoles[0].name == "unix:/run/vm.sock");
  CHECK(config->consoles[0].size == 1 * MiB);
  REQUIRE(config->listens.size() == 2);
  CHECK(config->listens[0].console == "unix:/run/vm.sock");
  CHECK_FALSE(config->listens[0].replay);
  CHECK(config->listens[1].console == "unix:/run/vm.sock");
  CHECK(config->listens[1].access == Access::watch);
  CHECK(config->listens[1].replay == 4 * KiB);
}

TEST_CASE("a listener cannot say which console it is for") {
  for (const std::string listener : {"telnet:127.0.0.1,ports=7001-7009", "raw:127.0.0.1:7001,console=vm"})
    CHECK(refused("pty:/dev/pts/3", {listener}) ==
          std::vector{"bridge: " + listener + ": a bridge has one console: leave console= and ports= out"});
}

TEST_CASE("a listener of a bridge has no profile and no user, which a file would hold, but may have networks") {
  for (const std::string listener : {"telnet:127.0.0.1:7001,tls=lab", "raw:/run/door,user=oncall"})
    CHECK(refused("pty:/dev/pts/3", {listener}) ==
          std::vector{"bridge: " + listener +
                      ": a bridge reads no file, where profiles and users are: leave tls= and user= out"});
  const auto config = bridge_config("pty:/dev/pts/3", std::vector<std::string>{"raw:127.0.0.1:7001,allow=127.0.0.0/8"});
  REQUIRE(config);
  CHECK(config->listens.at(0).allow == std::vector{*address::parse_network("127.0.0.0/8")});
}

TEST_CASE("all that is wrong is told, in order, and a wrong backend makes no listener wrong") {
  CHECK(refused("unix:vm.sock", {"raw:127.0.0.1:7001", "raw:127.0.0.1", "telnet:127.0.0.1:7001"}) ==
        std::vector<std::string>{
            "bridge: unix:vm.sock: path 'vm.sock' is not absolute: write /PATH, or @NAME for an abstract socket",
            "bridge: raw:127.0.0.1: '127.0.0.1' has no port: write HOST:PORT, such as 127.0.0.1:7001",
            "bridge: telnet:127.0.0.1:7001 is where raw:127.0.0.1:7001 listens already (bridge): give each its own "
            "place"});
}

TEST_CASE("off loopback it is refused unless that is meant") {
  CHECK(
      refused("pty:/dev/pts/3", {"raw:0.0.0.0:7001"}) ==
      std::vector<std::string>{
          "bridge: raw:0.0.0.0:7001 would let anyone who reaches it in: it has neither TLS nor names for its clients; "
          "bind it to 127.0.0.1 or [::1], use a UNIX socket, or add ,insecure on purpose"});
  CHECK(refused("pty:/dev/pts/3", {"raw:0.0.0.0:7001,insecure"}).empty());
}
