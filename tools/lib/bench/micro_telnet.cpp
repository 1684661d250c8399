// SPDX-License-Identifier: Apache-2.0
// The telnet encoder, on what a viewer is sent in one turn.
#include <benchmark/benchmark.h>

#include "charmux/base/units.hpp"
#include "charmux/protocol/telnet_encoder.hpp"
#include "micro_material.hpp"

namespace bench {
namespace {

constexpr std::size_t kTurn = 64 * charmux::KiB;

void encode(benchmark::State& state, const std::string& console, bool binary) {
  charmux::Bytes out;
  charmux::protocol::TelnetWireState wire;
  for (auto _ : state) {
    out.clear();
    charmux::protocol::telnet_encode(charmux::as_bytes(console), binary, wire, out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(console.size()));
}

void telnet_text(benchmark::State& state) { encode(state, lines(kTurn), state.range(0) != 0); }
BENCHMARK(telnet_text)->ArgName("binary")->Arg(1)->Arg(0);

void telnet_random(benchmark::State& state) { encode(state, random_bytes(kTurn), state.range(0) != 0); }
BENCHMARK(telnet_random)->ArgName("binary")->Arg(1)->Arg(0);

/// What a send that was taken in part costs beside: how far it came.
void telnet_progress(benchmark::State& state) {
  const std::string console = random_bytes(kTurn);
  for (auto _ : state)
    benchmark::DoNotOptimize(charmux::protocol::telnet_progress(charmux::as_bytes(console), true, {}, kTurn / 2));
}
BENCHMARK(telnet_progress);

}  // namespace
}  // namespace bench
