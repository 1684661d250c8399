// SPDX-License-Identifier: Apache-2.0
#include "access/password_hash.hpp"

#include <doctest/doctest.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <string>

using namespace charmux;
using namespace charmux::access;

namespace {

const std::string& nobodys() {
  static const std::string hash = nobodys_hash().value();
  return hash;
}

bool fits(const std::string& password, const std::string& hash) { return password_fits(password, hash, nobodys()); }

/// The least processor time of some tries, so that it is the same on a machine that has other things to do.
std::chrono::nanoseconds effort(const std::string& password, const std::string& hash) {
  const auto now = [] {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  };
  std::chrono::nanoseconds least = std::chrono::hours(1);
  for (int i = 0; i < 5; ++i) {
    const auto began = now();
    CHECK_FALSE(fits(password, hash));
    least = std::min(least, now() - began);
  }
  return least;
}

}  // namespace

TEST_CASE("a password fits the hash that was made of it, and no other does") {
  const std::string hash = hash_password("correct horse").value();
  CHECK(hash.substr(0, 7) == "$y$j9T$");
  CHECK(fits("correct horse", hash));
  CHECK_FALSE(fits("correct hors", hash));
  CHECK_FALSE(fits("correct horse ", hash));
  CHECK_FALSE(fits("", hash));
}

TEST_CASE("each hash has salt of its own") { CHECK(hash_password("same").value() != hash_password("same").value()); }

TEST_CASE("hashes of other programs fit, old ones too") {
  // openssl passwd -6 and -1, and crypt(3)'s oldest.
  for (const std::string hash :
       {"$6$saltsalt$TVLlQcbpFVof5W3Yz4DTP6gRstiNuHwwTt6GLc1E5n0U0aDehy0S5knV8wiOQSpT0Y77vwPZN.Pq.H91p5hVO1",
        "$1$saltsalt$9xy1btjgzLYfb7hivXtC//", "abNANd1rDfiNc"}) {
    CAPTURE(hash);
    CHECK(fits("secret", hash));
    CHECK_FALSE(fits("Secret", hash));
  }
}

TEST_CASE("what is no hash fits nothing, not itself either") {
  for (const std::string hash : {"", "!", "*", "!!", "x", "*0", "*1", "secret", "$y$", "$y$j9T$", "$nothing$abc$def",
                                 "!$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7"}) {
    CAPTURE(hash);
    CHECK_FALSE(fits(hash, hash));
    CHECK_FALSE(fits("", hash));
    CHECK_FALSE(fits("secret", hash));
  }
}

TEST_CASE("nothing fits the hash that is nobody's") {
  CHECK_FALSE(fits("", nobodys()));
  CHECK_FALSE(fits(nobodys(), nobodys()));
  CHECK(nobodys().size() == hash_password("x").value().size());
}

TEST_CASE("it takes as long to find that there is no hash as that the password is wrong") {
  const auto wrong = effort("x", hash_password("secret").value());
  using namespace std::string_literals;
  for (const std::string hash : {"", "!", "*", "*0", "$nothing$abc$def"}) {
    CAPTURE(hash);
    CHECK(effort("x", hash) > wrong / 2);
    CHECK(effort("x", hash) < wrong * 2);
  }
  CHECK(effort("x\0"s, hash_password("x").value()) > wrong / 2);
}

TEST_CASE("a NUL byte ends no password") {
  const std::string hash = hash_password("secret").value();
  using namespace std::string_literals;
  CHECK_FALSE(fits("secret\0"s, hash));
  CHECK_FALSE(fits("secret\0more"s, hash));
}

TEST_CASE("texts are the same when each byte is") {
  CHECK(same_in_constant_time("", ""));
  CHECK(same_in_constant_time("abc", "abc"));
  CHECK_FALSE(same_in_constant_time("abc", "ab"));
  CHECK_FALSE(same_in_constant_time("ab", "abc"));
  CHECK_FALSE(same_in_constant_time("abc", "abd"));
  CHECK_FALSE(same_in_constant_time("abc", "Abc"));
  CHECK_FALSE(same_in_constant_time(std::string_view("a\0", 2), std::string_view("a\x80", 2)));
}

TEST_CASE("of a text that is wiped nothing is left in its memory") {
  std::string text = "a secret that is too long to be kept in the string itself";
  const char* const where = text.data();
  const std::size_t size = text.size();
  wipe(text);
  CHECK(text.empty());
  CHECK(std::string_view(where, size) == std::string(size, '\0'));
}

TEST_CASE("of a text that was moved away nothing is left in the string that it was moved from") {
  std::string text = "short";
  const std::string moved = std::move(text);
  wipe(text);  // NOLINT(bugprone-use-after-move): what is left in it is what this is about
  CHECK(std::string_view(text.data(), moved.size()) == std::string(moved.size(), '\0'));
}
