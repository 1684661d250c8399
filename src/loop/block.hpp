// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <uv.h>

#include <functional>
#include <utility>

namespace charmux::loop {

/// The heap half of a handle (libuv closes asynchronously: the uv_*_t must outlive its owner until the close callback).
/// The C++ owner holds a pointer to it; when the owner dies it orphans the block, which frees itself once libuv lets
/// go. No callback reaches an owner that is gone, and a callback may destroy its own owner: the function lives in the
/// block. `Derived` is the kind's own name for its block, so that its header needs neither libuv nor this template.
template <class Derived, class Handle, class Function>
struct Block {
  Handle handle{};
  std::function<Function> callback;
  bool orphan = false;

  /// The block that a libuv handle is part of; its `data` is set by attach().
  template <class AnyHandle>
  static Derived* from(AnyHandle* of) {
    return static_cast<Derived*>(of->data);
  }
  void attach(std::function<Function> function) {
    callback = std::move(function);
    handle.data = static_cast<Derived*>(this);
  }
  /// Calls back, unless the owner is gone.
  template <class... Args>
  void call(Args... args) {
    if (!orphan) callback(args...);
  }
  /// Gives the block to libuv to close, and forgets the owner. Nothing happens when there is none.
  static void close(Derived*& block) {
    Derived* closing = std::exchange(block, nullptr);
    if (closing == nullptr) return;
    closing->orphan = true;
    uv_close(reinterpret_cast<uv_handle_t*>(&closing->handle), [](uv_handle_t* of) { delete from(of); });
  }
};

}  // namespace charmux::loop
