// SPDX-License-Identifier: Apache-2.0
#include "net/tls_outlet.hpp"

#include <doctest/doctest.h>
#include <malloc.h>
#include <openssl/bio.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <memory>
#include <string>

#include "charmux/base/unique_fd.hpp"
#include "charmux/base/units.hpp"
#include "kit/texts.hpp"
#include "kit/world.hpp"

using namespace charmux;
using namespace charmux::test;
using Kind = net::Io::Kind;

// A sanitizer has an allocator of its own, of which mallinfo2(3) knows nothing; without one there is no such function.
// NOLINTNEXTLINE(bugprone-reserved-identifier)
extern "C" [[gnu::weak]] std::size_t __sanitizer_get_current_allocated_bytes();

namespace {

/// Bytes of memory that are in use now.
std::size_t in_use() {
  if (&__sanitizer_get_current_allocated_bytes != nullptr) return __sanitizer_get_current_allocated_bytes();
  const struct mallinfo2 now = ::mallinfo2();
  return now.uordblks + now.hblkhd;
}

/// An outlet, and the far end of its socket, which takes little at a time.
struct Wire {
  Wire() {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) == 0);
    near = UniqueFd(ends[0]);
    far = UniqueFd(ends[1]);
    const int room = 4096;
    REQUIRE(::setsockopt(near.get(), SOL_SOCKET, SO_SNDBUF, &room, sizeof room) == 0);
    outlet = std::make_unique<net::TlsOutlet>(near.get());
  }
  /// What has come over, at most that much of it.
  std::string take(std::size_t most = 16 * MiB) {
    std::string all;
    std::array<char, 4096> piece;
    while (all.size() < most) {
      const ssize_t got = ::recv(far.get(), piece.data(), std::min(piece.size(), most - all.size()), 0);
      if (got <= 0) break;
      all.append(piece.data(), static_cast<std::size_t>(got));
    }
    return all;
  }
  /// Until the socket takes no more; all that was written.
  std::string fill() {
    std::string written;
    while (outlet->owed() == 0) {
      REQUIRE(written.size() < 1 * MiB);
      const int first = static_cast<int>(written.size() / 9);
      const std::string more = numbered_lines(first, first + 500);
      outlet->write(more);
      written += more;
    }
    return written;
  }

  /// All that is still to come, `piece` bytes at a time, until nothing is owed.
  std::string drain(std::size_t piece = 16 * MiB) {
    std::string all;
    for (int turns = 0; outlet->owed() > 0; ++turns) {
      REQUIRE(turns < 10'000);
      all += take(piece);
      outlet->flush();
    }
    return all + take();
  }

  UniqueFd near;
  UniqueFd far;
  std::unique_ptr<net::TlsOutlet> outlet;
};

}  // namespace

TEST_CASE("tls outlet: what the socket takes is sent at once, and nothing is owed") {
  Wire wire;
  wire.outlet->write("a record");
  CHECK(wire.outlet->owed() == 0);
  CHECK(wire.take() == "a record");
}

TEST_CASE("tls outlet: what the socket does not take is kept, and sent later, in order, before what came after it") {
  Wire wire;
  std::string written = wire.fill();
  REQUIRE(wire.outlet->owed() > 0);
  std::string come = wire.take();
  // There is room by now, which what is owed has to get first.
  const std::string newest = "the newest";
  wire.outlet->write(newest);
  written += newest;
  CHECK(wire.outlet->owed() > newest.size());
  come += wire.drain(1000);
  CHECK(come == written);
}

TEST_CASE("tls outlet: a backlog that is sent in pieces while more is written arrives whole") {
  Wire wire;
  std::string written = wire.fill() + numbered_lines(0, 10'000);
  wire.outlet->write(std::string_view(written).substr(written.size() - 90'000));
  std::string come;
  // Most of it has been sent before the last is written: what is kept is moved on the way.
  for (int i = 0; i < 100; ++i) {
    const std::string more = numbered_lines(i * 5, i * 5 + 5);
    wire.outlet->write(more);
    written += more;
    come += wire.take(1000);
    wire.outlet->flush();
  }
  come += wire.drain();
  CHECK(come == written);
}

TEST_CASE("tls outlet: while it is held nothing is sent, not by a flush either; released, all goes at once") {
  Wire wire;
  wire.outlet->hold();
  CHECK(wire.outlet->held());
  wire.outlet->write("one ");
  wire.outlet->write("two ");
  wire.outlet->flush();
  wire.outlet->write("three");
  CHECK(wire.outlet->owed() == 13);
  CHECK(wire.take().empty());
  wire.outlet->release();
  CHECK_FALSE(wire.outlet->held());
  CHECK(wire.outlet->owed() == 0);
  CHECK(wire.take() == "one two three");
  wire.outlet->write("four");
  CHECK(wire.take() == "four");
}

TEST_CASE("tls outlet: a failure is told with its reason, and no signal; what follows is dropped") {
  std::signal(SIGPIPE, SIG_DFL);
  Wire wire;
  CHECK_FALSE(wire.outlet->failed());
  wire.far = UniqueFd();
  wire.outlet->write("anybody?");
  REQUIRE(wire.outlet->failed());
  CHECK(wire.outlet->failed()->kind == Kind::error);
  CHECK(wire.outlet->failed()->error_number == EPIPE);
  CHECK(wire.outlet->owed() == 0);
  wire.outlet->write("still nobody?");
  wire.outlet->hold();
  wire.outlet->write("nor now?");
  CHECK(wire.outlet->owed() == 0);
  wire.outlet->release();
  CHECK(wire.outlet->failed()->error_number == EPIPE);
}

TEST_CASE("tls outlet: what was kept for one who has gone is forgotten") {
  Wire wire;
  (void)wire.fill();
  wire.far = UniqueFd();
  wire.outlet->flush();
  REQUIRE(wire.outlet->failed());
  CHECK(wire.outlet->owed() == 0);
}

TEST_CASE(
    "tls outlet: the memory of what was kept is given back when it is sent, and when nobody is left to send it to") {
  constexpr std::size_t kMuch = 1 * MiB;
  for (const bool goes : {false, true}) {
    CAPTURE(goes);
    Wire wire;
    (void)wire.fill();
    const std::size_t before = in_use();
    wire.outlet->write(std::string(kMuch, 'm'));
    CHECK(in_use() >= before + kMuch);
    if (goes) {
      wire.far = UniqueFd();
      wire.outlet->flush();
    } else {
      (void)wire.drain();
    }
    CHECK(in_use() < before + kMuch / 2);
  }
}

TEST_CASE("tls outlet: a socket that is only full has not failed") {
  Wire wire;
  (void)wire.fill();
  wire.outlet->flush();
  CHECK_FALSE(wire.outlet->failed());
}

TEST_CASE("tls outlet: OpenSSL writes to it, is never told to wait, and may not read") {
  Wire wire;
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(wire.outlet->new_bio(), &BIO_free);
  REQUIRE(bio);
  const std::string record(8 * KiB, 'r');
  std::size_t written = 0;
  for (; wire.outlet->owed() == 0; written += record.size()) {
    REQUIRE(BIO_write(bio.get(), record.data(), static_cast<int>(record.size())) == static_cast<int>(record.size()));
    CHECK(BIO_should_retry(bio.get()) == 0);
  }
  CHECK(BIO_write(bio.get(), record.data(), 7) == 7);
  CHECK(BIO_flush(bio.get()) == 1);
  std::array<char, 8> room{};
  CHECK(BIO_read(bio.get(), room.data(), room.size()) < 0);
  const std::string come = wire.drain();
  CHECK(come.size() == written + 7);
}
