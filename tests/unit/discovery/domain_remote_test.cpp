// SPDX-License-Identifier: Apache-2.0
// What the XML of another host's libvirt says of paths, ptys and loopback is about that host, and never opened here.
#include "support/domain_house.hpp"

using namespace charmux;
using test::check_fates;

namespace {

const discovery::DomainView kHv7{true, "hv7"};
const discovery::DomainView kSomewhere{true, ""};

}  // namespace

TEST_CASE("of another host, a pty comes by way of libvirt, running or not") {
  const std::vector<test::Fate> fates = {
      {"pty", "<source path='/dev/pts/0'/>", "libvirt stream", "", "", discovery::Way::stream},
      {"pty", "", "libvirt stream", "", "", discovery::Way::stream},
  };
  check_fates(fates, kHv7);
  check_fates(fates, kSomewhere);
  check_fates(fates, {false, "hv7"});
}

TEST_CASE("of another host, no path is opened here") {
  const std::string kThere = "it is on host hv7; of that libvirt passes on ptys alone";
  check_fates(
      {
          {"file", "<source path='/var/log/a.log'/>", "file:/var/log/a.log", "", kThere},
          {"pipe", "<source path='/run/a'/>", "pipe:/run/a", "", kThere},
          {"unix", "<source mode='bind' path='/run/a.sock'/>", "unix:/run/a.sock", "", kThere},
          {"unix", "<source mode='connect' path='/run/a.sock'/>", "unix:/run/a.sock", "", kThere},
          {"unix", "<source mode='bind'/>", "unix:", "", kThere},
          {"udp",
           "<source mode='bind' host='127.0.0.1' service='1'/><source mode='connect' host='127.0.0.1' service='2'/>",
           "udp:127.0.0.1:1", "", kThere},
          {"dev", "<source path='/dev/ttyUSB0'/>", "dev:/dev/ttyUSB0", "",
           "QEMU has the device /dev/ttyUSB0 of host hv7 open"},
          {"null", "", "null", "", "null: nothing to see"},
      },
      kHv7);
  check_fates({{"file", "<source path='/a'/>", "file:/a", "", "it is on another host; of that"}}, kSomewhere);
}

TEST_CASE("of another host, a TCP port is had where it listens at an address that is reached from here") {
  check_fates(
      {
          {"tcp", "<source mode='bind' host='0.0.0.0' service='1'/>", "tcp:hv7:1", "tcp:hv7:1", ""},
          {"tcp", "<source mode='bind' host='' service='1'/><protocol type='telnet'/>", "telnet:hv7:1", "telnet:hv7:1",
           ""},
          {"tcp", "<source mode='bind' host='::' service='1' tls='yes'/>", "tls:hv7:1", "tls:hv7:1", ""},
          {"tcp", "<source mode='bind' host='10.0.0.7' service='1'/>", "tcp:10.0.0.7:1", "tcp:10.0.0.7:1", ""},
          {"tcp", "<source mode='bind' host='127.0.0.1' service='1'/>", "tcp:127.0.0.1:1", "",
           "it listens on the loopback of host hv7; make it a pty"},
          {"tcp", "<source mode='bind' host='localhost' service='1'/>", "tcp:localhost:1", "",
           "it listens on the loop"},
          {"tcp", "<source mode='bind' host='::1' service='1'/>", "tcp:[::1]:1", "", "it listens on the loopback of"},
          {"tcp", "<source mode='bind' host='0.0.0.0' service='0'/>", "tcp:127.0.0.1:0", "",
           "its port is 0: the real one is known to QEMU on host hv7 alone; write a fixed port"},
      },
      kHv7);
  check_fates({{"tcp", "<source mode='bind' host='0.0.0.0' service='1'/>", "tcp:0.0.0.0:1", "",
                "it listens on a host whose name the URI does not tell"}},
              kSomewhere);
  check_fates({{"tcp", "<source mode='bind' host='0.0.0.0' service='1'/>", "tcp:[fe80::1]:1", "tcp:[fe80::1]:1", ""}},
              {true, "fe80::1"});
}

TEST_CASE("of another host, who calls a server on its own loopback cannot be served here") {
  check_fates({{"tcp", "<source mode='connect' host='127.0.0.1' service='1'/>", "tcp-listen:127.0.0.1:1", "",
                "it calls a server on host hv7"},
               {"tcp", "<source mode='connect' host='10.0.0.1' service='1'/>", "tcp-listen:10.0.0.1:1", "",
                "it calls a server; to be that: --console NAME=tcp-listen:10.0.0.1:1"}},
              kHv7);
}

TEST_CASE("of another host, a channel's pty is nobody's: libvirt opens consoles by name, and channels no ptys") {
  const auto found = test::found_in(test::domain("<channel type='pty'><source path='/dev/pts/1'/>"
                                                 "<target type='virtio' name='org.qemu.console.0'/></channel>"),
                                    kHv7);
  REQUIRE(found.size() == 1);
  CHECK(found[0].reason == "it is on host hv7; of that libvirt passes on no channel's pty");
  CHECK(found[0].shown == "pty");
  CHECK((found[0].way == discovery::Way::address));
}
