// SPDX-License-Identifier: Apache-2.0
#include "charmux/base/units.hpp"

#include <charconv>
#include <ctime>
#include <limits>
#include <span>

namespace charmux {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};
// Smallest first, so that formatting can walk them from the end.
constexpr Unit kSizes[] = {{"B", 1}, {"KiB", KiB}, {"MiB", MiB}, {"GiB", GiB}};
constexpr Unit kTimes[] = {{"ms", 1}, {"s", 1000}, {"min", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};

Result<std::uint64_t> parse_with(std::string_view text, std::span<const Unit> units, std::string_view what,
                                 std::string_view units_help, std::uint64_t most) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range) return failure("'{}' is too large a {}", text, what);
  if (error != std::errc{}) return failure("'{}' is not a {}: write a number and one of {}", text, what, units_help);
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (unit.empty() && number == 0) return 0;
  for (const Unit& known : units) {
    if (known.name != unit) continue;
    if (number > most / known.factor) return failure("'{}' is too large a {}", text, what);
    return number * known.factor;
  }
  return failure("'{}' is not a {}: write a number and one of {}", text, what, units_help);
}

std::string format_with(std::uint64_t value, std::span<const Unit> units) {
  std::size_t best = 0;
  for (std::size_t i = 0; i < units.size(); ++i)
    if (value != 0 && value % units[i].factor == 0) best = i;
  return fmt::format("{}{}", value / units[best].factor, units[best].name);
}

std::tm local_time(WallTime time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm local{};
  ::localtime_r(&seconds, &local);
  return local;
}

}  // namespace

Result<std::uint64_t> parse_size(std::string_view text) {
  return parse_with(text, kSizes, "size", "B, KiB, MiB, GiB", std::numeric_limits<std::uint64_t>::max());
}

std::string format_size(std::uint64_t bytes) { return format_with(bytes, kSizes); }

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  // A thousand years: far above any use, far below where adding it to a clock would overflow.
  constexpr std::uint64_t kMost = 1000ULL * 366 * 86'400'000;
  return parse_with(text, kTimes, "time", "ms, s, min, h, d", kMost).map([](std::uint64_t ms) {
    return std::chrono::milliseconds(ms);
  });
}

std::string format_duration(std::chrono::milliseconds time) {
  return format_with(static_cast<std::uint64_t>(time.count()), kTimes);
}

std::string clock_text(WallTime time) {
  const std::tm local = local_time(time);
  return fmt::format("{:02}:{:02}:{:02}", local.tm_hour, local.tm_min, local.tm_sec);
}

std::string date_text(WallTime time) {
  const std::tm local = local_time(time);
  return fmt::format("{:04}-{:02}-{:02}", local.tm_year + 1900, local.tm_mon + 1, local.tm_mday);
}

std::string rfc3339(WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(time - seconds).count();
  const std::time_t since_epoch = std::chrono::system_clock::to_time_t(seconds);
  std::tm utc{};
  ::gmtime_r(&since_epoch, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
                     utc.tm_hour, utc.tm_min, utc.tm_sec, milliseconds);
}

}  // namespace charmux
