// SPDX-License-Identifier: Apache-2.0
#include "charmux/protocol/telnet_encoder.hpp"

#include <algorithm>
#include <cstring>

namespace charmux::protocol {
namespace {

constexpr std::byte kNul{0x00};
constexpr std::byte kLf{0x0A};
constexpr std::byte kCr{0x0D};
constexpr std::byte kIac{0xFF};

/// How many of the first bytes are their own encoding, if nothing is owed before them. A CR at the end is one of these.
std::size_t plain_run(BytesView in, bool binary) {
  if (binary) {
    const void* iac = in.empty() ? nullptr : std::memchr(in.data(), std::to_integer<int>(kIac), in.size());
    return iac == nullptr ? in.size() : static_cast<std::size_t>(static_cast<const std::byte*>(iac) - in.data());
  }
  std::size_t end = 0;
  for (; end < in.size() && in[end] != kIac; ++end)
    if (in[end] == kCr && end + 1 < in.size() && in[end + 1] != kLf) break;
  return end;
}

bool owes_nul(TelnetWireState state, bool binary, std::byte next) { return state.after_cr && !binary && next != kLf; }

}  // namespace

void telnet_encode(BytesView in, bool binary, TelnetWireState& state, Bytes& out) {
  if (state.owe_iac) out.push_back(kIac);
  state.owe_iac = false;
  while (!in.empty()) {
    if (owes_nul(state, binary, in.front())) out.push_back(kNul);
    // The run ends before a byte that needs care; that byte is taken with it.
    const std::size_t run = plain_run(in, binary);
    const bool all = run == in.size();
    const BytesView taken = in.first(all ? run : run + 1);
    append(out, taken);
    state.after_cr = !binary && taken.back() == kCr;
    if (taken.back() == kIac) out.push_back(kIac);
    in = in.subspan(taken.size());
  }
}

TelnetProgress telnet_progress(BytesView in, bool binary, TelnetWireState before, std::size_t sent) {
  TelnetProgress done{0, before};
  if (sent > 0 && before.owe_iac) {
    done.state.owe_iac = false;
    --sent;
  }
  while (sent > 0 && done.consumed < in.size()) {
    const BytesView rest = in.subspan(done.consumed);
    if (owes_nul(done.state, binary, rest.front())) {
      done.state.after_cr = false;
      --sent;
      continue;
    }
    const std::size_t run = plain_run(rest.first(std::min(rest.size(), sent)), binary);
    const std::size_t taken = std::max<std::size_t>(run, 1);
    const std::byte last = rest[taken - 1];
    done.consumed += taken;
    sent -= taken;
    done.state.after_cr = !binary && last == kCr;
    if (run != 0 || last != kIac) continue;
    done.state.owe_iac = sent == 0;
    if (sent > 0) --sent;
  }
  return done;
}

}  // namespace charmux::protocol
