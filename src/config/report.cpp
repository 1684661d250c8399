// SPDX-License-Identifier: Apache-2.0
#include "config/report.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <tuple>

#include "charmux/base/text.hpp"

namespace charmux::config {

std::string to_text(const Problem& problem) {
  return printable(problem.where.empty() ? problem.text : problem.where + ": " + problem.text);
}

void Report::add(const Origin& at, std::string text) { found_.push_back({at, std::move(text)}); }

std::string Report::where(const Origin& at) const {
  if (at.line != 0) return fmt::format("{}:{}:{}", file_, at.line, at.column);
  return std::string(at.argument);
}

std::vector<Problem> Report::take() {
  const auto rank = [](const Found& found) {
    const int kind = found.at.line != 0 ? 0 : !found.at.argument.empty() ? 1 : 2;
    return std::tuple(kind, found.at.line, found.at.column);
  };
  std::stable_sort(found_.begin(), found_.end(), [&](const Found& a, const Found& b) { return rank(a) < rank(b); });
  std::vector<Problem> problems;
  for (Found& found : found_) problems.push_back({where(found.at), std::move(found.text)});
  found_.clear();
  return problems;
}

}  // namespace charmux::config
