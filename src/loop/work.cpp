// SPDX-License-Identifier: Apache-2.0
#include "loop/work.hpp"

#include <uv.h>

#include <utility>

namespace charmux::loop {

/// Outlives its Work: libuv cannot take back a call that a thread has begun.
struct Work::Request {
  uv_work_t handle{};
  std::function<void()> task;
  std::function<void()> done;
  std::shared_ptr<bool> wanted;
};

Work::Work(Loop& loop, std::function<void()> task, std::function<void()> done) : wanted_(std::make_shared<bool>(true)) {
  auto* request = new Request;
  request->task = std::move(task);
  request->done = std::move(done);
  request->wanted = wanted_;
  request->handle.data = request;
  uv_queue_work(
      loop.raw(), &request->handle, [](uv_work_t* handle) { static_cast<Request*>(handle->data)->task(); },
      [](uv_work_t* handle, int) {
        const std::unique_ptr<Request> ended(static_cast<Request*>(handle->data));
        if (*ended->wanted) ended->done();
      });
}

Work& Work::operator=(Work&& other) noexcept {
  if (wanted_) *wanted_ = false;
  wanted_ = std::move(other.wanted_);
  return *this;
}

Work::~Work() {
  if (wanted_) *wanted_ = false;
}

}  // namespace charmux::loop
