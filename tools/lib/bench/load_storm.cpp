// SPDX-License-Identifier: Apache-2.0
#include "load_storm.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace bench {

Stormers::Stormers(const Options& options, Poller& poller)
    : storm_(*options.storm),
      period_(from_seconds(1 / storm_.rate)),
      poller_(poller),
      place_(options.address, options.port, true),
      room_(std::max<std::size_t>(storm_.bytes, 1)) {}

void Stormers::come(Nanoseconds time) {
  for (; due_ <= time; due_ += period_) {
    ++came_;
    const int fd = place_.begin_connect(came_);
    if (fd < 0) {
      ++turned_away_;
      continue;
    }
    if (free_.empty()) {
      free_.push_back(clients_.size());
      clients_.emplace_back();
    }
    const std::size_t number = free_.back();
    free_.pop_back();
    clients_[number] = {fd, storm_.bytes, time};
    poller_.add(fd, Kind::stormer, number);
  }
}

void Stormers::readable(std::size_t number, Nanoseconds time) {
  Client& client = clients_[number];
  while (client.missing > 0) {
    const ssize_t size = ::recv(client.fd, room_.data(), client.missing, MSG_DONTWAIT);
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) {
      ++turned_away_;
      return leave(number);
    }
    client.missing -= static_cast<std::size_t>(size);
  }
  served_.push_back(time - client.came_at);
  leave(number);
}

void Stormers::leave(std::size_t number) {
  ::close(clients_[number].fd);
  clients_[number].fd = -1;
  free_.push_back(number);
}

}  // namespace bench
