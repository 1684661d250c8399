// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "charmux/base/result.hpp"
#include "loop/loop.hpp"

namespace charmux::hypervisor {

class LibvirtEventLoop;
class LibvirtThreads;

/// libvirt in this process: its event loop, which can be there once only (virEventRegisterImpl), on a thread of its
/// own. That thread begins with the first use; nothing of libvirt is touched before. Owned by the program's root;
/// outlives all connections and streams. For the loop's thread.
class Libvirt {
 public:
  explicit Libvirt(loop::Loop& loop);
  /// Waits a moment for the goodbyes of connections and streams that are gone.
  ~Libvirt();
  Libvirt(const Libvirt&) = delete;
  Libvirt& operator=(const Libvirt&) = delete;

  [[nodiscard]] loop::Loop& loop() const { return loop_; }
  /// The event loop runs from here on. Called by connections and streams before anything else. Error: libvirt cannot be
  /// used now.
  [[nodiscard]] Status begin();
  [[nodiscard]] LibvirtThreads& threads();
  [[nodiscard]] static LibvirtEventLoop& events();
  /// True while a thread is in a call into libvirt that nobody can take back, though its owner is gone: the process
  /// has to end without waiting for it (_exit). For the end of the process: waits a moment for those that are about to
  /// return.
  [[nodiscard]] bool has_pending_calls() const;

 private:
  struct State;
  loop::Loop& loop_;
  std::unique_ptr<State> state_;
};

}  // namespace charmux::hypervisor
