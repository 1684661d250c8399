// SPDX-License-Identifier: Apache-2.0
#include "hypervisor/libvirt.hpp"

#include <atomic>
#include <chrono>
#include <optional>

#include "hypervisor/libvirt_event_loop.hpp"
#include "hypervisor/libvirt_handles.hpp"
#include "hypervisor/libvirt_threads.hpp"

namespace charmux::hypervisor {
namespace {

/// How long the end of the process waits for calls that are about to return: goodbyes that libvirtd answers at once.
constexpr std::chrono::milliseconds kGoodbye{200};

void say_nothing(void*, virErrorPtr) {}

}  // namespace

struct Libvirt::State {
  LibvirtThreads threads;
  const std::shared_ptr<std::atomic<bool>> stop = std::make_shared<std::atomic<bool>>(false);
  std::optional<LibvirtThreads::Thread> thread;  // of the event loop
};

Libvirt::Libvirt(loop::Loop& loop) : loop_(loop), state_(std::make_unique<State>()) {}

Libvirt::~Libvirt() {
  if (!state_->thread) return;
  (void)state_->threads.wait(kGoodbye);
  *state_->stop = true;
  events().wake();
  state_->thread.reset();
  (void)state_->threads.wait(kGoodbye);
}

Status Libvirt::begin() {
  if (state_->thread) return {};
  // Without this libvirt prints each error to stderr.
  virSetErrorFunc(nullptr, say_nothing);
  if (virInitialize() < 0) return failure("libvirt cannot be used: {}", last_libvirt_error().text);
  auto thread = state_->threads.start([stop = state_->stop, loop = &events()] { loop->run(*stop); });
  if (!thread) return tl::unexpected(thread.error());
  state_->thread.emplace(std::move(*thread));
  return {};
}

LibvirtEventLoop& Libvirt::events() { return LibvirtEventLoop::of_process(); }

LibvirtThreads& Libvirt::threads() { return state_->threads; }

bool Libvirt::has_pending_calls() const { return !state_->threads.wait(kGoodbye); }

}  // namespace charmux::hypervisor
