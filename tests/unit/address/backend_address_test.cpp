// SPDX-License-Identifier: Apache-2.0
#include "charmux/address/backend_address.hpp"

#include <doctest/doctest.h>

using namespace charmux::address;

namespace {

std::string why(std::string_view text) {
  const auto backend = parse_backend(text);
  return backend ? "was accepted" : backend.error().text;
}

}  // namespace

TEST_CASE("a backend is a pty, or a UNIX or TCP socket of either side, and is written back as read") {
  CHECK(*parse_backend("pty:/dev/pts/3") == Backend(Pty{"/dev/pts/3"}));
  CHECK(*parse_backend("unix:/run/vm.sock") == Backend(Unix{{"/run/vm.sock", false}}));
  CHECK(*parse_backend("unix:@vm") == Backend(Unix{{"vm", true}}));
  CHECK(*parse_backend("tcp:[::1]:4555") == Backend(Tcp{{"::1", 4555}}));
  CHECK(*parse_backend("unix-listen:/run/vm.sock") == Backend(UnixListen{{"/run/vm.sock", false}}));
  CHECK(*parse_backend("tcp-listen:*:4555") == Backend(TcpListen{{"*", 4555}}));
  for (const std::string_view text :
       {"pty:/dev/pts/3", "pty:/a,,b", "unix:/run/a,,b", "unix:@vm", "tcp:[::1]:4555", "tcp:rack1:23",
        "unix-listen:/run/a,,b", "unix-listen:@vm", "tcp-listen:[::1]:4555", "tcp-listen:*:4555"})
    CHECK(to_text(*parse_backend(text)) == text);
}

TEST_CASE("a wrong backend is refused with what to write instead") {
  CHECK(why("serial:/dev/ttyS0") == "unknown scheme 'serial': use pty, unix, tcp, unix-listen or tcp-listen");
  CHECK(why("unixx:/run/vm.sock") ==
        "unknown scheme 'unixx': use pty, unix, tcp, unix-listen or tcp-listen (did you mean 'unix'?)");
  CHECK(why("tls:vm:1") == "unknown scheme 'tls': use pty, unix, tcp, unix-listen or tcp-listen");
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

TEST_CASE("a console on the command line splits at its first '='") {
  CHECK(*parse_console("c1=unix:/tmp/a=b") == NamedBackend{"c1", Unix{{"/tmp/a=b", false}}});
  CHECK(*parse_console("a/b \x01=pty:/dev/pts/3") == NamedBackend{"a/b \x01", Pty{"/dev/pts/3"}});
  CHECK(parse_console("unix:/tmp/a").error().text ==
        "'unix:/tmp/a' has no '=': write NAME=ADDRESS, such as c1=unix:/run/vm.sock");
  CHECK(parse_console("=unix:/tmp/a").error().text == "a console needs a name that is not empty");
  CHECK(parse_console("c1=foo:bar").error().text ==
        "unknown scheme 'foo': use pty, unix, tcp, unix-listen or tcp-listen");
}

TEST_CASE("a name has 1 to 200 bytes as its history's file bears it, any but NUL") {
  CHECK(check_name(std::string(200, 'x')));
  CHECK(check_name(std::string(66, '\xff')));
  CHECK(check_name(std::string(67, '\xff')).error().text ==
        "a name of 201 bytes is too long: its history's file bears it, percent-encoded, in at most 200");
  CHECK(check_name("").error().text == "a console needs a name that is not empty");
  CHECK(check_name(std::string_view("a\0b", 3)).error().text == "a console's name cannot hold a NUL byte");
}
