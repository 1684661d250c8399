// SPDX-License-Identifier: Apache-2.0
#include "support/domain_house.hpp"

using namespace charmux;
using discovery::Chardev;
using discovery::Kind;
using test::domain;
using test::found_in;
using test::mirror;
using test::serial;

namespace {

std::string console(const std::string& target, const std::string& pty, const std::string& alias) {
  return "    <console type='pty'>\n      <source path='" + pty + "'/>\n      <target type='" + target +
         "' port='1'/>\n      <alias name='" + alias + "'/>\n    </console>\n";
}

std::string channel(const std::string& type, const std::string& source, const std::string& name,
                    const std::string& alias = "channel0") {
  return "    <channel type='" + type + "'>\n      " + source + "\n      <target type='virtio' name='" + name +
         "' state='disconnected'/>\n      <alias name='" + alias + "'/>\n    </channel>\n";
}

std::string pty(int number) { return "<source path='/dev/pts/" + std::to_string(number) + "'/>"; }

/// "kind position called", "*" behind the primary one.
std::vector<std::string> places(const std::vector<Chardev>& found) {
  std::vector<std::string> out;
  for (const Chardev& chardev : found) {
    out.push_back(std::string(text_of(chardev.kind)) + " " + std::to_string(chardev.position) + " " + chardev.called +
                  (chardev.primary ? "*" : ""));
  }
  return out;
}

using Places = std::vector<std::string>;

}  // namespace

TEST_CASE("a domain's chardevs have their places in the XML's order, each kind for itself") {
  const auto found =
      found_in(domain(serial("pty", pty(0)) + serial("pty", pty(1), "serial1") + "<parallel type='pty'>" + pty(2) +
                      "<target port='0'/><alias name='parallel0'/></parallel>" + mirror("pty", pty(0)) +
                      console("virtio", "/dev/pts/3", "console1")));
  CHECK(places(found) == Places{"serial 0 serial0*", "serial 1 serial1", "console 0 console0", "parallel 0 parallel0"});
  REQUIRE(found.size() == 4);
  CHECK(found[1].shown == "pty:/dev/pts/1");
  CHECK(found[2].shown == "pty:/dev/pts/3");
  CHECK(found[2].label == "console1");
  CHECK(found[3].label == "parallel0");
}

TEST_CASE("the console that mirrors serial 0 is no second one, whatever its type") {
  for (const std::string type : {"pty", "file", "null"}) {
    const auto found =
        found_in(domain(serial(type, "<source path='/tmp/m'/>") + mirror(type, "<source path='/tmp/m'/>")));
    CHECK(places(found) == Places{"serial 0 serial0*"});
  }
  const auto two = found_in(domain(serial("pty", pty(0)) + mirror("pty", pty(0)) + mirror("pty", pty(1), "console1")));
  CHECK(places(two) == Places{"serial 0 serial0*", "console 0 console0"});
}

TEST_CASE("a console that mirrors a serial that is not written is that serial") {
  const auto found = found_in(domain(mirror("pty", "", "")), test::kShutOff);
  CHECK(places(found) == Places{"serial 0 serial0*"});
  CHECK(found.at(0).why_no_break.empty());
  const auto bare = found_in(domain("<console type='pty'/>" + console("virtio", "/dev/pts/1", "console1")));
  CHECK(places(bare) == Places{"serial 0 serial0*", "console 0 console0"});
}

TEST_CASE("without a serial the first console bears the guest's name") {
  const auto found =
      found_in(domain(console("virtio", "/dev/pts/0", "console0") + console("virtio", "/dev/pts/1", "console1")));
  CHECK(places(found) == Places{"console 0 console0*", "console 1 console1"});
}

TEST_CASE("what cannot be offered keeps its place, and the guest's name") {
  const auto found = found_in(domain(serial("null", "") + serial("pty", pty(0), "serial1") + mirror("null", "")));
  CHECK(places(found) == Places{"serial 0 serial0*", "serial 1 serial1"});
  CHECK(found.at(0).reason == "null: nothing to see");
  CHECK(found.at(1).reason.empty());
}

TEST_CASE("a user alias is what a console is called, running or not") {
  const std::string xml =
      domain(serial("pty", "", "ua-mgmt") + mirror("pty", "", "ua-mgmt") + console("virtio", "/dev/pts/1", "ua-hv") +
             channel("unix", "", "org.qemu.guest_agent.0", "ua-agent"));
  for (const discovery::DomainView& view : {test::kRuns, test::kShutOff}) {
    const auto found = found_in(xml, view);
    CHECK(places(found) == Places{"serial 0 mgmt*", "console 0 hv", "other 0 agent"});
    CHECK(found.at(0).label == "ua-mgmt");
  }
}

TEST_CASE("while a domain is shut off its chardevs have their names, and no labels yet") {
  const auto found =
      found_in(domain(serial("pty", "", "") + serial("pty", "", "") + mirror("pty", "", "")), test::kShutOff);
  CHECK(places(found) == Places{"serial 0 serial0*", "serial 1 serial1"});
  CHECK(found.at(0).label.empty());
  CHECK_FALSE(found.at(0).at);
  CHECK(found.at(0).reason.empty());
}

TEST_CASE("a channel is a console when its name says so") {
  const std::string kBind = "<source mode='bind' path='/run/c.sock'/>";
  const auto found = found_in(
      domain(channel("unix", "<source mode='bind' path='/run/agent.sock'/>", "org.qemu.guest_agent.0", "channel0") +
             channel("unix", kBind, "org.qemu.console.0", "channel1") +
             channel("pty", pty(2), "com.example.console", "channel2") + channel("null", "", "console", "channel3")));
  CHECK(places(found) ==
        Places{"channel 0 channel0", "channel 1 channel1", "channel 2 channel2", "other 0 org.qemu.guest_agent.0"});
  REQUIRE(found.size() == 4);
  CHECK(found[0].shown == "unix:/run/c.sock");
  CHECK(found[0].at.has_value());
  CHECK(found[0].label == "channel1");
  CHECK(found[0].why_no_break == "virtio channels have none");
  CHECK(found[1].shown == "pty:/dev/pts/2");
  CHECK(found[2].reason == "null: nothing to see");
}

TEST_CASE("any other channel is listed with what it is, and never opened") {
  struct Row {
    std::string xml;
    std::string called;
    std::string reason;
  };
  const std::string kUnix = "<source mode='bind' path='/run/c.sock'/>";
  const std::vector<Row> rows = {
      {channel("unix", kUnix, "org.qemu.guest_agent.0"), "org.qemu.guest_agent.0", "the guest agent's channel"},
      {channel("pty", pty(1), "org.qemu.guest_agent.1"), "org.qemu.guest_agent.1", "the guest agent's channel"},
      {channel("unix", kUnix, "com.redhat.spice.0"), "com.redhat.spice.0", "the SPICE agent's channel"},
      {channel("spicevmc", "", "com.redhat.spice.0"), "com.redhat.spice.0", "a SPICE channel"},
      {channel("qemu-vdagent", "<source><mouse mode='client'/></source>", "com.redhat.spice.0"), "com.redhat.spice.0",
       "QEMU's own SPICE agent"},
      {channel("spiceport", "<source channel='org.spice-space.webdav.0'/>", "org.spice-space.webdav.0"),
       "org.spice-space.webdav.0", "a SPICE channel"},
      {channel("unix", kUnix, "org.spice-space.webdav.0"), "org.spice-space.webdav.0", "a SPICE channel"},
      {channel("unix", kUnix, "org.libguestfs.channel.0"), "org.libguestfs.channel.0", "libguestfs's channel"},
      {channel("unix", kUnix, "my.data"), "my.data", "a virtio channel (my.data), not a console"},
      {channel("unix", kUnix, "org.consoles.0"), "org.consoles.0", "a virtio channel (org.consoles.0), not a console"},
      {"<channel type='pty'>" + pty(2) + "<target type='virtio' state='disconnected'/></channel>", "virtio0",
       "a virtio channel, not a console"},
      {"<channel type='unix'>" + kUnix + "<target type='guestfwd' address='10.0.2.100' port='4600'/></channel>",
       "guestfwd0", "guestfwd: a port of the guest's network, not a console"},
      {"<channel type='unix'>" + kUnix + "<target type='xen' name='org.qemu.console.0'/></channel>",
       "org.qemu.console.0", "a channel of type xen, not a console"},
  };
  for (const Row& row : rows) {
    const auto found = found_in(domain(row.xml));
    REQUIRE(found.size() == 1);
    CHECK((found[0].kind == Kind::other));
    CHECK(found[0].called == row.called);
    CHECK(found[0].reason == row.reason);
    CHECK_FALSE(found[0].at);
    CHECK_FALSE(found[0].primary);
  }
}

TEST_CASE("a break reaches a serial port, where its device hears one") {
  const auto why = [](const std::string& target, const std::string& element = "serial",
                      const std::string& type = "kvm") {
    const auto found = found_in(domain("<" + element + " type='pty'>" + pty(0) + target + "</" + element + ">", type));
    REQUIRE(found.size() == 1);
    return found[0].why_no_break;
  };
  const auto model = [](const std::string& type, const std::string& name) {
    return "<target type='" + type + "' port='0'><model name='" + name + "'/></target>";
  };
  for (const std::string hears : {"isa-serial", "usb-serial", "pci-serial", "pl011", "16550a"}) {
    CAPTURE(hears);
    CHECK(why(model("x-serial", hears)).empty());
  }
  CHECK(why("<target port='0'/>").empty());
  CHECK(why("").empty());
  CHECK(why("<target type='system-serial' port='0'/>").empty());
  CHECK(why(model("spapr-vio-serial", "spapr-vty")) == "QEMU's spapr-vty takes none");
  CHECK(why(model("isa-debug", "isa-debugcon")) == "isa-debugcon is not known to take one");
  CHECK(why(model("sclp-serial", "sclpconsole")) == "SCLP consoles have none");
  CHECK(why("<target type='virtio' port='0'/>", "console") == "virtio consoles have none");
  CHECK(why("<target type='sclplm' port='0'/>", "console") == "SCLP consoles have none");
  CHECK(why("<target type='xen' port='0'/>", "console", "xen") == "Xen consoles have none");
  CHECK(why("<target type='lxc' port='0'/>", "console", "lxc") == "lxc is not known to take one");
  CHECK(why("<target port='0'/>", "parallel") == "parallel ports have none");
  CHECK(why(model("isa-serial", "isa-serial"), "serial", "xen") == "libvirt sends one to QEMU's guests only");
}

TEST_CASE("consoles of other kinds are consoles, too") {
  for (const std::string target : {"sclp", "sclplm", "xen", "lxc", "uml", "openvz", "none", "new"}) {
    CAPTURE(target);
    const auto found = found_in(domain(console(target, "/dev/pts/0", "console0"), "lxc"));
    CHECK(places(found) == Places{"console 0 console0*"});
    CHECK(found.at(0).shown == "pty:/dev/pts/0");
  }
}

TEST_CASE("a domain without chardevs has none, and only <devices> has them") {
  CHECK(found_in(domain("")).empty());
  CHECK(found_in("<domain/>").empty());
  CHECK(found_in("<?xml version='1.0'?><!-- a --><domain><serial type='pty'/><metadata><devices>"
                 "<serial type='pty'/></devices></metadata></domain>")
            .empty());
}

TEST_CASE("what is no domain's XML says so") {
  const auto error = [](const std::string& xml) {
    const auto found = discovery::chardevs_of_domain(xml, test::kRuns);
    return found ? std::string() : found.error().text;
  };
  CHECK(error("").starts_with("its XML is broken at byte 0: "));
  CHECK(error("<domain><devices>").starts_with("its XML is broken at byte "));
  CHECK(error(domain("").substr(0, 200)).starts_with("its XML is broken at byte "));
  CHECK(error("no XML at all").starts_with("its XML is broken at byte "));
  CHECK(error("<network><devices/></network>") == "its XML is of no domain: it begins with <network>");
}
