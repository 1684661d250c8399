// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "kit/at_libvirt.hpp"
#include "kit/chardev.hpp"
#include "kit/real_libvirtd.hpp"

using namespace charmux;
using namespace charmux::test;

namespace {

constexpr const char* kUuid = "11111111-2222-3333-4444-555555555555";
const std::string kGone = std::string(kUuid) + " is gone";

/// A libvirtd, and a connection that follows it.
struct Followed {
  Followed() {
    at.start();
    at.wait_for("listed");
  }
  World world;
  RealLibvirtd libvirtd{world};
  OtherProgram other{RealLibvirtd::kUri};
  Libvirt libvirt{world.loop};
  AtLibvirt at{world, libvirt, RealLibvirtd::kUri};
};

}  // namespace

TEST_CASE("a real libvirt's domain is followed from its definition to its end") {
  Followed house;
  auto& at = house.at;
  house.other.define(idle_domain("alpha", kUuid));
  at.wait_for("alpha is off");
  CHECK(at.last.xml.find("/dev/pts/") == std::string::npos);
  house.other.start("alpha");
  at.wait_for("alpha is running");
  CHECK(at.last.xml.find("/dev/pts/") != std::string::npos);
  house.other.pause("alpha");
  at.wait_for("alpha is paused");
  CHECK(at.last.active);
  house.other.resume("alpha");
  at.wait_for("alpha is running");
  house.other.destroy("alpha");
  at.wait_for("alpha is off");
  house.other.undefine("alpha");
  at.wait_for(kGone);
}

TEST_CASE("a real libvirt's domain that is not defined is gone when it stops") {
  Followed house;
  house.other.create(idle_domain("alpha", kUuid));
  house.at.wait_for("alpha is running");
  house.other.destroy("alpha");
  house.at.wait_for(kGone);
  CHECK(!house.at.was_told("alpha is off"));
}

TEST_CASE("a reboot is told, and once") {
  Followed house;
  house.other.create(idle_domain("alpha", kUuid));
  house.at.wait_for("alpha is running");
  house.at.forget();
  REQUIRE(virDomainReset(house.other.domain("alpha").get(), 0) == 0);
  house.at.wait_for(std::string(kUuid) + ": 0");
  house.other.destroy("alpha");
  house.at.wait_for(kGone);
  INFO(house.at.all_told());
  CHECK(std::count(house.at.told.begin(), house.at.told.end(), std::string(kUuid) + ": 0") == 1);
}

TEST_CASE("a guest's QEMU is asked by way of libvirt, which marks the domain") {
  Followed house;
  house.other.create(idle_domain("alpha", kUuid));
  house.at.wait_for("alpha is running");
  const DomainHandle alpha = house.other.domain("alpha");
  const auto tainted = [&] {
    char** messages = nullptr;
    const int count = virDomainGetMessages(alpha.get(), &messages, VIR_DOMAIN_MESSAGE_TAINTING);
    bool marked = false;
    for (int n = 0; n < count; ++n) {
      marked = marked || std::string_view(messages[n]).find("monitor") != std::string_view::npos;
      std::free(messages[n]);
    }
    std::free(messages);
    return marked;
  };
  CHECK(house.at.domain(kUuid));
  CHECK(!tainted());
  const auto chardevs = house.at.qemu(kUuid, R"({"execute": "query-chardev"})");
  REQUIRE(chardevs);
  CHECK(chardevs->starts_with("["));
  CHECK(chardevs->find("charserial0") != std::string::npos);
  CHECK(tainted());
  const auto nonsense = house.at.qemu(kUuid, R"({"execute": "no-such-command"})");
  REQUIRE(!nonsense);
  CHECK(nonsense.error().text.find("no-such-command has not been found") != std::string::npos);
  house.other.destroy("alpha");
  const auto late = house.at.qemu(kUuid, R"({"execute": "query-chardev"})");
  REQUIRE(!late);
  CHECK(late.error().number == ENOENT);
}

TEST_CASE("a libvirtd that dies and returns is told of, and its domains anew") {
  Followed house;
  house.other.create(idle_domain("alpha", kUuid));
  house.at.wait_for("alpha is running");
  house.libvirtd.kill();
  house.at.wait_for("unreachable: libvirt closed the connection");
  house.at.wait_for("unreachable: Failed to connect socket to");
  house.at.forget();
  house.libvirtd.start();
  house.at.wait_for("listed");
  CHECK(house.at.was_told("alpha is running"));
}

TEST_CASE("a libvirt that never answers is unreachable, and keeps nobody waiting") {
  World world;
  // It listens, and never looks who is there.
  const At any = At::port(0);
  const UniqueFd listener = any.socket();
  REQUIRE(::bind(listener.get(), any.raw(), any.length) == 0);
  REQUIRE(::listen(listener.get(), 8) == 0);
  At at;
  at.length = sizeof at.storage;
  REQUIRE(::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&at.storage), &at.length) == 0);
  const int port = ntohs(reinterpret_cast<const sockaddr_in&>(at.storage).sin_port);

  Libvirt libvirt(world.loop);
  LibvirtConnection::Settings settings;
  settings.uri = "qemu+tcp://127.0.0.1:" + std::to_string(port) + "/system";
  settings.patience = std::chrono::milliseconds(20);
  AtLibvirt silent(world, libvirt, settings);
  silent.start();
  silent.wait_for("unreachable: no answer from " + settings.uri + " yet");
  AtLibvirt other(world, libvirt, "test:///default");
  other.start();
  other.wait_for("listed");
  const auto asked = silent.domain("alpha");
  REQUIRE(!asked);
  CHECK(asked.error().text == "no answer from " + settings.uri + " yet");
  other.connection.reset();
  CHECK(!libvirt.has_pending_calls());
  silent.connection.reset();
  CHECK(libvirt.has_pending_calls());
}

TEST_CASE("a libvirtd that stops answering is unreachable, what was asked fails, and it is found again") {
  World world;
  RealLibvirtd libvirtd(world);
  Libvirt libvirt(world.loop);
  LibvirtConnection::Settings settings;
  settings.uri = RealLibvirtd::kUri;
  settings.reopen_first = settings.reopen_most = std::chrono::milliseconds(10);
  settings.keepalive = std::chrono::seconds(1);
  AtLibvirt at(world, libvirt, settings);
  at.start();
  at.wait_for("listed");
  libvirtd.freeze();
  // One under way and those behind it.
  int failed = 0;
  for (int n = 0; n < 3; ++n)
    at.connection->ask_domain("alpha", [&](const Result<LibvirtDomain>& answer) { failed += answer ? 0 : 1; });
  at.wait_for("unreachable: ");
  world.run_until("all have failed", [&] { return failed == 3; });
  libvirtd.thaw();
  at.wait_for("listed");
}
