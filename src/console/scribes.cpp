// SPDX-License-Identifier: Apache-2.0
#include "console/scribes.hpp"

#include <algorithm>
#include <utility>

namespace charmux::console {

Scribes::Order& Scribes::Order::operator=(Order&& other) noexcept {
  forget();
  call_ = std::move(other.call_);
  return *this;
}

void Scribes::Order::forget() {
  if (call_) call_->wanted = false;
}

Scribes::Order Scribes::give(std::string folder, std::function<void()> task, std::function<void()> done) {
  const auto call = std::make_shared<Call>();
  call->folder = std::move(folder);
  call->task = std::move(task);
  call->done = std::move(done);
  line_.push_back(call);
  go_on();
  return Order(call);
}

std::shared_ptr<Scribes::Call> Scribes::next() {
  const auto at = std::find_if(line_.begin(), line_.end(), [this](const auto& call) {
    return std::none_of(scribes_.begin(), scribes_.end(),
                        [&](const Scribe& scribe) { return scribe.call && scribe.call->folder == call->folder; });
  });
  if (at == line_.end()) return nullptr;
  std::shared_ptr<Call> call = std::move(*at);
  line_.erase(at);
  return call;
}

void Scribes::go_on() {
  for (Scribe& scribe : scribes_) {
    if (scribe.call) continue;
    const std::shared_ptr<Call> call = next();
    if (!call) return;
    call->begun = true;
    scribe.call = call;
    const auto carry_out = [call] {
      call->task();
      // What it holds may have to be closed, which may block.
      if (!call->wanted) call->task = call->done = nullptr;
    };
    scribe.work = loop::Work(loop_, carry_out, [this, &scribe, call] {
      scribe.call.reset();
      if (call->wanted) call->done();
      go_on();
    });
  }
}

}  // namespace charmux::console
