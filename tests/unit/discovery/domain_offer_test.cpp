// SPDX-License-Identifier: Apache-2.0
// Every type of libvirt's "host interface" table has a fate.
#include "support/domain_house.hpp"

using namespace charmux;
using test::check_fates;
using Way = discovery::Way;

TEST_CASE("a pty is opened at its path of today, and waited for while its guest is shut off") {
  check_fates({
      {"pty", "<source path='/dev/pts/0'/>", "pty:/dev/pts/0", "pty:/dev/pts/0", ""},
      {"pty' tty='/dev/pts/4", "<source path='/dev/pts/3'/>", "pty:/dev/pts/3", "pty:/dev/pts/3", ""},
      {"pty' tty='/dev/pts/4", "", "pty:/dev/pts/4", "pty:/dev/pts/4", ""},
      {"pty", "<source path='/dev/pts/0'/><log file='/tmp/l.log' append='on'/>", "pty:/dev/pts/0", "pty:/dev/pts/0",
       ""},
      {"pty", "", "pty", "", ""},
      {"pty", "<source path='pts/0'/>", "pty:pts/0", "", "QEMU does not say which pty it is"},
  });
  check_fates({{"pty", "", "pty", "", ""}, {"pty", "<source path='/dev/pts/9'/>", "pty", "", ""}}, test::kShutOff);
}

TEST_CASE("a file is followed, a pipe opened, and neither where its path is relative to nobody knows what") {
  const std::vector<test::Fate> fates = {
      {"file", "<source path='/var/log/a.log' append='on'/>", "file:/var/log/a.log", "file:/var/log/a.log", ""},
      {"pipe", "<source path='/run/a'/>", "pipe:/run/a", "pipe:/run/a", ""},
      {"file", "<source path='a.log'/>", "file:a.log", "",
       "a.log is relative to a directory that libvirt does not tell"},
      {"pipe", "<source path='a'/>", "pipe:a", "", "a is relative to"},
  };
  check_fates(fates);
  check_fates(fates, test::kShutOff);
}

TEST_CASE("a path is what it is, with commas, quotes, UTF-8 and entities") {
  const discovery::Chardev got =
      test::the_serial("file", "<source path='/tmp/a, &quot;b&quot; &apos;c&apos; &amp;ü.log' append='on'/>");
  REQUIRE(got.at);
  CHECK(std::get<address::File>(*got.at).path == "/tmp/a, \"b\" 'c' &ü.log");
  CHECK(got.shown == "file:/tmp/a,, \"b\" 'c' &ü.log");
}

TEST_CASE("a device of the host is QEMU's") {
  check_fates({{"dev", "<source path='/dev/ttyUSB0'/>", "dev:/dev/ttyUSB0", "",
                "QEMU has the host's device /dev/ttyUSB0 open; who talks to the guest is at the other end"}});
}

TEST_CASE("a TCP port is spoken with in its protocol, at an address that reaches it") {
  const std::string kRaw = "<protocol type='raw'/>";
  check_fates({
      {"tcp", "<source mode='bind' host='127.0.0.1' service='2445' tls='no'/>" + kRaw, "tcp:127.0.0.1:2445",
       "tcp:127.0.0.1:2445", ""},
      {"tcp", "<source mode='bind' host='::1' service='2447' tls='no'/>" + kRaw, "tcp:[::1]:2447", "tcp:[::1]:2447",
       ""},
      {"tcp", "<source mode='bind' host='0.0.0.0' service='2446' tls='no'/><protocol type='telnet'/>",
       "telnet:127.0.0.1:2446", "telnet:127.0.0.1:2446", ""},
      {"tcp", "<source mode='bind' host='' service='2445' tls='no'/>" + kRaw, "tcp:127.0.0.1:2445",
       "tcp:127.0.0.1:2445", ""},
      {"tcp", "<source mode='bind' host='::' service='2445'/>" + kRaw, "tcp:[::1]:2445", "tcp:[::1]:2445", ""},
      {"tcp", "<source mode='bind' host='hv7.lab' service='2445' tls='yes'/>" + kRaw, "tls:hv7.lab:2445",
       "tls:hv7.lab:2445", ""},
      {"tcp", "<source mode='bind' host='127.0.0.1' service='2445' tls='yes'/><protocol type='telnet'/>",
       "telnets:127.0.0.1:2445", "", "QEMU sends telnet's greeting outside TLS"},
      {"tcp", "<source mode='bind' host='a b' service='2445'/>" + kRaw, "tcp:a b:2445", "", "'a b' is no"},
      {"tcp", "<source mode='bind' host='a,verify=off,ca=/x' service='1' tls='yes'/>", "tls:a,,verify=off,,ca=/x:1", "",
       "'a,verify=off,ca=/x' is no"},
      {"tcp", "<source mode='bind' host='127.0.0.1' service='70000'/>" + kRaw, "tcp:127.0.0.1:70000", "",
       "'70000' is no"},
      {"tcp", "<source mode='bind' host='127.0.0.1' service='2445'/><protocol type='quic'/>", "quic:127.0.0.1:2445", "",
       "no backend yet: protocol quic"},
      {"tcp", "", "tcp", "", "its XML does not say where it is"},
  });
}

TEST_CASE("telnets and tls are protocols of other hypervisors': QEMU speaks plain there") {
  const std::vector<test::Fate> qemus = {
      {"tcp", "<source mode='bind' host='127.0.0.1' service='2445'/><protocol type='telnets'/>",
       "telnets:127.0.0.1:2445", "",
       "QEMU has no protocol telnets: what it speaks there is plain; write protocol raw, and tls='yes'"},
      {"tcp", "<source mode='bind' host='127.0.0.1' service='2445'/><protocol type='tls'/>", "tls:127.0.0.1:2445", "",
       "QEMU has no protocol tls"},
  };
  check_fates(qemus);
  check_fates(qemus, test::kRuns, "qemu");
  check_fates({{"tcp", qemus[0].source, "telnets:127.0.0.1:2445", "telnets:127.0.0.1:2445", ""},
               {"tcp", qemus[1].source, "tls:127.0.0.1:2445", "tls:127.0.0.1:2445", ""}},
              test::kRuns, "vmware");
}

TEST_CASE("a port that QEMU chose is asked of QEMU") {
  const std::string kPort = "<source mode='bind' host='127.0.0.1' service='0' tls='no'/>";
  check_fates({
      {"tcp", kPort + "<protocol type='raw'/>", "tcp:127.0.0.1:0", "", "", Way::monitor},
      {"tcp", kPort + "<protocol type='telnet'/>", "telnet:127.0.0.1:0", "", "", Way::monitor},
      {"tcp", "<source mode='bind' host='localhost' service='telnet' tls='no'/>", "tcp:localhost:telnet", "", "",
       Way::monitor},
      {"tcp", "<source mode='bind' host='127.0.0.1' service='0' tls='yes'/>", "tls:127.0.0.1:0", "",
       "its port is 0, and QEMU does not tell that of TLS; write a fixed port"},
      {"tcp", "<source mode='bind' host='127.0.0.1'/>", "tcp:127.0.0.1:", "",
       "its XML has no port; write a fixed port"},
  });
  check_fates({{"tcp", kPort, "tcp:127.0.0.1:0", "", "its port is 0; write a fixed port in its source"}}, test::kRuns,
              "vmware");
}

TEST_CASE("a UNIX socket is connected to; libvirt may choose its path when the guest starts") {
  const std::vector<test::Fate> fates = {
      {"unix", "<source mode='bind' path='/run/a,b.sock'/>", "unix:/run/a,,b.sock", "unix:/run/a,,b.sock", ""},
      {"unix", "<source mode='bind'/>", "unix", "", ""},
      {"unix", "<source mode='bind' path='rel.sock'/>", "unix:rel.sock", "", "rel.sock is relative to"},
      {"unix", "<source mode='bind' path='@abstract'/>", "unix:@abstract", "", "@abstract is relative to"},
      {"unix", "<source mode='bind' path='/" + std::string(107, 'x') + "'/>", "unix:/" + std::string(107, 'x'), "",
       "its path is too long"},
  };
  check_fates(fates);
  check_fates(fates, test::kShutOff);
}

TEST_CASE("a chardev that calls a server says how charmuxd is that") {
  const std::string kCalls = "it calls a server; to be that: --console NAME=";
  const std::string kRetries = "<reconnect enabled='yes' timeout='10'/></source>";
  check_fates({
      {"unix", "<source mode='connect' path='/tmp/x.sock'>" + kRetries, "unix-listen:/tmp/x.sock", "",
       kCalls + "unix-listen:/tmp/x.sock"},
      {"tcp", "<source mode='connect' host='127.0.0.1' service='2445' tls='no'>" + kRetries,
       "tcp-listen:127.0.0.1:2445", "", kCalls + "tcp-listen:127.0.0.1:2445"},
      {"tcp", "<source mode='connect' host='::1' service='2445'/>", "tcp-listen:[::1]:2445", "",
       kCalls + "tcp-listen:[::1]:2445"},
      {"tcp", "<source mode='connect' host='lab' service='23'/><protocol type='telnet'/>", "telnet-listen:lab:23", "",
       "no backend yet: telnet-listen:lab:23"},
      {"tcp", "<source mode='connect' host='lab' service='23' tls='yes'/>", "tls-listen:lab:23", "",
       "no backend yet: tls-listen:lab:23"},
  });
}

TEST_CASE("UDP has two ends: QEMU listens at its bind source and sends to its connect source") {
  const auto udp = [](const std::string& bind, const std::string& connect) {
    return "<source mode='bind' " + bind + "/><source mode='connect' " + connect + "/>";
  };
  const std::string kOurs = "host='127.0.0.1' service='2446'";
  const std::string kAt = "udp:127.0.0.1:2445,bind=127.0.0.1:2446";
  const std::string kNoPort = "it listens at a port that nobody knows; write <source mode='bind' host='127.0.0.1'";
  check_fates({
      {"udp", udp("host='127.0.0.1' service='2445'", kOurs), kAt, kAt, ""},
      {"udp", udp("host='0.0.0.0' service='2445'", kOurs), kAt, kAt, ""},
      {"udp", udp("service='2445'", kOurs), kAt, kAt, ""},
      {"udp", udp("service='2445'", "host='127.0.0.9' service='2446'"), "udp:127.0.0.1:2445,bind=127.0.0.9:2446",
       "udp:127.0.0.1:2445,bind=127.0.0.9:2446", ""},
      {"udp", udp("service='2445'", "host='10.0.0.5' service='2446'"), "udp:10.0.0.5:2445,bind=10.0.0.5:2446",
       "udp:10.0.0.5:2445,bind=10.0.0.5:2446", ""},
      {"udp", udp("host='::' service='2445'", "host='::1' service='2446'"), "udp:[::1]:2445,bind=[::1]:2446",
       "udp:[::1]:2445,bind=[::1]:2446", ""},
      {"udp", udp("host='127.0.0.1' service='2445'", "service='2446'"), "udp:127.0.0.1:2445,bind=localhost:2446",
       "udp:127.0.0.1:2445,bind=localhost:2446", ""},
      {"udp", udp("host='127.0.0.1'", kOurs), "udp", "", kNoPort},
      {"udp", udp("host='127.0.0.1' service='0'", kOurs), "udp", "", kNoPort},
      {"udp", "<source mode='connect' " + kOurs + "/>", "udp", "", kNoPort},
      {"udp", "<source mode='bind' host='127.0.0.1' service='2445'/>", "udp:127.0.0.1:2445", "",
       "it sends to localhost:"},
  });
}

TEST_CASE("what is no byte stream of a console's says what it is") {
  check_fates({
      {"null", "", "null", "", "null: nothing to see"},
      {"stdio", "", "stdio", "", "stdio: it is QEMU's own terminal"},
      {"vc", "", "vc", "", "vc: it is in QEMU's own window"},
      {"spicevmc", "", "spicevmc", "", "a SPICE channel"},
      {"spiceport", "<source channel='org.qemu.console.serial.0'/>", "spiceport", "", "a SPICE channel"},
      {"dbus", "<source channel='org.qemu.console.serial.0'/>", "dbus", "", "dbus: it is in QEMU's display"},
      {"nmdm", "<source master='/dev/nmdm0A' slave='/dev/nmdm0B'/>", "nmdm", "", "nmdm: a null modem of FreeBSD's"},
      {"qemu-vdagent", "<source><clipboard copypaste='yes'/></source>", "qemu-vdagent", "", "QEMU's own SPICE agent"},
      {"vsock", "", "vsock", "", "no backend yet: vsock"},
  });
}
