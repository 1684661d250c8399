// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <csignal>

namespace charmux::test {

/// No file may grow meanwhile, nor one that is memory.
class NoRoomAnywhere {
 public:
  NoRoomAnywhere() {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit none{0, before_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &none) == 0);
  }
  ~NoRoomAnywhere() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  NoRoomAnywhere(const NoRoomAnywhere&) = delete;
  NoRoomAnywhere& operator=(const NoRoomAnywhere&) = delete;
  NoRoomAnywhere(NoRoomAnywhere&&) = delete;
  NoRoomAnywhere& operator=(NoRoomAnywhere&&) = delete;

 private:
  rlimit before_{};
};

}  // namespace charmux::test
