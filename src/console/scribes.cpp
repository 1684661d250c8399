// SPDX-License-Identifier: Apache-2.0
#include "console/scribes.hpp"

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

Scribes::Order Scribes::give(std::function<void()> task, std::function<void()> done) {
  auto call = std::make_shared<Call>(Call{std::move(task), std::move(done)});
  line_.push_back(call);
  go_on();
  return Order(std::move(call));
}

void Scribes::go_on() {
  for (Scribe& scribe : scribes_) {
    if (scribe.busy || line_.empty()) continue;
    const std::shared_ptr<Call> call = std::move(line_.front());
    line_.pop_front();
    scribe.busy = true;
    scribe.work = loop::Work(
        loop_, [call] { call->task(); },
        [this, &scribe, call] {
          scribe.busy = false;
          if (call->wanted) call->done();
          go_on();
        });
  }
}

}  // namespace charmux::console
