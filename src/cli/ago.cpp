// SPDX-License-Identifier: Apache-2.0
#include "cli/ago.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <ctime>

namespace charmux::cli {
namespace {

struct Unit {
  std::chrono::seconds length;
  std::string_view name;
};
constexpr std::array<Unit, 4> kUnits = {{{std::chrono::hours(24), "d"},
                                         {std::chrono::hours(1), "h"},
                                         {std::chrono::minutes(1), "min"},
                                         {std::chrono::seconds(1), "s"}}};

}  // namespace

std::optional<WallTime> parse_time(std::string_view text) {
  const std::string copy(text);
  std::tm utc{};
  const char* rest = ::strptime(copy.c_str(), "%Y-%m-%dT%H:%M:%S", &utc);
  if (rest == nullptr) return std::nullopt;
  if (*rest == '.')
    for (++rest; *rest >= '0' && *rest <= '9';) ++rest;
  if (std::string_view(rest) != "Z") return std::nullopt;
  return std::chrono::system_clock::from_time_t(::timegm(&utc));
}

std::string ago_text(WallTime then, WallTime now) {
  const auto age = std::max(std::chrono::floor<std::chrono::seconds>(now - then), std::chrono::seconds(0));
  const auto* const unit =
      std::find_if(kUnits.begin(), kUnits.end() - 1, [&](const Unit& each) { return age >= each.length; });
  return fmt::format("{}{} ago", age / unit->length, unit->name);
}

}  // namespace charmux::cli
