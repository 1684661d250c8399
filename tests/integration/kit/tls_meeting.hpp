// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <array>
#include <fstream>
#include <optional>
#include <string>

#include "charmux/base/units.hpp"
#include "kit/tls_end.hpp"
#include "kit/world.hpp"
#include "net/stream.hpp"

namespace charmux::test {

/// Two ends of a connection, each in its own way: the stream under test, and one of the kit, which whoever derives from
/// this has.
struct TlsMeeting {
  World world;
  TestAuthority authority;
  std::optional<net::Stream> stream;
  net::Io shaken{net::Io::Kind::again};

  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream(world.directory / name) << text;
    return world.directory / name;
  }
  /// A new stream; its far end.
  UniqueFd connected() {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) == 0);
    stream.emplace(UniqueFd(ends[0]), 64 * KiB);
    shaken = {net::Io::Kind::again};
    return UniqueFd(ends[1]);
  }
  /// What the stream has, read in pieces of that size.
  net::Io read_all(std::string& into, std::size_t most) {
    std::array<std::byte, 65536> room;
    for (;;) {
      const net::Io io = stream->recv(BytesSpan(room).first(most));
      if (io.kind != net::Io::Kind::moved) return io;
      into += as_text(BytesView(room).first(io.bytes));
    }
  }
  /// Both say something at once; the stream reads in pieces of that size.
  void talk(TlsEnd& other, const std::string& by_other, const std::string& by_stream, std::size_t most) {
    std::string heard;
    std::size_t sent = 0;
    const std::size_t before = other.received().size();
    other.write(by_other);
    world.run_until("all has come both ways", [&] {
      other.poll();
      (void)read_all(heard, most);
      stream->flush();
      const net::Io io = stream->send(as_bytes(std::string_view(by_stream).substr(sent)));
      if (io.kind == net::Io::Kind::moved) sent += io.bytes;
      return heard.size() >= by_other.size() && other.received().size() - before >= by_stream.size();
    });
    CHECK(heard == by_other);
    CHECK(other.received().substr(before) == by_stream);
  }
  /// Why the stream refused; its own words.
  [[nodiscard]] net::TlsFailure::Kind failed() const {
    CHECK(shaken.kind == net::Io::Kind::error);
    CHECK(shaken.error_number == EPROTO);
    return stream->tls()->why().kind;
  }
  [[nodiscard]] const std::string& why() const { return stream->tls()->why().text; }
};

}  // namespace charmux::test
