// SPDX-License-Identifier: Apache-2.0
#include "discovery/chardev_filename.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using charmux::discovery::ChardevFilename;
using charmux::discovery::parse_chardev_filename;
using Kind = ChardevFilename::Kind;

namespace {

struct Row {
  std::string text;
  Kind kind;
  std::string place;
  std::string host = {};
  std::string port = {};
  bool abstract = false;
  bool server = false;
  bool connected = false;
  std::string peer = {};
};

ChardevFilename expected(const Row& row) {
  return {row.kind, row.place, row.host, row.port, row.abstract, row.server, row.connected, row.peer};
}

void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const ChardevFilename got = parse_chardev_filename(row.text);
    CHECK(got.kind == row.kind);
    CHECK(got.place == row.place);
    CHECK(got.host == row.host);
    CHECK(got.port == row.port);
    CHECK(got.peer == row.peer);
    CHECK(got == expected(row));
  }
}

}  // namespace

TEST_CASE("a pty says its path") {
  check({{"pty:/dev/pts/3", Kind::pty, "/dev/pts/3"}, {"pty:/tmp/a b,c", Kind::pty, "/tmp/a b,c"}});
}

TEST_CASE("a UNIX socket says its path and who listens, in both spellings, whatever stands in the path") {
  const auto server = [](std::string text, std::string place, bool connected, bool abstract = false) {
    return Row{std::move(text), Kind::unix_socket, std::move(place), "", "", abstract, true, connected};
  };
  check({
      server("disconnected:unix:/run/vm.sock,server=on", "/run/vm.sock", false),
      server("disconnected:unix:/run/vm.sock,server", "/run/vm.sock", false),
      server("unix:/run/vm.sock,server=on", "/run/vm.sock", true),
      server("unix:/run/vm.sock,server", "/run/vm.sock", true),
      server("disconnected:unix:vm.sock,server=on", "vm.sock", false),
      server("disconnected:unix:NAME,abstract=on,tight=on,server=on", "NAME", false, true),
      server("disconnected:unix:NAME,abstract,tight,server=on", "NAME", false, true),
      server("disconnected:unix:NAME,abstract,tight,server", "NAME", false, true),
      server("disconnected:unix:NAME,abstract=on,server=on", "NAME", false, true),
      server("disconnected:unix:NAME,abstract,server", "NAME", false, true),
      server("unix:,server=on", "", true),
      server("unix:,server", "", true),
      server("disconnected:unix:/a, b,server,c,server=on", "/a, b,server,c", false),
      server("disconnected:unix:/odd,tight=on,server=on", "/odd,tight=on", false),
      server("disconnected:unix:/a <-> b,server=on", "/a <-> b", false),
      {"disconnected:unix:/run/vm.sock", Kind::unix_socket, "/run/vm.sock"},
      {"unix:", Kind::unix_socket, "", "", "", false, false, true},
      {"unix:/run/peer.sock", Kind::unix_socket, "/run/peer.sock", "", "", false, false, true},
  });
}

TEST_CASE("a TCP, telnet or WebSocket chardev says its host and port, and who is connected") {
  const auto free = [](std::string text, Kind kind, std::string host, std::string port, bool server = true) {
    return Row{std::move(text), kind, "", std::move(host), std::move(port), false, server, false};
  };
  const auto taken = [](std::string text, Kind kind, std::string host, std::string port, std::string peer,
                        bool server = true) {
    return Row{std::move(text), kind, "", std::move(host), std::move(port), false, server, true, std::move(peer)};
  };
  check({
      free("disconnected:tcp:127.0.0.1:4444,server=on", Kind::tcp, "127.0.0.1", "4444"),
      free("disconnected:tcp:127.0.0.1:4444,server", Kind::tcp, "127.0.0.1", "4444"),
      free("disconnected:tcp:0.0.0.0:4444,server=on", Kind::tcp, "0.0.0.0", "4444"),
      free("disconnected:telnet:127.0.0.1:44511,server=on", Kind::telnet, "127.0.0.1", "44511"),
      free("disconnected:websocket:127.0.0.1:80,server=on", Kind::websocket, "127.0.0.1", "80"),
      free("disconnected:tcp:::1:46475,server=on", Kind::tcp, "::1", "46475"),
      free("disconnected:tcp::::46475,server=on", Kind::tcp, "::", "46475"),
      free("disconnected:tcp:[::1]:46475,server=on", Kind::tcp, "::1", "46475"),
      free("disconnected:tcp:lab:7001", Kind::tcp, "lab", "7001", false),
      free("disconnected:telnet:lab:telnet", Kind::telnet, "lab", "telnet", false),
      taken("tcp:127.0.0.1:4444,server=on <-> 127.0.0.1:40312", Kind::tcp, "127.0.0.1", "4444", "127.0.0.1:40312"),
      taken("tcp:127.0.0.1:4444,server <-> 127.0.0.1:40312", Kind::tcp, "127.0.0.1", "4444", "127.0.0.1:40312"),
      taken("telnet:127.0.0.1:23,server=on <-> 127.0.0.1:9", Kind::telnet, "127.0.0.1", "23", "127.0.0.1:9"),
      taken("websocket:127.0.0.1:80,server=on <-> 127.0.0.1:9", Kind::websocket, "127.0.0.1", "80", "127.0.0.1:9"),
      taken("tcp:[::1]:46475,server=on <-> [::1]:43744", Kind::tcp, "::1", "46475", "[::1]:43744"),
      taken("tcp:127.0.0.1:40312 <-> 127.0.0.1:7001", Kind::tcp, "127.0.0.1", "40312", "127.0.0.1:7001", false),
  });
}

TEST_CASE("other sockets say little") {
  check({
      {"disconnected:vsock:3:1234", Kind::vsock, "3:1234"},
      {"unknown", Kind::unknown, "", "", "", false, false, true},
      {"disconnected:fd:5", Kind::fd, "5"},
      {"disconnected:fd:,server=on", Kind::fd, "", "", "", false, true},
  });
}

TEST_CASE("everything else says what kind it is") {
  for (const std::string name :
       {"mux",      "hub",      "vc",        "null",         "ringbuf", "memory", "msmouse",
        "wctablet", "testdev",  "udp",       "file",         "pipe",    "stdio",  "serial",
        "parallel", "spicevmc", "spiceport", "qemu-vdagent", "gdb",     "",       "something:new"})
    check({{name, Kind::plain, name}});
}
