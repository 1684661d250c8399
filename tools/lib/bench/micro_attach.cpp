// SPDX-License-Identifier: Apache-2.0
// Where a viewer that attaches begins, and its first look at what is there.
#include <benchmark/benchmark.h>

#include <variant>

#include "charmux/base/units.hpp"
#include "charmux/history/cursor.hpp"
#include "console/viewpoint.hpp"
#include "micro_material.hpp"

namespace bench {
namespace {

using charmux::history::Cursor;
using charmux::history::Ring;

constexpr std::size_t kRing = charmux::MiB;
constexpr std::uint64_t kReplay = 32 * charmux::KiB;

charmux::console::ViewerSettings with_replay(std::uint64_t replay) {
  charmux::console::ViewerSettings settings;
  settings.replay = replay;
  return settings;
}

void attach(benchmark::State& state, const std::string& history, std::uint64_t replay) {
  Ring ring = new_ring(kRing);
  append(ring, charmux::as_bytes(history));
  const charmux::console::ViewerSettings settings = with_replay(replay);
  for (auto _ : state) {
    Cursor viewer = charmux::console::beginning(ring, settings);
    const auto next = viewer.peek(64 * charmux::KiB);
    benchmark::DoNotOptimize(std::get<charmux::BytesView>(next).data());
  }
}

/// More than a ring, so that it has gone round.
constexpr std::size_t kHistory = kRing + kRing / 2;

void attach_live(benchmark::State& state) { attach(state, lines(kHistory), 0); }
BENCHMARK(attach_live);
void attach_to_text(benchmark::State& state) { attach(state, lines(kHistory), kReplay); }
BENCHMARK(attach_to_text);
void attach_to_coloured_text(benchmark::State& state) { attach(state, coloured_lines(kHistory), kReplay); }
BENCHMARK(attach_to_coloured_text);
void attach_to_one_long_line(benchmark::State& state) { attach(state, one_line(kHistory), kReplay); }
BENCHMARK(attach_to_one_long_line);
void attach_to_random_bytes(benchmark::State& state) { attach(state, random_bytes(kHistory), kReplay); }
BENCHMARK(attach_to_random_bytes);

/// A viewer that has fallen out of the ring.
void resume_in_text(benchmark::State& state) {
  Ring ring = new_ring(kRing);
  append(ring, charmux::as_bytes(lines(kHistory)));
  const charmux::console::ViewerSettings settings = with_replay(kReplay);
  for (auto _ : state) benchmark::DoNotOptimize(charmux::console::resumption(ring, settings));
}
BENCHMARK(resume_in_text);

}  // namespace
}  // namespace bench
