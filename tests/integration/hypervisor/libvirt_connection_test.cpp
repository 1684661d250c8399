// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cerrno>
#include <fstream>

#include "kit/at_libvirt.hpp"

using namespace charmux;
using namespace charmux::test;

namespace {

using Told = std::vector<std::string>;

/// A driver of libvirt's own that runs in this process and has one domain, "test".
constexpr const char* kUri = "test:///default";
constexpr const char* kUuid = "6695eb01-f6a4-8304-79aa-97f2502e193f";
constexpr const char* kOther = "11111111-2222-3333-4444-555555555555";

std::string other_domain(const std::string& name) {
  return "<domain type='test'><name>" + name + "</name><uuid>" + kOther +
         "</uuid><memory>8192</memory><os><type>hvm</type></os></domain>";
}

}  // namespace

TEST_CASE("all domains are told of, with their XML, and then that these are all") {
  World world;
  Libvirt libvirt(world.loop);
  AtLibvirt at(world, libvirt, kUri);
  CHECK(at.connection->state() == AtLibvirt::State::connecting);
  at.start();
  at.wait_for("listed");
  CHECK(at.told == Told{"ready", "test is running", "listed"});
  CHECK(at.last.uuid == kUuid);
  CHECK(at.last.active);
  CHECK(at.last.xml.find("<name>test</name>") != std::string::npos);
}

TEST_CASE("what becomes of a domain is told") {
  World world;
  Libvirt libvirt(world.loop);
  AtLibvirt at(world, libvirt, kUri);
  at.start();
  at.wait_for("listed");
  const OtherProgram other(kUri);
  other.pause("test");
  at.wait_for("test is paused");
  other.resume("test");
  at.wait_for("test is running");
  other.destroy("test");
  at.wait_for("test is off");
  other.start("test");
  at.wait_for("test is running");
  other.define(other_domain("other"));
  at.wait_for("other is off");
  CHECK(at.last.uuid == kOther);
  SUBCASE("undefined while it is off, it is gone") {
    other.undefine("other");
    at.wait_for(std::string(kOther) + " is gone");
  }
  SUBCASE("undefined while it runs, it is gone when it stops") {
    other.start("other");
    at.wait_for("other is running");
    other.undefine("other");
    other.destroy("other");
    at.wait_for(std::string(kOther) + " is gone");
  }
  SUBCASE("with another name it is the same") {
    REQUIRE(virDomainRename(other.domain("other").get(), "renamed", 0) == 0);
    at.wait_for("renamed is off");
    CHECK(at.last.uuid == kOther);
    CHECK(!at.was_told(std::string(kOther) + " is gone"));
  }
}

TEST_CASE("what a domain is right now is asked for by UUID or by name") {
  World world;
  Libvirt libvirt(world.loop);
  bool follow = true;
  SUBCASE("of a connection that follows") {}
  SUBCASE("of one that does not") { follow = false; }
  AtLibvirt at(world, libvirt, kUri, follow);
  const auto early = at.domain("test");
  REQUIRE(!early);
  CHECK(early.error().text == "not connected to libvirt yet");
  at.start();
  at.wait_for("ready");
  CHECK(at.domain("test").value().uuid == kUuid);
  CHECK(at.domain(kUuid).value().name == "test");
  const auto none = at.domain("nosuch");
  REQUIRE(!none);
  CHECK(none.error().number == ENOENT);
  const auto no_qemu = at.qemu(kUuid, R"({"execute": "query-chardev"})");
  REQUIRE(!no_qemu);
  CHECK(no_qemu.error().number == 0);
  if (!follow) CHECK(at.told == Told{"ready"});
}

TEST_CASE("a libvirt that is not there is unreachable for its own reason, told once, until it is there") {
  World world;
  Libvirt libvirt(world.loop);
  const std::string path = world.directory / "node.xml";
  AtLibvirt at(world, libvirt, "test://" + path);
  at.start();
  at.wait_for("unreachable: ");
  CHECK(at.told[0].find(path) != std::string::npos);
  const auto asked = at.domain("test");
  REQUIRE(!asked);
  CHECK("unreachable: " + asked.error().text == at.told[0]);
  CHECK(world.turns_left_alone(std::chrono::milliseconds(200)) < World::kCalm);
  std::ofstream(path) << "<node>" << other_domain("other") << "</node>";
  at.wait_for("listed");
  CHECK(at.told.size() == 4);
  CHECK(at.told[1] == "ready");
}

TEST_CASE("a connection may be destroyed by whom it tells, whatever it tells") {
  World world;
  Libvirt libvirt(world.loop);
  AtLibvirt at(world, libvirt, kUri);
  std::size_t most = 1;
  SUBCASE("that it is ready") {}
  SUBCASE("a domain") { most = 2; }
  SUBCASE("that these are all") { most = 3; }
  at.on_told = [&] {
    if (at.told.size() == most) at.connection.reset();
  };
  at.start();
  world.run_until("it is destroyed", [&] { return !at.connection; });
  CHECK(!libvirt.has_pending_calls());
  CHECK(world.turns_left_alone() < World::kCalm);
  CHECK(at.told.size() == most);
}
