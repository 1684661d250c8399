// SPDX-License-Identifier: Apache-2.0
#include "access/refusals.hpp"

#include <utility>

namespace charmux::access {

Refusals::Refusals(loop::Loop& loop, Log& log, LogLevel level, std::chrono::milliseconds pause)
    : log_(log), level_(level), pause_(pause), timer_(loop, [this] {
        say();
        if (!more_.empty()) timer_.start(pause_);
      }) {}

Refusals::~Refusals() { say(); }

void Refusals::refused(const std::string& kind, const std::string& line, const Log::Fields& fields) {
  if (const auto known = more_.find(kind); known != more_.end()) {
    ++known->second;
    return;
  }
  if (more_.size() == kMost) {
    ++others_;
    return;
  }
  more_.emplace(kind, 0);
  log_.write(level_, line, fields);
  if (!timer_.running()) timer_.start(pause_);
}

void Refusals::say() {
  for (auto kind = more_.begin(); kind != more_.end();) {
    const auto more = std::exchange(kind->second, 0);
    if (more == 0) {
      kind = more_.erase(kind);
      continue;
    }
    log_.write(level_, fmt::format("refused {} more {}", more, kind->first));
    ++kind;
  }
  if (const auto others = std::exchange(others_, 0); others > 0)
    log_.write(level_, fmt::format("refused {} more for other reasons", others));
}

}  // namespace charmux::access
