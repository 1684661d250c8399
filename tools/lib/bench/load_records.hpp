// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "load_clock.hpp"

namespace bench {

/// The records that the guest prints: when each was printed, and how long it took to each viewer.
class RecordBook {
 public:
  /// Room for `most` records is taken at once, so that nothing is allocated while the clock runs.
  RecordBook(std::size_t size, std::size_t viewers, std::size_t most);

  /// The next record, to be printed as a whole at once.
  [[nodiscard]] std::string_view next();
  /// It was printed, at `time`.
  void printed(Nanoseconds time);
  /// From here on latencies are kept.
  void begin() { first_ = printed_at_.size(); }
  /// A viewer had these bytes at `time`. Fails when they are not the next of what was printed.
  void take(std::size_t viewer, std::string_view bytes, Nanoseconds time);

  /// From printing to a viewer having it, for each record and viewer.
  [[nodiscard]] std::vector<Nanoseconds>& latencies() { return latencies_; }
  /// From printing to the last viewer having it, for each record.
  [[nodiscard]] std::vector<Nanoseconds>& lasts() { return lasts_; }

 private:
  struct Reader {
    std::size_t records = 0;
    std::size_t bytes = 0;  ///< of the next
  };
  void write(std::string& record, std::size_t number) const;
  void complete(std::size_t viewer, Nanoseconds time);

  std::size_t size_;
  std::size_t first_ = SIZE_MAX;
  std::string record_;
  std::string expected_;
  std::size_t expected_number_ = 0;
  std::vector<Nanoseconds> printed_at_;
  std::vector<std::size_t> missing_;  ///< viewers that have not had it
  std::vector<Reader> readers_;
  std::vector<Nanoseconds> latencies_;
  std::vector<Nanoseconds> lasts_;
};

}  // namespace bench
