// SPDX-License-Identifier: Apache-2.0
#include "hypervisor/libvirt_stream.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>

#include <fstream>

#include "kit/at_libvirt.hpp"
#include "kit/at_stream.hpp"
#include "kit/connection.hpp"
#include "kit/real_libvirtd.hpp"

using namespace charmux;
using namespace charmux::test;
using Failure = LibvirtStream::Failure;

namespace {

constexpr const char* kUuid = "11111111-2222-3333-4444-555555555555";

struct House {
  [[nodiscard]] LibvirtStream::Settings serial0(bool force = false) const {
    return {RealLibvirtd::kUri, kUuid, "serial0", force};
  }
  World world;
  RealLibvirtd libvirtd{world};
  OtherProgram other{RealLibvirtd::kUri};
  Libvirt libvirt{world.loop};
};

}  // namespace

TEST_CASE("bytes go both ways through a stream of libvirt") {
  House house;
  house.other.create(linux_domain("alpha", kUuid));
  AtStream at(house.world, house.libvirt, house.serial0());
  at.wait_open();
  at.wait_for("charmux guest ready on ttyS0");
  at.type("echo $((6 * 7))\r");
  at.wait_for("\n42\r\n");
}

TEST_CASE("what a guest prints as fast as it can comes complete, also when it is not read for a while") {
  House house;
  house.other.create(linux_domain("alpha", kUuid));
  AtStream at(house.world, house.libvirt, house.serial0());
  at.wait_open();
  at.wait_for("charmux guest ready on ttyS0");
  at.type("stty -echo -onlcr; echo; echo begin; seq 100000 108000; echo end\r");
  at.wait_for("begin\n");
  at.reads = false;
  at.want();
  CHECK(house.world.turns_left_alone() < World::kCalm);
  at.reads = true;
  at.want();
  at.wait_for("\nend\n");
  std::string all;
  for (int n = 100000; n <= 108000; ++n) all += std::to_string(n) + "\n";
  const std::size_t begin = at.received.find("begin\n") + 6;
  CHECK((at.received.substr(begin, all.size()) == all));
}

TEST_CASE("a console has one stream, until another takes it by force") {
  House house;
  house.other.create(idle_domain("alpha", kUuid));
  AtStream first(house.world, house.libvirt, house.serial0());
  first.wait_open();
  AtStream second(house.world, house.libvirt, house.serial0());
  CHECK(second.wait_failed() == Failure::held);
  CHECK(second.why.find("Active console session exists for this domain") != std::string::npos);
  AtStream third(house.world, house.libvirt, house.serial0(true));
  third.wait_open();
  CHECK(!first.wait_ended().empty());
  CHECK(!third.ended);
}

TEST_CASE("a stream that is destroyed leaves the console to the next") {
  House house;
  house.other.create(idle_domain("alpha", kUuid));
  AtStream first(house.world, house.libvirt, house.serial0());
  first.wait_open();
  first.stream.reset();
  CHECK(!house.libvirt.has_pending_calls());
  AtStream second(house.world, house.libvirt, house.serial0());
  second.wait_open();
}

TEST_CASE("a console whose device another program has locked is held, force or not") {
  House house;
  house.other.create(idle_domain("alpha", kUuid));
  std::ofstream("/run/lock/LCK.._pts_0") << "         1\n";
  AtStream at(house.world, house.libvirt, house.serial0());
  CHECK(at.wait_failed() == Failure::held);
  CHECK(at.why.find("is locked by lock file") != std::string::npos);
  AtStream forced(house.world, house.libvirt, house.serial0(true));
  CHECK(forced.wait_failed() == Failure::held);
}

TEST_CASE("a stream ends when its domain does, and cannot be opened without it") {
  House house;
  house.other.define(idle_domain("alpha", kUuid));
  AtStream early(house.world, house.libvirt, house.serial0());
  CHECK(early.wait_failed() == Failure::away);
  house.other.start("alpha");
  AtStream at(house.world, house.libvirt, house.serial0());
  at.wait_open();
  house.other.destroy("alpha");
  CHECK(at.wait_ended().empty());
  CHECK(at.stream->write(as_bytes("x")).kind == net::Io::Kind::error);
  at.want();
  CHECK(house.world.turns_left_alone() < World::kCalm);
  house.other.undefine("alpha");
  AtStream late(house.world, house.libvirt, house.serial0());
  CHECK(late.wait_failed() == Failure::away);
}

TEST_CASE("what libvirt cannot open is refused in its own words") {
  House house;
  house.other.create(idle_domain("alpha", kUuid, "<serial type='pty'/><serial type='null'/>"));
  auto settings = house.serial0();
  SUBCASE("no such device") {
    settings.device = "serial7";
    AtStream at(house.world, house.libvirt, settings);
    CHECK(at.wait_failed() == Failure::refused);
    CHECK(at.why.find("cannot find character device serial7") != std::string::npos);
  }
  SUBCASE("one that is not a pty") {
    settings.device = "serial1";
    AtStream at(house.world, house.libvirt, settings);
    CHECK(at.wait_failed() == Failure::refused);
    CHECK(at.why.find("is not using a PTY") != std::string::npos);
  }
  SUBCASE("a driver that has no consoles") {
    settings.uri = "test:///default";
    settings.uuid = "6695eb01-f6a4-8304-79aa-97f2502e193f";
    AtStream at(house.world, house.libvirt, settings);
    CHECK(at.wait_failed() == Failure::refused);
    CHECK(at.why.find("not supported by the connection driver") != std::string::npos);
  }
}

TEST_CASE("a stream ends with its libvirtd, and waits for one that is not there") {
  House house;
  house.other.create(idle_domain("alpha", kUuid));
  AtStream at(house.world, house.libvirt, house.serial0());
  at.wait_open();
  house.libvirtd.kill();
  CHECK(at.wait_ended() == "libvirt closed the connection");
  AtStream late(house.world, house.libvirt, house.serial0());
  CHECK(late.wait_failed() == Failure::away);
  CHECK(late.why.find("Failed to connect socket") != std::string::npos);
}

TEST_CASE("a stream may be destroyed by whom it tells") {
  House house;
  house.other.create(idle_domain("alpha", kUuid));
  auto settings = house.serial0();
  SUBCASE("that it is open") {}
  SUBCASE("that it failed") { settings.device = "serial7"; }
  AtStream at(house.world, house.libvirt, settings);
  at.on_told = [&] { at.stream.reset(); };
  house.world.run_until("it is destroyed", [&] { return !at.stream; });
  CHECK(house.world.turns_left_alone() < World::kCalm);
  CHECK(!house.libvirt.has_pending_calls());
}

TEST_CASE("what is typed faster than the guest reads is not taken for ever, and comes in order") {
  House house;
  house.other.create(linux_domain("alpha", kUuid));
  AtStream at(house.world, house.libvirt, house.serial0());
  at.wait_open();
  at.wait_for("charmux guest ready on ttyS0");
  at.type("stty -echo; head -c 30000 | md5sum\r");
  std::string lines;
  for (int n = 1000; n < 7000; ++n) lines += std::to_string(n) + "\r";
  house.world.run_until("it is sent", [&] { return at.unsent.empty(); });
  at.type(lines);
  CHECK(at.unsent.size() >= lines.size() - LibvirtStream::kMostUnsent);
  at.wait_for("4ec273262699aa4812ea01545cf7d115  -");  // of "1000\n" to "6999\n"
}
