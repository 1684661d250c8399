// SPDX-License-Identifier: Apache-2.0
#include "backend/libvirt_pty.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "backend/libvirt_pty_channel.hpp"

namespace charmux::backend {

LibvirtPty::LibvirtPty(loop::Loop& loop, Settings settings, ConsoleLocks& locks, Opener::Owner& owner)
    : loop_(loop),
      settings_(std::move(settings)),
      locks_(locks),
      owner_(owner),
      may_force_(settings_.force != nullptr),
      patience_(loop, [this] { in_use(); }) {}

void LibvirtPty::begin() {
  abandon();
  lock_ = locks_.path_for(settings_.path);
  // What comes while it is looked at is told afterwards.
  watch_ = locks_.watch(lock_, [this] { lock_changed(); });
  if (const auto remark = locks_.take_remark()) owner_.remarked(*remark);
  if (!ConsoleLocks::holder(lock_)) return open();
  if (!std::exchange(may_force_, false)) return in_use();
  ask_libvirt(Phase::throwing_out, settings_.force);
}

void LibvirtPty::abandon() {
  phase_ = Phase::idle;
  patience_.stop();
  watch_.reset();
  by_libvirt_.reset();
}

void LibvirtPty::lock_changed() {
  if (ConsoleLocks::holder(lock_)) return;
  if (phase_ == Phase::until_free) return open();
  if (phase_ == Phase::idle) owner_.worth_a_try();
}

void LibvirtPty::in_use() {
  phase_ = Phase::idle;
  owner_.failed(State::waiting, std::string(kInUseByLibvirt));
}

// --- by libvirt ---

void LibvirtPty::ask_libvirt(Phase why, const Make& make) {
  phase_ = why;
  by_libvirt_ = make(*this);
  by_libvirt_->begin();
}

void LibvirtPty::opened(std::unique_ptr<Channel> channel, std::size_t leftover) {
  if (std::exchange(phase_, Phase::idle) == Phase::falling_back) return owner_.opened(std::move(channel), leftover);
  channel.reset();
  phase_ = Phase::until_free;
  patience_.start(settings_.force_patience);
  if (!ConsoleLocks::holder(lock_)) open();
}

void LibvirtPty::failed(State state, const std::string& reason) {
  const Phase phase = std::exchange(phase_, Phase::idle);
  if (phase == Phase::falling_back && state == State::refused) return not_permitted("; and libvirt says: " + reason);
  owner_.failed(state, reason);
}

// --- by itself ---

void LibvirtPty::open() {
  phase_ = Phase::idle;
  patience_.stop();
  std::optional<UucpLock> held;
  if (settings_.courtesy == Courtesy::refuse && !lock(held)) return;
  auto pty = open_pty(settings_.path);
  if (pty) {
    const std::size_t leftover = pty->leftover;
    return owner_.opened(std::make_unique<LibvirtPtyChannel>(loop_, std::move(*pty), locks_, lock_, std::move(held)),
                         leftover);
  }
  // Before libvirt is asked for it, and before anybody is told.
  held.reset();
  if (!pty.error().not_permitted) return owner_.failed(pty.error().state, pty.error().reason);
  if (!settings_.fallback) return not_permitted({});
  watch_.reset();
  ask_libvirt(Phase::falling_back, settings_.fallback);
}

/// False: it could not be, and what follows from that has been done.
bool LibvirtPty::lock(std::optional<UucpLock>& held) {
  // What cannot be opened needs no lock of ours, and libvirt's would not do beside it.
  if (::faccessat(AT_FDCWD, settings_.path.c_str(), R_OK | W_OK, AT_EACCESS) != 0) return true;
  Result<UucpLock> taken = UucpLock::take(lock_);
  if (taken) {
    held = std::move(*taken);
    return true;
  }
  if (taken.error().number == EEXIST) {
    in_use();
    return false;
  }
  owner_.failed(State::refused, fmt::format("{} cannot be locked: {}; run charmuxd as root, or set virsh = \"yield\"",
                                            settings_.path, taken.error().text));
  return false;
}

void LibvirtPty::not_permitted(const std::string& more) {
  owner_.failed(State::refused,
                fmt::format("no permission on {} (needs root or the user of QEMU){}", settings_.path, more));
}

}  // namespace charmux::backend
