// SPDX-License-Identifier: Apache-2.0
#include "daemon/journald.hpp"

#include <doctest/doctest.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "charmux/base/unique_fd.hpp"

using namespace charmux;
using daemon::Journald;

TEST_CASE("journald is behind the descriptor that JOURNAL_STREAM names, and behind no other") {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const UniqueFd in(ends[0]);
  const UniqueFd out(ends[1]);
  struct stat file {};
  REQUIRE(::fstat(out.get(), &file) == 0);
  const std::string stream = fmt::format("{}:{}", file.st_dev, file.st_ino);
  CHECK(Journald::behind(out.get(), stream.c_str()) != nullptr);
  CHECK(Journald::behind(out.get(), (stream + "0").c_str()) == nullptr);
  CHECK(Journald::behind(out.get(), fmt::format("{}:{}", file.st_dev + 1, file.st_ino).c_str()) == nullptr);
  CHECK(Journald::behind(out.get(), "") == nullptr);
  CHECK(Journald::behind(out.get(), nullptr) == nullptr);
  CHECK(Journald::behind(-1, stream.c_str()) == nullptr);
}
