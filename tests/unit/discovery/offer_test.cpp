// SPDX-License-Identifier: Apache-2.0
#include "discovery/offer.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace charmux;
using discovery::offer;

namespace {

struct Row {
  std::string type;
  std::string filename;
  std::optional<protocol::QmpSocketAddress> address;
  std::string at;      // as an address; empty: not offered
  std::string reason;  // the beginning of it
};

protocol::QmpSocketAddress inet(std::string host, std::string port) {
  return {"inet", std::move(host), std::move(port), "", false};
}
protocol::QmpSocketAddress unix_at(std::string path, bool abstract = false) {
  return {"unix", "", "", std::move(path), abstract};
}

void check(const std::vector<Row>& rows, const std::optional<std::string>& directory = "/home/vm") {
  for (const Row& row : rows) {
    CAPTURE(row.filename);
    const discovery::Offer got = offer({"x", row.type, row.filename, false, row.address}, directory);
    CHECK((got.at ? address::to_text(*got.at) : "") == row.at);
    CHECK(got.reason.substr(0, row.reason.size()) == row.reason);
    CHECK(got.reason.empty() == got.at.has_value());
    CHECK_FALSE(got.shown.empty());
  }
}

}  // namespace

TEST_CASE("ptys and listening UNIX and TCP sockets are offered, connected or not") {
  const std::string kSocket = "chardev-socket";
  check({
      {"chardev-pty", "pty:/dev/pts/3", {}, "pty:/dev/pts/3", ""},
      {kSocket, "disconnected:unix:/run/a,b,server=on", unix_at("/run/a,b"), "unix:/run/a,,b", ""},
      {kSocket, "unix:/run/a,server=on", unix_at("/run/a"), "unix:/run/a", ""},
      {kSocket, "disconnected:unix:n,abstract=on,tight=on,server=on", unix_at("n", true), "unix:@n", ""},
      {kSocket, "unix:,server=on", unix_at("n", true), "unix:@n", ""},
      {kSocket, "disconnected:tcp:127.0.0.1:1,server=on", inet("127.0.0.1", "1"), "tcp:127.0.0.1:1", ""},
      {kSocket, "tcp:127.0.0.1:1,server=on <-> 127.0.0.1:9", inet("0.0.0.0", "1"), "tcp:127.0.0.1:1", ""},
      {kSocket, "disconnected:tcp:::1:1,server=on", inet("::1", "1"), "tcp:[::1]:1", ""},
      {kSocket, "disconnected:tcp::::1,server=on", inet("::", "1"), "tcp:[::1]:1", ""},
      {kSocket, "disconnected:tcp:0.0.0.0:1,server=on", inet("", "1"), "tcp:127.0.0.1:1", ""},
      {"", "disconnected:unix:/run/a,server", {}, "unix:/run/a", ""},
      {"", "disconnected:tcp:::1:1,server", {}, "tcp:[::1]:1", ""},
  });
}

TEST_CASE("a relative path is one of QEMU's directory, and refused where that cannot be seen") {
  const Row relative{"chardev-socket", "disconnected:unix:a.sock,server=on", unix_at("a.sock"), "unix:/home/vm/a.sock",
                     ""};
  check({relative});
  check({{relative.type, relative.filename, relative.address, "unix:/a.sock", ""}}, "/");
  check({{relative.type, relative.filename, relative.address, "", "a.sock is relative to a directory"}}, std::nullopt);
}

TEST_CASE("a chardev that calls a server says how charmuxd is that") {
  const std::string kSocket = "chardev-socket";
  const std::string kCalls = "it calls a server; to be that: --console NAME=";
  check({
      {kSocket, "disconnected:unix:/run/a", unix_at("/run/a"), "", kCalls + "unix-listen:/run/a"},
      {kSocket, "unix:", unix_at("/run/a"), "", kCalls + "unix-listen:/run/a"},
      {kSocket, "disconnected:tcp:lab:7001", inet("lab", "7001"), "", kCalls + "tcp-listen:lab:7001"},
  });
}

TEST_CASE("a telnet chardev is opened as one") {
  check({{"chardev-socket", "disconnected:telnet:::1:23,server=on", inet("::1", "23"), "telnet:[::1]:23", ""},
         {"chardev-socket", "disconnected:telnet:0.0.0.0:23,server=on", inet("0.0.0.0", "23"), "telnet:127.0.0.1:23",
          ""}});
}

TEST_CASE("what has no backend yet says its address") {
  const std::string kSocket = "chardev-socket";
  check({
      {kSocket, "disconnected:telnet:lab:23", inet("lab", "23"), "", "no backend yet: telnet-listen:lab:23"},
      {kSocket, "disconnected:websocket:0.0.0.0:80,server=on", inet("0.0.0.0", "80"), "",
       "no backend yet: websocket:127.0.0.1:80"},
      {kSocket, "unknown", protocol::QmpSocketAddress{"vsock", "", "1234", "", false}, "",
       "no backend yet: vsock:1234"},
      {kSocket, "disconnected:vsock:3:1234", {}, "", "no backend yet: vsock:3:1234"},
      {"chardev-udp", "udp", {}, "", "no backend yet: udp"},
      {"chardev-file", "file", {}, "", "no backend yet: file"},
      {"chardev-pipe", "pipe", {}, "", "no backend yet: pipe"},
      {"chardev-serial", "serial", {}, "", "no backend yet: serial"},
      {"chardev-new", "new", {}, "", "no backend yet: new"},
  });
}

TEST_CASE("what is no byte stream of a console's says what it is, even if it looks like a socket") {
  check({
      {"chardev-null", "null", {}, "", "null: nothing to see"},
      {"chardev-mux", "mux", {}, "", "shared with QEMU's monitor (mux)"},
      {"chardev-hub", "hub", {}, "", "hub:"},
      {"chardev-vc", "vc", {}, "", "vc:"},
      {"chardev-vc", "disconnected:fd:,server=on", {}, "", "vc:"},
      {"chardev-dbus", "disconnected:fd:,server=on", {}, "", "dbus:"},
      {"chardev-ringbuf", "ringbuf", {}, "", "ringbuf:"},
      {"chardev-stdio", "stdio", {}, "", "stdio:"},
      {"chardev-spicevmc", "spicevmc", {}, "", "a SPICE channel"},
      {"chardev-qemu-vdagent", "qemu-vdagent", {}, "", "QEMU's own SPICE agent"},
      {"chardev-socket", "disconnected:fd:5", {}, "", "another program gave QEMU this socket"},
      {"chardev-socket", "unix:,server=on", {}, "", "its socket has no name"},
  });
}
