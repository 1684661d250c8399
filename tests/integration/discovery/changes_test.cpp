// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "told.hpp"

using namespace charmux;
using namespace charmux::test;
using discovery::Kind;
using discovery::Located;

namespace {

/// One guest that has been found.
struct Found : Discovery {
  EmulatedQemu& qemu = boot("a.qmp");
  Found() {
    qemu.devices["/machine/peripheral/con"] = {"virtconsole", {{"chardev", "\"con\""}, {"nr", "0"}}};
    qemu.chardevs["con"] = {"pty", "pty:/dev/pts/8"};
    qemu.chardevs["compat_monitor0"] = {"socket", "unix:/x,server=on", R"({"type": "unix", "path": "/x"})", true};
    start({at("*.qmp")});
    run_until_told("is alpha");
  }
  [[nodiscard]] discovery::Chardev chardev(const std::string& label) const {
    for (const discovery::Chardev& one : guests.at(at("a.qmp")).chardevs) {
      if (one.label == label) return one;
    }
    return {};
  }
};

}  // namespace

TEST_CASE("a hot-swapped chardev is noticed, without a walk over the devices") {
  Found found;
  const int walked = found.qemu.count("qom-list");
  found.qemu.put_on_socket("serial0", "/run/serial.sock");
  found.run_until("it is told", [&] { return found.tells("is alpha") == 2; });
  CHECK(found.chardev("serial0").shown == "unix:/run/serial.sock");
  CHECK(found.qemu.count("qom-list") == walked + 1);
}

TEST_CASE("a pty with another number is noticed") {
  Found found;
  found.qemu.chardevs["serial0"].filename = "pty:/dev/pts/9";
  found.run_until("it is told", [&] { return found.tells("is alpha") == 2; });
  CHECK(found.chardev("serial0").shown == "pty:/dev/pts/9");
}

TEST_CASE("chardevs and devices that are added or removed are noticed") {
  Found found;
  found.qemu.add_serial(1, "/dev/pts/11");
  found.run_until("it is told", [&] { return found.chardev("serial1").kind == Kind::serial; });
  found.qemu.devices.erase("/machine/peripheral/con");
  found.qemu.tell("DEVICE_DELETED", 1);
  found.run_until("it is told", [&] { return found.chardev("con").kind == Kind::other; });
  found.qemu.chardevs.erase("con");
  found.run_until("it is told", [&] { return found.chardev("con").label.empty(); });
}

TEST_CASE("a client that comes and goes is no change of the guest") {
  Found found;
  found.qemu.put_on_socket("serial0", "/run/serial.sock");
  found.run_until("it is told", [&] { return found.tells("is alpha") == 2; });
  for (const bool connected : {true, false, true}) {
    found.qemu.connect("serial0", connected);
    found.let_look();
  }
  CHECK(found.tells("is alpha") == 2);
}

TEST_CASE("a socket chardev that another client has is held, and where it is is asked each time") {
  Found found;
  found.qemu.put_on_socket("serial0", "/run/one.sock");
  found.run_until("it is told", [&] { return found.tells("is alpha") == 2; });
  CHECK(found.locate("a.qmp", "serial0").kind == Located::Kind::here);
  found.qemu.connect("serial0", true);
  const Located held = found.locate("a.qmp", "serial0");
  CHECK(held.kind == Located::Kind::held);
  CHECK(held.reason == "held by another client");
  found.qemu.chardevs["serial0"] = {"pty", "pty:/dev/pts/77"};
  const Located here = found.locate("a.qmp", "serial0");
  CHECK(here.kind == Located::Kind::here);
  CHECK(here.at == address::Backend(address::Pty{"/dev/pts/77"}));
}

TEST_CASE("what cannot be opened is not located, and says why") {
  Found found;
  const Located monitor = found.locate("a.qmp", "compat_monitor0");
  CHECK(monitor.kind == Located::Kind::refused);
  CHECK(monitor.reason == "a QEMU monitor");
  CHECK_FALSE(monitor.at.has_value());
  CHECK(found.locate("a.qmp", "nosuch").kind == Located::Kind::gone);
  CHECK(found.locate("b.qmp", "serial0").kind == Located::Kind::ended);
  found.qemu.chardevs["serial0"] = {"null", "null"};
  const Located nothing = found.locate("a.qmp", "serial0");
  CHECK(nothing.kind == Located::Kind::refused);
  CHECK(nothing.reason == "null: nothing to see");
}

TEST_CASE("a question that is open when the guest dies is answered") {
  Found found;
  std::string answer;
  found.source->locate(found.at("a.qmp"), "serial0", false,
                       [&](const Located& located) { answer = located.kind == Located::Kind::ended ? "ended" : "?"; });
  found.source->send_break(found.at("a.qmp"), "serial0", [&](const Status& sent) { answer += sent ? "?" : " failed"; });
  found.qemus.clear();
  found.run_until("both are answered", [&] { return answer == "ended failed"; });
}

TEST_CASE("a break goes to the chardev of that name, and is refused where the guest would not feel it") {
  Found found;
  std::vector<std::string> answers;
  const auto note = [&](const Status& sent) { answers.push_back(sent ? "sent" : sent.error().text); };
  for (const std::string label : {"serial0", "con", "compat_monitor0", "nosuch"})
    found.source->send_break(found.at("a.qmp"), label, note);
  found.source->send_break(found.at("b.qmp"), "serial0", note);
  CHECK(answers.empty());
  found.run_until("all are answered", [&] { return answers.size() == 5; });
  CHECK(found.qemu.breaks == std::vector<std::string>{"serial0"});
  std::sort(answers.begin(), answers.end());
  CHECK(answers == std::vector<std::string>{"a QEMU monitor", "sent", "the guest has no chardev nosuch",
                                            "the guest is not running", "virtio consoles have none"});
}

TEST_CASE("what happens to a guest is told once, whether it ends in order or not") {
  Found found;
  found.qemu.tell("RESET", 10);
  found.qemu.tell("RESET", 500000);
  found.qemu.tell("STOP", 20);
  found.qemu.tell("STOP", 30);
  found.qemu.tell("RESUME", 40);
  found.qemu.tell("SHUTDOWN", 50);
  found.run_until_told("is shutting down");
  found.qemus.clear();
  found.run_until_told("ended alpha");
  CHECK(found.told == std::vector<std::string>{"is alpha", "was reset", "is paused", "is alpha", "runs again",
                                               "is alpha", "is shutting down", "ended alpha"});
}
