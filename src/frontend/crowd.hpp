// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace charmux::frontend {

/// How many clients there are of each kind that has a limit: of a listener, from an address, of a user, strangers. Who
/// is counted holds a Ticket. Outlives all tickets. For the loop's thread.
class Crowd {
 public:
  class Seat;
  /// Whoever holds it is counted; null: for nothing.
  using Ticket = std::unique_ptr<Seat>;
  struct Limit {
    std::string kind;  ///< "127.0.0.1 among addresses", ...: what is counted together
    std::size_t most;  ///< 0: as many as come, and nobody counts
  };
  struct Entry {
    Ticket ticket;
    const Limit* full = nullptr;  ///< the first limit that is reached: then nobody was counted
  };
  /// Takes a seat in all of them at once, or in none.
  [[nodiscard]] Entry enter(std::span<const Limit> limits);
  /// One ticket for two.
  [[nodiscard]] static Ticket both(Ticket one, Ticket other);
  [[nodiscard]] std::size_t count(const std::string& kind) const;

 private:
  std::unordered_map<std::string, std::size_t> counts_;
};

/// Counted until it is destroyed.
class Crowd::Seat {
 public:
  Seat(Crowd& crowd, std::vector<std::string> kinds) : crowd_(crowd), kinds_(std::move(kinds)) {}
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;
  ~Seat();

 private:
  Crowd& crowd_;
  const std::vector<std::string> kinds_;
  Ticket with_;

  friend class Crowd;
};

}  // namespace charmux::frontend
