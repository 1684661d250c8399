// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "backend/console_locks.hpp"
#include "backend/opener.hpp"
#include "loop/loop.hpp"
#include "loop/timer.hpp"

namespace charmux::backend {

/// How a pty is shared with libvirt's own console sessions (virsh console).
enum class Courtesy {
  yield,   ///< it is left to them: closed as soon as one begins, opened again when it has ended
  refuse,  ///< it is locked, so that libvirt refuses them
};

/// The pty of a libvirt guest on this host.
///
/// A session that was there first is waited for, unless it is thrown out by force; that its lock went is told at once,
/// that its program died without removing it is seen at the next try. Where one has no permission on the pty, it is
/// opened through libvirt, if there is a way.
class LibvirtPty final : public Opener, private Opener::Owner {
 public:
  using Make = std::function<std::unique_ptr<Opener>(Opener::Owner&)>;
  struct Settings {
    std::string path;
    Courtesy courtesy = Courtesy::yield;
    Make fallback = {};  ///< makes what opens it through libvirt; null: there is no such way
    Make force = {};     ///< the same, throwing out whoever has it through libvirt; null: nobody is thrown out
    std::chrono::milliseconds force_patience{5000};  ///< how long libvirt may take to let the lock go after that
  };
  /// Locks and owner outlive it.
  LibvirtPty(loop::Loop& loop, Settings settings, ConsoleLocks& locks, Opener::Owner& owner);

  void begin() override;
  void abandon() override;

 private:
  /// What is waited for.
  enum class Phase {
    idle,
    throwing_out,  ///< the opener `by_libvirt_`, which throws a session out
    until_free,    ///< the lock of the session that was thrown out, and of the one that did it
    falling_back,  ///< the opener `by_libvirt_`, whose channel it will be
  };

  // Opener::Owner, of `by_libvirt_`
  void opened(std::unique_ptr<Channel> channel, std::size_t leftover) override;
  void failed(State state, const std::string& reason) override;
  void remarked(const std::string& remark) override { owner_.remarked(remark); }
  void worth_a_try() override { owner_.worth_a_try(); }
  [[nodiscard]] bool has_history() const override { return owner_.has_history(); }

  void ask_libvirt(Phase why, const Make& make);
  void lock_changed();
  void in_use();
  void open();
  [[nodiscard]] bool lock(std::optional<UucpLock>& held);
  void not_permitted(const std::string& more);

  loop::Loop& loop_;
  const Settings settings_;
  ConsoleLocks& locks_;
  Opener::Owner& owner_;
  bool may_force_;
  Phase phase_ = Phase::idle;
  std::string lock_;
  ConsoleLocks::Watch watch_;
  std::unique_ptr<Opener> by_libvirt_;
  loop::Timer patience_;
};

}  // namespace charmux::backend
