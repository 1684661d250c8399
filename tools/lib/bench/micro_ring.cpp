// SPDX-License-Identifier: Apache-2.0
// The ring: what each read of a chardev costs, and what each viewer's look at what is new does.
#include <benchmark/benchmark.h>

#include <variant>
#include <vector>

#include "charmux/base/units.hpp"
#include "charmux/history/cursor.hpp"
#include "micro_material.hpp"

namespace bench {
namespace {

using charmux::history::Cursor;
using charmux::history::Ring;

constexpr std::size_t kRing = charmux::MiB;

/// Copying the bytes into the window is part of it, as the kernel's copying is of a read(2).
void ring_append(benchmark::State& state) {
  Ring ring = new_ring(kRing);
  const std::string text = lines(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) append(ring, charmux::as_bytes(text));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(ring_append)->Arg(1)->Arg(64)->Arg(4096)->Arg(65536);

/// One window, without a byte copied: what the ring itself costs.
void ring_window(benchmark::State& state) {
  Ring ring = new_ring(kRing);
  const auto time = std::chrono::system_clock::now();
  for (auto _ : state) {
    const charmux::BytesSpan window = ring.window();
    benchmark::DoNotOptimize(window.data());
    ring.commit(window.size(), time);
  }
}
BENCHMARK(ring_window);

/// One window after the other, each seen by so many viewers.
void ring_append_and_read(benchmark::State& state) {
  Ring ring = new_ring(kRing);
  const std::string text = lines(ring.window().size());
  ring.commit(0, std::chrono::system_clock::now());
  std::vector<Cursor> viewers(static_cast<std::size_t>(state.range(0)), Cursor(ring, ring.head(), 0));
  std::int64_t seen = 0;
  for (auto _ : state) {
    append(ring, charmux::as_bytes(text));
    for (Cursor& viewer : viewers) {
      const auto next = viewer.peek(text.size());
      const auto& bytes = std::get<charmux::BytesView>(next);
      benchmark::DoNotOptimize(bytes.data());
      viewer.commit(bytes.size());
      seen += static_cast<std::int64_t>(bytes.size());
    }
  }
  state.SetBytesProcessed(seen);
}
BENCHMARK(ring_append_and_read)->Arg(1)->Arg(10)->Arg(100)->Arg(1000);

}  // namespace
}  // namespace bench
