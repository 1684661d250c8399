// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>

#include "kit/out_of_descriptors.hpp"
#include "kit/privileges.hpp"
#include "told.hpp"

using namespace charmux;
using namespace charmux::test;
using namespace std::chrono_literals;
using discovery::Kind;
using discovery::Located;

namespace {

constexpr const char* kWalk = "qom-list /machine";

}  // namespace

TEST_CASE("a link that leads to libvirt's monitor by now is not followed, whenever that is") {
  Discovery discovery;
  discovery.boot("mine.sock").killed = true;
  std::filesystem::create_directories(discovery.at("libvirt/qemu"));
  EmulatedQemu& libvirts = discovery.boot("libvirt/qemu/monitor.sock");
  std::filesystem::create_symlink(discovery.at("mine.sock"), discovery.at("a.qmp"));
  discovery.start({discovery.at("*.qmp")});
  discovery.run_until_told("is alpha");
  std::filesystem::create_symlink(discovery.at("libvirt/qemu/monitor.sock"), discovery.at("next"));
  std::filesystem::rename(discovery.at("next"), discovery.at("a.qmp"));
  discovery.let_look_at(0);
  CHECK(discovery.guests.size() == 1);
  discovery.qemus[0]->monitor.hang_up();
  discovery.qemus[0]->frozen = true;
  discovery.run_until_told("hidden a: libvirt's; use --libvirt");
  for (int turn = 0; turn < 200; ++turn) discovery.world.turn();
  libvirts.poll();
  CHECK(libvirts.monitor.connections == 0);
}

TEST_CASE("what is being asked of a monitor that turns out to be libvirt's is answered") {
  Discovery discovery;
  EmulatedQemu& qemu = discovery.boot("a.qmp");
  discovery.start({discovery.at("*.qmp")});
  discovery.run_until_told("is alpha");
  // It is noticed in a look that takes several answers; both are asked in each turn of it.
  qemu.chardevs["charmonitor"] = {"socket", "unix:/elsewhere/monitor.sock,server=on", "{}", true};
  std::vector<std::string> found;
  std::vector<std::string> sent;
  std::size_t asked = 0;
  discovery.run_until("it is libvirt's", [&] {
    if (!discovery.hidden.empty()) return true;
    ++asked;
    discovery.source->locate(discovery.at("a.qmp"), "serial0", false,
                             [&](const Located& located) { found.push_back(located.reason); });
    discovery.source->send_break(discovery.at("a.qmp"), "serial0",
                                 [&](const Status& status) { sent.push_back(status ? "" : status.error().text); });
    return false;
  });
  CHECK(discovery.hidden.begin()->second == "libvirt's; use --libvirt");
  (void)discovery.world.turns_left_alone();
  CHECK(found.size() == asked);
  CHECK(sent.size() == asked);
  CHECK(found.back() == "libvirt's; use --libvirt");
  CHECK(sent.back() == discovery.at("a.qmp") + " is libvirt's; use --libvirt");
}

TEST_CASE("guests without name and UUID are two, even if one program made the sockets of both") {
  Discovery discovery;
  discovery.boot("a.qmp", "");
  discovery.boot("b.qmp", "").chardevs["serial0"] = {"pty", "pty:/dev/pts/8"};
  discovery.start({discovery.at("*.qmp")});
  discovery.run_until("both are seen", [&] { return discovery.guests.size() == 2; });
  CHECK(discovery.hidden.empty());
}

TEST_CASE("two monitors of a guest without name and UUID are one guest, whoever is connected to its chardevs") {
  Discovery discovery;
  for (const char* file : {"a.qmp", "b.qmp"}) {
    EmulatedQemu& qemu = discovery.boot(file, "");
    qemu.put_on_socket("serial0", "/run/serial.sock");
    qemu.connect("serial0", file[0] == 'a');
  }
  discovery.start({discovery.at("*.qmp")});
  discovery.run_until("both are seen", [&] { return discovery.guests.size() + discovery.hidden.size() == 2; });
  CHECK(discovery.guests.size() == 1);
}

TEST_CASE("a break that a frozen QEMU does not send is answered, once") {
  Discovery discovery;
  discovery.settings.brk = 30ms;
  EmulatedQemu& qemu = discovery.boot("a.qmp");
  discovery.start({discovery.at("*.qmp")});
  discovery.run_until_told("is alpha");
  qemu.frozen = true;
  std::vector<std::string> answers;
  const auto note = [&](const Status& sent) { answers.push_back(sent ? "sent" : sent.error().text); };
  discovery.source->send_break(discovery.at("a.qmp"), "serial0", note);
  discovery.run_until("it is answered", [&] { return !answers.empty(); });
  CHECK(answers == std::vector<std::string>{"QEMU does not answer"});
  CHECK(discovery.guests.size() == 1);
  // What QEMU says when it goes on is about a break that nobody waits for any more.
  qemu.frozen = false;
  discovery.run_until("it comes late", [&] { return qemu.breaks.size() == 1; });
  discovery.let_look();
  CHECK(answers.size() == 1);
  discovery.source->send_break(discovery.at("a.qmp"), "serial0", note);
  discovery.run_until("the next is sent", [&] { return answers.size() == 2; });
  CHECK(answers.back() == "sent");
}

TEST_CASE("a break that was asked for may outlive all that could answer it") {
  Discovery discovery;
  EmulatedQemu& qemu = discovery.boot("a.qmp");
  discovery.start({discovery.at("*.qmp")});
  discovery.run_until_told("is alpha");
  qemu.frozen = true;
  int answers = 0;
  discovery.source->send_break(discovery.at("a.qmp"), "serial0", [&](const Status&) { ++answers; });
  discovery.source.reset();
  (void)discovery.world.turns_left_alone();
  CHECK(answers == 0);
}

TEST_CASE("a frozen QEMU is hidden as such, until it answers or is gone") {
  Discovery discovery(30ms);
  discovery.settings.answer = 30ms;
  EmulatedQemu& qemu = discovery.boot("a.qmp");
  discovery.start({discovery.at("*.qmp")});
  discovery.run_until_told("is alpha");
  qemu.frozen = true;
  discovery.run_until_told("hidden a: QEMU does not answer");
  for (int turn = 0; turn < 500; ++turn) discovery.world.turn();
  CHECK(discovery.told == std::vector<std::string>{"is alpha", "ended alpha", "hidden a: QEMU does not answer"});
  SUBCASE("it answers") {
    qemu.frozen = false;
    discovery.run_until("it is there again", [&] { return discovery.tells("is alpha") == 2; });
  }
  SUBCASE("it is gone") { discovery.qemus.clear(); }
  discovery.run_until("that is over", [&] { return discovery.hidden.empty(); });
  CHECK(discovery.tells("hidden a: monitor busy") == 0);
}

TEST_CASE("a guest that opens and closes a port again and again has its devices looked at now and then") {
  Discovery discovery;
  discovery.settings.walk = 1h;
  EmulatedQemu& qemu = discovery.boot("a.qmp");
  discovery.start({discovery.at("*.qmp")});
  discovery.run_until_told("is alpha");
  const int walked = qemu.count(kWalk);
  for (int times = 0; times < 5; ++times) {
    qemu.chardevs["serial0"].frontend_open = times % 2 != 0;
    discovery.let_look();
  }
  CHECK(qemu.count(kWalk) == walked);
  // A chardev more, or a device less, is another matter.
  qemu.add_serial(1, "/dev/pts/11");
  discovery.run_until("both are told", [&] { return discovery.guests.begin()->second.chardevs.size() == 2; });
  discovery.run_until("the devices were looked at", [&] { return qemu.count(kWalk) > walked; });
  qemu.devices.erase("/machine/unattached/device[11]");
  qemu.tell("DEVICE_DELETED", 1);
  discovery.run_until("it is told",
                      [&] { return discovery.guests.begin()->second.chardevs.back().kind == Kind::other; });
}

TEST_CASE("a device that came with nothing but its chardev being open is found in the end") {
  Discovery discovery;
  discovery.settings.walk = 100ms;
  EmulatedQemu& qemu = discovery.boot("a.qmp");
  qemu.chardevs["late"] = {"pty", "pty:/dev/pts/8", {}, false, false};
  discovery.start({discovery.at("*.qmp")});
  discovery.run_until_told("is alpha");
  qemu.devices["/machine/peripheral/late"] = {"virtconsole", {{"chardev", "\"late\""}, {"nr", "0"}}};
  qemu.chardevs["late"].frontend_open = true;
  discovery.run_until("it is told",
                      [&] { return discovery.guests.begin()->second.chardevs.back().kind == Kind::console; });
}

TEST_CASE("guests are found in a folder that is removed and made again") {
  Discovery discovery;
  std::filesystem::create_directory(discovery.at("vms"));
  discovery.boot("vms/a.qmp");
  discovery.start({discovery.at("vms/*.qmp")});
  for (int times = 1; times <= 3; ++times) {
    discovery.run_until("it is there", [&] { return discovery.tells("is alpha") == times; });
    discovery.qemus.clear();
    std::filesystem::remove_all(discovery.at("vms"));
    discovery.run_until("it has ended", [&] { return discovery.tells("ended alpha") == times; });
    std::filesystem::create_directory(discovery.at("vms"));
    discovery.boot("vms/a.qmp");
  }
}

TEST_CASE("where the kernel tells of no files, they are looked for all the same") {
  Discovery discovery;
  {
    const OutOfDescriptors none;
    discovery.start({discovery.at("*.qmp")});
  }
  discovery.boot("a.qmp");
  discovery.run_until_told("is alpha");
  discovery.qemus.clear();
  discovery.run_until_told("ended alpha");
  discovery.boot("b.qmp", "beta");
  discovery.run_until_told("is beta");
}

TEST_CASE("a socket that becomes ours to connect to is tried at once") {
  Discovery discovery;
  discovery.settings.reopen_first = discovery.settings.reopen_most = 1h;
  discovery.boot("a.qmp");
  ::chmod(discovery.at("a.qmp").c_str(), 0);
  const WithoutPrivileges nobody;
  discovery.start({discovery.at("*.qmp")});
  discovery.run_until_told("hidden a: Permission denied; run charmuxd as root or as the owner of the socket");
  ::chmod(discovery.at("a.qmp").c_str(), 0600);
  discovery.run_until_told("is alpha");
  CHECK(discovery.hidden.empty());
}
