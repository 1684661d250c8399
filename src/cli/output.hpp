// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "charmux/base/bytes.hpp"
#include "charmux/base/unique_fd.hpp"

namespace charmux::cli {

/// What waits for standard output, written as that takes it, so that a terminal that stands still (or a pipe nobody
/// reads) does not keep the program from its keys and signals. Owned by a command's loop.
class Output {
 public:
  /// More than this waiting: the one who gives it should stop.
  static constexpr std::size_t kFull = std::size_t{256} * 1024;

  Output();

  void add(BytesView bytes) { append(waiting_, bytes); }
  [[nodiscard]] bool empty() const { return waiting_.empty(); }
  [[nodiscard]] bool full() const { return waiting_.size() >= kFull; }
  /// To be polled for POLLOUT while not empty().
  [[nodiscard]] int fd() const;
  /// Writes what is taken now. 0, or the error that ends it: EPIPE when nobody reads any more.
  [[nodiscard]] int write();
  /// The last byte written; LF before the first, for it begins a line.
  [[nodiscard]] std::byte last() const { return last_; }

 private:
  UniqueFd own_;  ///< the same terminal or pipe, opened again to be non-blocking; else stdout itself is written to
  Bytes waiting_;
  std::byte last_{'\n'};
};

}  // namespace charmux::cli
