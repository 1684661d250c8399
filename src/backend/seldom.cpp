// SPDX-License-Identifier: Apache-2.0
#include "backend/seldom.hpp"

#include <algorithm>
#include <utility>

namespace charmux::backend {
namespace {

constexpr std::chrono::seconds kPause{10};

}  // namespace

Seldom::Seldom(loop::Loop& loop, std::function<void(std::uint64_t)> tell)
    : loop_(loop), tell_(std::move(tell)), timer_(loop, [this] { told(); }) {}

void Seldom::count(std::uint64_t more) {
  untold_ += more;
  if (untold_ == 0 || timer_.running()) return;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(next_ - loop_.now());
  timer_.start(std::max(left, std::chrono::milliseconds(0)));
}

void Seldom::told() {
  next_ = loop_.now() + kPause;
  tell_(std::exchange(untold_, 0));
}

}  // namespace charmux::backend
