// SPDX-License-Identifier: Apache-2.0
#include "console/input_pace.hpp"

#include <algorithm>

namespace charmux::console {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr std::byte kCr{0x0D};

}  // namespace

void InputPace::pass(std::byte byte, MonoTime now) {
  if (settings_.rate > 0) {
    const std::uint64_t time = kSecond + rest_;
    free_at_ += std::chrono::nanoseconds(time / settings_.rate);
    rest_ = time % settings_.rate;
  }
  // That is a pause, not an average.
  if (byte == kCr && settings_.cr_delay.count() > 0) free_at_ = std::max(free_at_, now) + settings_.cr_delay;
}

std::size_t InputPace::allowed(BytesView next, MonoTime now) const {
  InputPace ahead = *this;
  ahead.free_at_ = std::max(free_at_, now - kCatchUp);
  std::size_t bytes = 0;
  while (bytes < next.size() && ahead.free_at_ <= now) ahead.pass(next[bytes++], now);
  return bytes;
}

void InputPace::gave(BytesView bytes, MonoTime now) {
  free_at_ = std::max(free_at_, now - kCatchUp);
  for (const std::byte byte : bytes) pass(byte, now);
}

}  // namespace charmux::console
