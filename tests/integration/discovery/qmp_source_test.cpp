// SPDX-License-Identifier: Apache-2.0
#include "discovery/qmp_source.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>

#include <filesystem>

#include "told.hpp"

using namespace charmux;
using namespace charmux::test;
using namespace std::chrono_literals;
using discovery::Located;

TEST_CASE("a guest is found with its consoles, and told once while nothing changes") {
  Discovery discovery;
  EmulatedQemu& qemu = discovery.boot("a.qmp");
  qemu.uuid = "ABCDEF01-0000-0000-0000-000000000000";
  qemu.running = false;
  discovery.start({discovery.at("*.qmp")});
  discovery.run_until_told("is alpha");
  const discovery::Guest& guest = discovery.guests.at(discovery.at("a.qmp"));
  CHECK(guest.uuid == "abcdef01-0000-0000-0000-000000000000");
  CHECK(guest.pid == ::getpid());
  CHECK(guest.paused);
  REQUIRE(guest.chardevs.size() == 1);
  CHECK(guest.chardevs[0].label == "serial0");
  CHECK(guest.chardevs[0].primary);
  CHECK(guest.chardevs[0].at == address::Backend(address::Pty{"/dev/pts/7"}));
  discovery.let_look();
  CHECK(discovery.told.size() == 1);
}

TEST_CASE("a guest without a name is called as its socket's file, and an all-zero UUID is none") {
  Discovery discovery;
  discovery.boot("lab.1.qmp", "");
  discovery.start({discovery.at("lab.1.qmp")});
  discovery.run_until_told("is lab.1");
  CHECK(discovery.guests.at(discovery.at("lab.1.qmp")).uuid.empty());
}

TEST_CASE("guests are found that come after the start, in folders that come after the start") {
  Discovery discovery;
  discovery.start({discovery.at("*.qmp"), discovery.at("vms/*/monitor"), discovery.at("later/one.qmp")});
  discovery.let_look();
  discovery.boot("a.qmp", "alpha");
  discovery.run_until_told("is alpha");
  std::filesystem::create_directories(discovery.at("vms/beta"));
  discovery.boot("vms/beta/monitor", "beta");
  std::filesystem::create_directories(discovery.at("later"));
  discovery.boot("later/one.qmp", "one");
  discovery.run_until_told("is beta");
  discovery.run_until_told("is one");
}

TEST_CASE("a socket that appears before it listens is found when it does") {
  Discovery discovery;
  discovery.start({discovery.at("*.qmp")});
  const At at = At::path(discovery.at("a.qmp"));
  const UniqueFd early = at.socket();
  ::fcntl(early.get(), F_SETFL, O_NONBLOCK);
  REQUIRE(::bind(early.get(), at.raw(), at.length) == 0);
  for (int turn = 0; turn < 200; ++turn) discovery.world.turn();
  CHECK(discovery.told.empty());
  REQUIRE(::listen(early.get(), 1) == 0);
  UniqueFd client;
  discovery.run_until("it is connected to", [&] {
    client.reset(::accept4(early.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    return static_cast<bool>(client);
  });
}

TEST_CASE("a guest that ends is told once, and is found again when it is back") {
  Discovery discovery;
  discovery.boot("a.qmp");
  discovery.start({discovery.at("*.qmp")});
  for (int life = 1; life <= 3; ++life) {
    discovery.run_until("it is there", [&] { return discovery.tells("is alpha") == life; });
    // A killed QEMU leaves its file behind.
    discovery.qemus[0]->killed = life == 2;
    discovery.qemus.clear();
    discovery.run_until("it has ended", [&] { return discovery.tells("ended alpha") == life; });
    CHECK(discovery.locate("a.qmp", "serial0").kind == Located::Kind::ended);
    discovery.boot("a.qmp");
  }
  CHECK(discovery.hidden.empty());
}

TEST_CASE("a monitor that another serves is hidden as busy, and the guest shown when it is free") {
  Discovery discovery(50ms);
  EmulatedQemu& qemu = discovery.boot("a.qmp");
  qemu.monitor.greets = false;
  discovery.start({discovery.at("*.qmp")});
  discovery.run_until_told("hidden a: monitor busy");
  qemu.monitor.greets = true;
  discovery.run_until_told("is alpha");
  CHECK(discovery.hidden.empty());
  CHECK(discovery.tells("hidden a: ") == 1);
}

TEST_CASE("what is no QMP is hidden and says so, until it is gone") {
  Discovery discovery;
  EmulatedQemu& other = discovery.boot("a.qmp");
  other.monitor.greets = false;
  discovery.start({discovery.at("*.qmp")});
  discovery.run_until("it is hidden", [&] {
    if (other.monitor.client) other.monitor.say("SSH-2.0-OpenSSH_9.2p1\r\n");
    return !discovery.hidden.empty();
  });
  CHECK(discovery.hidden.begin()->second.find("not QMP") != std::string::npos);
  discovery.qemus.clear();
  discovery.run_until("that is over", [&] { return discovery.hidden.empty(); });
}

TEST_CASE("nobody is told of a socket that a dead QEMU left") {
  Discovery discovery;
  discovery.boot("a.qmp").killed = true;
  discovery.qemus.clear();
  discovery.boot("b.qmp", "beta");
  discovery.start({discovery.at("*.qmp")});
  discovery.run_until_told("is beta");
  discovery.let_look();
  CHECK(discovery.told.size() == 1);
}

TEST_CASE("libvirt's monitors are not connected to") {
  Discovery discovery;
  std::filesystem::create_directories(discovery.at("libvirt/qemu"));
  std::filesystem::create_directory_symlink(discovery.at("libvirt/qemu"), discovery.at("linked"));
  EmulatedQemu& libvirts = discovery.boot("libvirt/qemu/monitor.sock");
  discovery.start({discovery.at("linked/*.sock")});
  discovery.run_until_told("hidden monitor: libvirt's; use --libvirt");
  for (int turn = 0; turn < 200; ++turn) discovery.world.turn();
  libvirts.poll();
  CHECK(libvirts.monitor.connections == 0);
}

TEST_CASE("a monitor that turns out to be libvirt's is left at once, and looked at again only when it is another") {
  Discovery discovery;
  EmulatedQemu& libvirts = discovery.boot("a.qmp");
  libvirts.chardevs["charmonitor"] = {"socket", "unix:/elsewhere/monitor.sock,server=on", "{}", true};
  discovery.start({discovery.at("*.qmp")});
  discovery.run_until_told("hidden a: libvirt's; use --libvirt");
  discovery.run_until("it is left", [&] { return libvirts.monitor.client.ended(); });
  for (int turn = 0; turn < 500; ++turn) discovery.world.turn();
  libvirts.poll();
  CHECK(libvirts.monitor.connections == 1);
  CHECK(discovery.guests.empty());
  discovery.qemus.clear();
  discovery.boot("a.qmp", "beta");
  discovery.run_until_told("is beta");
  CHECK(discovery.hidden.empty());
}

TEST_CASE("a guest with two monitors is one guest, and stays when one of them goes") {
  Discovery discovery;
  discovery.boot("a.qmp");
  discovery.boot("b.qmp");
  discovery.boot("c.qmp", "gamma");
  discovery.start({discovery.at("*.qmp")});
  discovery.run_until("all are seen", [&] { return discovery.guests.size() == 2 && discovery.hidden.size() == 1; });
  const bool a_is_shown = discovery.guests.count(discovery.at("a.qmp")) == 1;
  const std::size_t shown = a_is_shown ? 0 : 1;
  CHECK(discovery.hidden.begin()->second == "the same guest as " + discovery.at(a_is_shown ? "a.qmp" : "b.qmp"));
  discovery.qemus.erase(discovery.qemus.begin() + static_cast<std::ptrdiff_t>(shown));
  discovery.run_until("the other shows it",
                      [&] { return discovery.guests.count(discovery.at(a_is_shown ? "b.qmp" : "a.qmp")) == 1; });
  CHECK(discovery.hidden.empty());
  CHECK(discovery.tells("ended alpha") == 1);
}
