// SPDX-License-Identifier: Apache-2.0
#include "load_report.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bench {
namespace {

Cpu difference(const Cpu& first, const Cpu& last) { return {last.used - first.used, last.waited - first.waited}; }

}  // namespace

std::string members(const Outcome& outcome) {
  std::uint64_t delivered = 0;
  std::uint64_t slowest = outcome.received.empty() ? 0 : UINT64_MAX;
  for (std::size_t i = 0; i < outcome.received.size(); ++i) {
    const std::uint64_t bytes = outcome.last.received[i] - outcome.first.received[i];
    delivered += bytes;
    slowest = std::min(slowest, bytes);
  }
  const bool whole = std::all_of(outcome.received.begin(), outcome.received.end(),
                                 [&](std::uint64_t bytes) { return bytes == outcome.printed; });
  const Cpu load = difference(outcome.first.load_cpu, outcome.last.load_cpu);
  std::string text = fmt::format(
      R"("whole": {}, "viewers": {}, "connected_s": {:.6f}, "attached_s": {:.6f}, "seconds": {:.6f}, "printed": {}, )"
      R"("delivered": {}, "slowest": {}, "load_cpu_ns": {}, "load_wait_ns": {})",
      whole, outcome.received.size(), to_seconds(outcome.connected), to_seconds(outcome.attached),
      to_seconds(outcome.last.time - outcome.first.time), outcome.printed, delivered, slowest, load.used, load.waited);
  const Cpu cpu = difference(outcome.first.cpu, outcome.last.cpu);
  if (outcome.cpu) text += fmt::format(R"(, "cpu_ns": {}, "cpu_wait_ns": {})", cpu.used, cpu.waited);
  if (outcome.gaps) text += fmt::format(R"(, "received": [{}])", fmt::join(outcome.received, ", "));
  return text;
}

std::string microseconds(std::vector<Nanoseconds>& times) {
  if (times.empty()) return R"({"count": 0})";
  std::sort(times.begin(), times.end());
  const auto of = [&](std::size_t per_cent) {
    const std::size_t rank = std::min(times.size() - 1, times.size() * per_cent / 100);
    return static_cast<double>(times[rank]) / 1000;
  };
  return fmt::format(R"({{"p50": {:.1f}, "p99": {:.1f}, "longest": {:.1f}, "count": {}}})", of(50), of(99), of(100),
                     times.size());
}

}  // namespace bench
