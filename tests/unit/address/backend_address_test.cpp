// SPDX-License-Identifier: Apache-2.0
#include "charmux/address/backend_address.hpp"

#include <doctest/doctest.h>

using namespace charmux::address;

namespace {

std::string why(std::string_view text) {
  const auto backend = parse_backend(text);
  return backend ? "was accepted" : backend.error().text;
}

/// Made piece by piece: of a temporary with two texts in it GCC 12 says at -O3 that one may be uninitialized.
Backend udp(const HostPort& at, const HostPort& bind) {
  Udp made;
  made.at = at;
  made.bind = bind;
  return made;
}

}  // namespace

TEST_CASE("a backend's address says where its bytes come from, and is written back as read") {
  CHECK(*parse_backend("pty:/dev/pts/3") == Backend(Pty{"/dev/pts/3"}));
  CHECK(*parse_backend("unix:/run/vm.sock") == Backend(Unix{{"/run/vm.sock", false}}));
  CHECK(*parse_backend("unix:@vm") == Backend(Unix{{"vm", true}}));
  CHECK(*parse_backend("tcp:[::1]:4555") == Backend(Tcp{{"::1", 4555}}));
  CHECK(*parse_backend("unix-listen:/run/vm.sock") == Backend(UnixListen{{"/run/vm.sock", false}}));
  CHECK(*parse_backend("tcp-listen:*:4555") == Backend(TcpListen{{"*", 4555}}));
  CHECK(*parse_backend("telnet:rack1:2001") == Backend(Telnet{{"rack1", 2001}}));
  CHECK(*parse_backend("tls:[::1]:4555") == Backend(Tls{{"::1", 4555}, {}}));
  CHECK(*parse_backend("tls:vm:1,ca=/a,cert=/b,,c,key=/d,verify=lab") ==
        Backend(Tls{{"vm", 1}, {"/a", "/b,c", "/d", "lab"}}));
  CHECK(*parse_backend("telnets:vm:1,verify=off") == Backend(Telnets{{"vm", 1}, {"", "", "", "off"}}));
  CHECK(*parse_backend("udp:vm:4555") == Backend(Udp{{"vm", 4555}, std::nullopt}));
  CHECK(*parse_backend("udp:vm:4555,bind=*:4556") == udp({"vm", 4555}, {"*", 4556}));
  CHECK(*parse_backend("pipe:/run/vm") == Backend(Pipe{"/run/vm"}));
  CHECK(*parse_backend("file:/var/log/vm.log") == Backend(File{"/var/log/vm.log"}));
  for (const std::string_view text :
       {"telnet:rack1:2001", "tls:vm:1,ca=/a,cert=/b,,c,key=/d,verify=lab", "telnets:vm:1,verify=off",
        "udp:vm:4555,bind=*:4556", "pipe:/run/a,,b", "file:/var/log/vm.log", "exec:sh -c 'a, b'", "pty:/dev/pts/3",
        "pty:/a,,b", "unix:/run/a,,b", "unix:@vm", "tcp:[::1]:4555", "tcp:rack1:23", "unix-listen:/run/a,,b",
        "unix-listen:@vm", "tcp-listen:[::1]:4555", "tcp-listen:*:4555"})
    CHECK(to_text(*parse_backend(text)) == text);
}

TEST_CASE("a wrong backend is refused with what to write instead") {
  CHECK(why("unixx:/run/vm.sock") ==
        "unknown scheme 'unixx': use pty, unix, tcp, unix-listen, tcp-listen, telnet, tls, telnets, udp, pipe, file, "
        "serial, libvirt or exec (did you mean 'unix'?)");
  CHECK(why("pty:pts/3") == "path 'pts/3' is not absolute: write pty:/dev/pts/N");
  CHECK(why("pty:/" + std::string(4095, 'x')) == "a path of 4096 bytes is too long: it holds at most 4095");
  CHECK(why("unix:vm.sock") == "path 'vm.sock' is not absolute: write /PATH, or @NAME for an abstract socket");
  CHECK(why("tcp:/run/vm.sock") == "'/run/vm.sock' is a UNIX socket, not HOST:PORT: write unix:/run/vm.sock");
  CHECK(why("tcp-listen:/run/vm.sock") ==
        "'/run/vm.sock' is a UNIX socket, not HOST:PORT: write unix-listen:/run/vm.sock");
  CHECK(why("tcp:*:23") == "'*' is every address of this machine, to listen at: name one host to connect to");
  CHECK(why("pty:/dev/pts/3,115200") == "unknown option '115200': pty takes none; write ,, for a comma in a path");
  CHECK(why("tcp:vm:1,bind=x:1") == "unknown option 'bind': tcp takes none; write ,, for a comma in a path");
  CHECK(why(std::string_view("pty:/a\0", 7)) == "an address cannot hold a NUL byte");
}

TEST_CASE("a console of libvirt is a domain's, perhaps not its first one, and not of this host's libvirt") {
  CHECK(*parse_backend("libvirt:alpha") == Backend(Libvirt{"alpha", "", "qemu:///system"}));
  CHECK(*parse_backend("libvirt:a b,, c=d/ua-x_1") == Backend(Libvirt{"a b, c=d", "ua-x_1", "qemu:///system"}));
  CHECK(*parse_backend("libvirt:alpha,uri=qemu+tcp://hv7/system?a,,b") ==
        Backend(Libvirt{"alpha", "", "qemu+tcp://hv7/system?a,b"}));
  CHECK(*parse_backend("libvirt:alpha", std::vector<Option>{{"uri", "test:///default"}}) ==
        Backend(Libvirt{"alpha", "", "test:///default"}));
  for (const std::string_view text : {"libvirt:alpha", "libvirt:a,,b/serial1", "libvirt:caf\xc3\xa9,uri=x:a,,b",
                                      "libvirt:4dea22b3-1d52-d8f3-2516-782e98ab3fa0/ua-x,uri=qemu:///session"})
    CHECK(to_text(*parse_backend(text)) == text);
  CHECK(to_text(*parse_backend("libvirt:alpha,uri=qemu:///system")) == "libvirt:alpha");
}

TEST_CASE("a console of libvirt without a domain, with a wrong alias or URI, is refused") {
  CHECK(why("libvirt:/serial0") == "'/serial0' has no domain: write libvirt:DOMAIN or libvirt:DOMAIN/ALIAS");
  for (const std::string alias : {"", "serial 1", "a/b", "a.b", "caf\xc3\xa9"})
    CHECK(why("libvirt:vm/" + alias) ==
          "'" + alias + "' is no alias of a device: write one as the domain's XML has it, such as serial1 or ua-admin");
  for (const std::string uri : {"", "system", ":///system", "1qemu:///system", "qe mu:x", "qemu:///a b", "qemu:\ta"})
    CHECK(why("libvirt:vm,uri=" + uri) ==
          "option 'uri': " + in_quotes(uri) +
              " is no libvirt URI: write SCHEME:..., such as qemu:///system, without spaces");
  CHECK(why("libvirt:vm,uri") == "option 'uri' needs a value: write uri=VALUE");
  CHECK(why("libvirt:vm,url=x:y") == "unknown option 'url': libvirt takes uri; write ,, for a comma in a path");
}

TEST_CASE("a terminal server's port is set as its address says, and of that only what it says") {
  const auto port = [](std::string_view text) {
    const auto backend = parse_backend(text);
    REQUIRE(backend);
    CHECK(to_text(*backend) == text);
    if (const auto* const plain = std::get_if<Telnet>(&*backend)) return plain->rfc2217;
    return std::get<Telnets>(*backend).rfc2217;
  };
  CHECK(port("telnet:rack1:2001") == std::nullopt);
  CHECK(port("telnet:rack1:2001,rfc2217") == RemotePort{});
  CHECK(port("telnet:rack1:2001,rfc2217,9600") == RemotePort{9600, std::nullopt, std::nullopt});
  CHECK(port("telnet:[::1]:2001,rfc2217,4000000,7e2,rtscts") ==
        RemotePort{4000000, Framing{7, Parity::even, 2}, FlowControl::rtscts});
  CHECK(port("telnets:rack1:2001,verify=off,rfc2217,8n1,none") ==
        RemotePort{std::nullopt, Framing{}, FlowControl::none});
  CHECK(to_text(*parse_backend("telnet:rack1:2001,flow=xonxoff,speed=9600,rfc2217,framing=8n1")) ==
        "telnet:rack1:2001,rfc2217,9600,8n1,xonxoff");
  CHECK(*parse_backend("telnet:rack1:2001", std::vector<Option>{{"rfc2217", std::nullopt}, {"speed", "9600"}}) ==
        *parse_backend("telnet:rack1:2001,rfc2217,9600"));
}

TEST_CASE("a terminal server's port that cannot be set so is refused") {
  CHECK(why("telnet:vm:1,9600") == "option 'speed' is of no use without 'rfc2217': give both");
  CHECK(why("telnets:vm:1,8n1") == "option 'framing' is of no use without 'rfc2217': give both");
  CHECK(why("telnet:vm:1,flow=none") == "option 'flow' is of no use without 'rfc2217': give both");
  CHECK(why("telnet:vm:1,rfc2217,115000") == "Linux has no speed 115000: the nearest is 115200");
  CHECK(why("telnet:vm:1,rfc2217,9n1") ==
        "'9n1' is not a framing: write data bits (5-8), parity (n, e, o, m or s) and stop bits (1 or 2), such as 8n1");
  CHECK(why("telnet:vm:1,rfc2217,9600,speed=9600") == "option 'speed' is given twice: keep one");
  CHECK(why("telnet:vm:1,rfc2217,dtr") ==
        "unknown option 'dtr': telnet takes rfc2217, speed, framing or flow; write ,, for a comma in a path");
  CHECK(why("tls:vm:1,rfc2217") ==
        "unknown option 'rfc2217': tls takes ca, cert, key or verify; write ,, for a comma in a path");
}

TEST_CASE("a backend takes the options of its kind, each once, and no other") {
  CHECK(why("udp:vm:1,bin=x:1") == "unknown option 'bin': udp takes bind; write ,, for a comma in a path");
  CHECK(why("udp:vm:1,bind=x:1,bind=y:1") == "option 'bind' is given twice: keep one");
  CHECK(why("udp:vm:1,bind") == "option 'bind' needs a value: write bind=VALUE");
  CHECK(why("udp:vm:1,bind=vm") == "option 'bind': 'vm' has no port: write HOST:PORT, such as 127.0.0.1:7001");
  CHECK(why("tls:vm:1,ca=lab.crt") == "option 'ca' must be an absolute path, not 'lab.crt'");
  CHECK(why("tls:vm:1,key=/k") == "option 'key' is of no use without 'cert': give both");
  CHECK(why("tls:vm:1,verify=") == "option 'verify' is empty: write the name that the certificate has, or off");
  CHECK(why("telnet:vm:1,rfc2217=yes") == "option 'rfc2217' takes no value");
  CHECK(why("pipe:run/vm") == "path 'run/vm' is not absolute: write pipe:/PATH");
  CHECK(why("file:vm.log") == "path 'vm.log' is not absolute: write file:/PATH");
  CHECK(why("exec:") == "no program stands behind exec: write its path or name, and what it is given");
  CHECK(why("exec:'sh") == "''sh' has a ' that is not closed");
}

TEST_CASE("options may stand beside the address instead") {
  const std::vector<Option> bind = {{"bind", "vm:2"}};
  CHECK(*parse_backend("udp:vm:1", bind) == udp({"vm", 1}, {"vm", 2}));
  CHECK(parse_backend("udp:vm:1,bind=vm:3", bind).error().text ==
        "'bind' is given twice, by this address and by a key: keep one");
  CHECK(parse_backend("pty:/a", bind).error().text == "'bind' is not for pty: backends: leave it out");
  const std::vector<Option> shell = {{"shell", std::nullopt}, {"window", "132x43"}};
  CHECK(*parse_backend("exec:dmesg | tail, please", shell) ==
        Backend(Exec{"dmesg | tail, please", {"/bin/sh", "-c", "dmesg | tail, please"}, 132, 43}));
  CHECK(*parse_backend("exec:dmesg -w 'a b'") == Backend(Exec{"dmesg -w 'a b'", {"dmesg", "-w", "a b"}}));
  for (const char* const window : {"80", "80x", "0x24", "80x10000", "x24", "80x24x"})
    CHECK(parse_backend("exec:sh", std::vector<Option>{{"window", window}}).error().text ==
          fmt::format("'{}' is not a window: write columns and rows, such as 80x24", window));
}

TEST_CASE("a console on the command line splits at its first '='") {
  CHECK(*parse_console("c1=unix:/tmp/a=b") == NamedBackend{"c1", Unix{{"/tmp/a=b", false}}});
  CHECK(*parse_console("a/b \x01=pty:/dev/pts/3") == NamedBackend{"a/b \x01", Pty{"/dev/pts/3"}});
  CHECK(parse_console("unix:/tmp/a").error().text ==
        "'unix:/tmp/a' has no '=': write NAME=ADDRESS, such as c1=unix:/run/vm.sock");
  CHECK(parse_console("=unix:/tmp/a").error().text == "a console needs a name that is not empty");
  CHECK(parse_console("c1=foo:bar").error().text ==
        "unknown scheme 'foo': use pty, unix, tcp, unix-listen, tcp-listen, telnet, tls, telnets, udp, pipe, file, "
        "serial, libvirt or exec");
}

TEST_CASE("a name has 1 to 200 bytes as its history's file bears it, any but NUL") {
  CHECK(check_name(std::string(200, 'x')));
  CHECK(check_name(std::string(66, '\xff')));
  CHECK(check_name(std::string(67, '\xff')).error().text ==
        "a name of 201 bytes is too long: its history's file bears it, percent-encoded, in at most 200");
  CHECK(check_name("").error().text == "a console needs a name that is not empty");
  CHECK(check_name(std::string_view("a\0b", 3)).error().text == "a console's name cannot hold a NUL byte");
}
