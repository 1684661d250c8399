// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "load_clock.hpp"
#include "load_connect.hpp"
#include "load_options.hpp"
#include "load_poller.hpp"

namespace bench {

/// Clients that come at a steady rate, read so many bytes each, whatever these are, and leave.
class Stormers {
 public:
  Stormers(const Options& options, Poller& poller);

  /// From now on they come.
  void begin(Nanoseconds time) { due_ = time; }
  /// No more come.
  void end() { due_ = INT64_MAX; }
  /// When the next one comes.
  [[nodiscard]] Nanoseconds due() const { return due_; }
  /// Those that are due by now.
  void come(Nanoseconds time);
  void readable(std::size_t number, Nanoseconds time);

  [[nodiscard]] std::size_t came() const { return came_; }
  [[nodiscard]] std::size_t turned_away() const { return turned_away_; }
  /// From coming to having read all, of each that did.
  [[nodiscard]] std::vector<Nanoseconds>& served() { return served_; }

 private:
  struct Client {
    int fd = -1;
    std::size_t missing = 0;
    Nanoseconds came_at = 0;
  };
  void leave(std::size_t number);

  Storm storm_;
  Nanoseconds period_;
  Poller& poller_;
  Place place_;
  Nanoseconds due_ = INT64_MAX;
  std::vector<Client> clients_;
  std::vector<std::size_t> free_;
  std::vector<char> room_;
  std::size_t came_ = 0;
  std::size_t turned_away_ = 0;
  std::vector<Nanoseconds> served_;
};

}  // namespace bench
