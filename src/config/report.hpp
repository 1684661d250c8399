// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "charmux/config/problem.hpp"

namespace charmux::config {

/// Where something was written: a place in the file (line and column count from 1), an argument of the command line
/// ("--listen"), or nowhere (line 0, no argument).
struct Origin {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string_view argument{};  ///< a literal
};

/// Collects what is wrong with a configuration while it is read, so that a user is told everything at once.
class Report {
 public:
  explicit Report(std::string_view file) : file_(file) {}

  void add(const Origin& at, std::string text);
  /// "FILE:LINE:COLUMN", "--listen", or nothing.
  [[nodiscard]] std::string where(const Origin& at) const;
  [[nodiscard]] bool empty() const { return found_.empty(); }
  /// In the order of the file, then of the command line, then what stands nowhere. Leaves the report empty.
  [[nodiscard]] std::vector<Problem> take();

 private:
  struct Found {
    Origin at;
    std::string text;
  };
  std::string file_;
  std::vector<Found> found_;
};

}  // namespace charmux::config
