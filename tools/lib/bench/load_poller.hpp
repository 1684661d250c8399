// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "load_clock.hpp"
#include "load_fail.hpp"

namespace bench {

/// Whom an event is for, and the number of it among its kind.
enum class Kind : std::uint32_t { chardev, viewer, stormer };

/// epoll, edge-triggered: whoever is told reads or writes until there is no more.
class Poller {
 public:
  Poller() : fd_(::epoll_create1(EPOLL_CLOEXEC)) {}

  void add(int fd, Kind kind, std::size_t number, bool for_writing = false) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLRDHUP | EPOLLET | (for_writing ? std::uint32_t{EPOLLOUT} : 0U);
    event.data.u64 = std::uint64_t{static_cast<std::uint32_t>(kind)} << 32 | number;
    if (::epoll_ctl(fd_, EPOLL_CTL_ADD, fd, &event) != 0) fail("cannot watch a descriptor: {}", strerror(errno));
  }
  void remove(int fd) { ::epoll_ctl(fd_, EPOLL_CTL_DEL, fd, nullptr); }

  /// Calls happened(kind, number, events) for each of what happened within `most`; at once when that is not above 0.
  template <typename Happened>
  void wait(Nanoseconds most, Happened&& happened) {
    if (most < 0) most = 0;
    const timespec timeout{most / kSecond, most % kSecond};
    const int count = ::epoll_pwait2(fd_, events_.data(), static_cast<int>(events_.size()), &timeout, nullptr);
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events_[static_cast<std::size_t>(i)];
      happened(static_cast<Kind>(event.data.u64 >> 32), static_cast<std::size_t>(event.data.u64 & 0xffffffffU),
               event.events);
    }
  }

 private:
  int fd_;
  std::array<epoll_event, 256> events_{};
};

}  // namespace bench
