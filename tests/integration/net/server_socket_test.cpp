// SPDX-License-Identifier: Apache-2.0
#include "net/server_socket.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <memory>

#include "kit/connection.hpp"
#include "kit/privileges.hpp"
#include "kit/world.hpp"

using namespace charmux;
using namespace charmux::test;

namespace {

net::Endpoint at_path(const std::string& path) { return *net::endpoint(address::SocketPath{path, false}); }

net::Endpoint at_port(const std::string& host, int port) {
  return *net::literal_endpoint({host, static_cast<std::uint16_t>(port)});
}

Result<net::ServerSocket> listen_at(const std::string& path) { return net::ServerSocket::listen(at_path(path)); }

std::string why_not(const Result<net::ServerSocket>& result) { return result ? "" : result.error().text; }

}  // namespace

TEST_CASE("a UNIX listener's file is for its owner alone, whatever the umask") {
  TempDir directory;
  ::umask(0);
  const auto socket = listen_at(directory / "door");
  REQUIRE(socket);
  struct stat status {};
  REQUIRE(::lstat((directory / "door").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
}

TEST_CASE("a UNIX listener's file is opened to one group, and to nobody where that cannot be") {
  constexpr gid_t kGroup = 60;
  TempDir directory;
  ::umask(0);
  auto socket = listen_at(directory / "door");
  REQUIRE(socket);
  const auto is = [&](unsigned mode, gid_t group) {
    struct stat status {};
    return ::lstat((directory / "door").c_str(), &status) == 0 && (status.st_mode & 07777) == mode &&
           status.st_gid == group;
  };
  {
    const WithoutPrivileges as_anybody;
    // He may change the mode of what is his, and not give it to a group that he is not in.
    CHECK_FALSE(socket->let_group_in(kGroup));
  }
  CHECK(is(0600, 0));
  CHECK(socket->let_group_in(kGroup));
  CHECK(is(0660, kGroup));
  CHECK(connect_to(At::path(directory / "door")));
}

TEST_CASE("a UNIX listener's file that nobody listens on any more is replaced") {
  TempDir directory;
  const At at = At::path(directory / "door");
  {
    const UniqueFd crashed = at.socket();
    REQUIRE(::bind(crashed.get(), at.raw(), at.length) == 0);
    REQUIRE(::listen(crashed.get(), 1) == 0);
  }
  REQUIRE(listen_at(directory / "door"));
  const auto socket = listen_at(directory / "door");
  REQUIRE(socket);
  CHECK(connect_to(at));
}

TEST_CASE("a UNIX listener does not take another's file that is listened on") {
  TempDir directory;
  const auto first = listen_at(directory / "door");
  REQUIRE(first);
  CHECK(why_not(listen_at(directory / "door")) ==
        "cannot listen on " + (directory / "door") + ": another process listens there; stop it or choose another path");
  CHECK(connect_to(At::path(directory / "door")));
}

TEST_CASE("a UNIX listener does not take another's file whose queue is full") {
  TempDir directory;
  const At at = At::path(directory / "door");
  const UniqueFd busy = at.socket();
  REQUIRE(::bind(busy.get(), at.raw(), at.length) == 0);
  REQUIRE(::listen(busy.get(), 0) == 0);
  const Connection first = connect_to(at);
  CHECK(why_not(listen_at(directory / "door")) ==
        "cannot listen on " + (directory / "door") + ": another process listens there; stop it or choose another path");
}

TEST_CASE("a UNIX listener does not take a file that is no socket") {
  TempDir directory;
  std::ofstream(directory / "door") << "precious";
  CHECK(why_not(listen_at(directory / "door")) ==
        "cannot listen on " + (directory / "door") +
            ": a file that is not a socket is there; remove it or choose another path");
  std::string content;
  std::ifstream(directory / "door") >> content;
  CHECK(content == "precious");
}

TEST_CASE("a UNIX listener without a directory, or without permission, says so") {
  TempDir directory;
  CHECK(why_not(listen_at(directory / "none/door")) ==
        "cannot listen on " + (directory / "none/door") + ": its directory does not exist; make it first");
  ::mkdir((directory / "closed").c_str(), 0500);
  const WithoutPrivileges like_anybody;
  CHECK(why_not(listen_at(directory / "closed/door")) ==
        "cannot listen on " + (directory / "closed/door") +
            ": no permission; run as root, or choose a port above 1023 or a path you may write to");
}

TEST_CASE("a UNIX listener's file is removed with it, but not a successor's") {
  TempDir directory;
  {
    const auto socket = listen_at(directory / "door");
    REQUIRE(socket);
  }
  CHECK(::access((directory / "door").c_str(), F_OK) != 0);

  std::unique_ptr<net::ServerSocket> first = std::make_unique<net::ServerSocket>(*listen_at(directory / "door"));
  ::unlink((directory / "door").c_str());
  const auto successor = listen_at(directory / "door");
  REQUIRE(successor);
  first.reset();
  CHECK(connect_to(At::path(directory / "door")));
}

TEST_CASE("an abstract UNIX listener leaves no file and takes no other's name") {
  const net::Endpoint at = *net::endpoint(address::SocketPath{"charmux-door", true});
  const auto socket = net::ServerSocket::listen(at);
  REQUIRE(socket);
  CHECK(at.text() == "@charmux-door");
  CHECK(why_not(net::ServerSocket::listen(at)) ==
        "cannot listen on @charmux-door: another process listens there; stop it or choose another name");
}

TEST_CASE("an IPv6 listener leaves the same port of IPv4 free, and takes no IPv4 client") {
  const auto six = net::ServerSocket::listen(at_port("::", 7001));
  REQUIRE(six);
  CHECK(connect_to(At::port(7001, AF_INET6)));
  CHECK_FALSE(connect_to(At::port(7001, AF_INET)));
  const auto four = net::ServerSocket::listen(at_port("0.0.0.0", 7001));
  REQUIRE(four);
  CHECK(connect_to(At::port(7001, AF_INET)));
}

TEST_CASE("a TCP listener's port that is taken, or an address that is not ours, is said") {
  const auto first = net::ServerSocket::listen(at_port("127.0.0.1", 7001));
  REQUIRE(first);
  CHECK(why_not(net::ServerSocket::listen(at_port("127.0.0.1", 7001))) ==
        "cannot listen on 127.0.0.1:7001: another process listens there; stop it or choose another port");
  CHECK(why_not(net::ServerSocket::listen(at_port("192.0.2.1", 7001))) ==
        "cannot listen on 192.0.2.1:7001: no interface of this machine has that address; see `ip addr`");
}

TEST_CASE("a TCP listener's port can be listened on again at once after its clients were there") {
  {
    const auto first = net::ServerSocket::listen(at_port("127.0.0.1", 7001));
    REQUIRE(first);
    Connection client = connect_to(At::port(7001));
    const UniqueFd served(::accept(first->fd(), nullptr, nullptr));
    CHECK(served);
  }  // closed on this side first: the connection stays in TIME_WAIT
  CHECK(net::ServerSocket::listen(at_port("127.0.0.1", 7001)));
}
