// SPDX-License-Identifier: Apache-2.0
#include "hypervisor/libvirt_event_loop.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <utility>

namespace charmux::hypervisor {
namespace {

using Clock = std::chrono::steady_clock;

/// Well within the 5 s of a keepalive.
constexpr std::chrono::seconds kHeldIsRead{2};

short poll_events(int events) {
  int wanted = 0;
  if ((events & VIR_EVENT_HANDLE_READABLE) != 0) wanted |= POLLIN;
  if ((events & VIR_EVENT_HANDLE_WRITABLE) != 0) wanted |= POLLOUT;
  return static_cast<short>(wanted);
}

int libvirt_events(short ready) {
  int events = 0;
  if ((ready & POLLIN) != 0) events |= VIR_EVENT_HANDLE_READABLE;
  if ((ready & POLLOUT) != 0) events |= VIR_EVENT_HANDLE_WRITABLE;
  if ((ready & (POLLERR | POLLNVAL)) != 0) events |= VIR_EVENT_HANDLE_ERROR;
  if ((ready & POLLHUP) != 0) events |= VIR_EVENT_HANDLE_HANGUP;
  return events;
}

/// A host that is switched off says nothing of it, and libvirt asks whether it is there only when it is connected: in
/// the midst of connecting it would wait for ever. After about a minute the kernel gives up. Only TCP knows these.
void notice_dead_host(int fd) {
  constexpr int kOn = 1;
  constexpr int kSilentSeconds = 30;
  constexpr int kBetweenSeconds = 10;
  constexpr int kUnanswered = 3;
  constexpr int kUnacknowledgedMilliseconds = 60'000;
  ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &kOn, sizeof kOn);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &kSilentSeconds, sizeof kSilentSeconds);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &kBetweenSeconds, sizeof kBetweenSeconds);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &kUnanswered, sizeof kUnanswered);
  ::setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &kUnacknowledgedMilliseconds, sizeof kUnacknowledgedMilliseconds);
}

}  // namespace

LibvirtEventLoop& LibvirtEventLoop::of_process() {
  static LibvirtEventLoop* const loop = [] {
    auto* const made = new LibvirtEventLoop;
    virEventRegisterImpl(
        [](int fd, int events, virEventHandleCallback callback, void* opaque, virFreeCallback release) {
          return of_process().add_handle(fd, events, callback, opaque, release);
        },
        [](int watch, int events) { of_process().update_handle(watch, events); },
        [](int watch) { return of_process().remove_handle(watch); },
        [](int frequency, virEventTimeoutCallback callback, void* opaque, virFreeCallback release) {
          return of_process().add_timeout(frequency, callback, opaque, release);
        },
        [](int timer, int frequency) { of_process().update_timeout(timer, frequency); },
        [](int timer) { return of_process().remove_timeout(timer); });
    return made;
  }();
  return *loop;
}

LibvirtEventLoop::LibvirtEventLoop() : wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void LibvirtEventLoop::wake() {
  const std::uint64_t one = 1;
  (void)!::write(wake_.get(), &one, sizeof one);
}

void LibvirtEventLoop::run(const std::atomic<bool>& stop) {
  while (!stop) turn();
}

void LibvirtEventLoop::hold(std::thread::id thread, bool held) {
  const std::lock_guard lock(mutex_);
  if (held) {
    held_.try_emplace(thread, Clock::now() + kHeldIsRead);
  } else if (held_.erase(thread) > 0) {
    wake();
  }
}

void LibvirtEventLoop::release_later(void* opaque, virFreeCallback release) {
  const std::lock_guard lock(mutex_);
  released_.push_back({release, opaque});
  wake();
}

int LibvirtEventLoop::add_handle(int fd, int events, virEventHandleCallback callback, void* opaque,
                                 virFreeCallback release) {
  notice_dead_host(fd);
  const std::lock_guard lock(mutex_);
  handles_.emplace(++last_id_, Handle{fd, events, callback, opaque, release, std::this_thread::get_id()});
  wake();
  return last_id_;
}

void LibvirtEventLoop::update_handle(int watch, int events) {
  const std::lock_guard lock(mutex_);
  const auto handle = handles_.find(watch);
  if (handle == handles_.end() || handle->second.events == events) return;
  handle->second.events = events;
  wake();
}

int LibvirtEventLoop::remove_handle(int watch) {
  const std::lock_guard lock(mutex_);
  const auto handle = handles_.find(watch);
  if (handle == handles_.end()) return -1;
  released_.push_back({handle->second.release, handle->second.opaque});
  handles_.erase(handle);
  wake();
  return 0;
}

int LibvirtEventLoop::add_timeout(int frequency, virEventTimeoutCallback callback, void* opaque,
                                  virFreeCallback release) {
  const std::lock_guard lock(mutex_);
  timeouts_.emplace(++last_id_, Timeout{std::nullopt, {}, callback, opaque, release});
  const int timer = last_id_;
  if (frequency >= 0) timeouts_.at(timer).frequency = Milliseconds(frequency);
  timeouts_.at(timer).due = Clock::now() + Milliseconds(std::max(frequency, 0));
  wake();
  return timer;
}

void LibvirtEventLoop::update_timeout(int timer, int frequency) {
  const std::lock_guard lock(mutex_);
  const auto timeout = timeouts_.find(timer);
  if (timeout == timeouts_.end()) return;
  timeout->second.frequency = frequency < 0 ? std::nullopt : std::optional(Milliseconds(frequency));
  timeout->second.due = Clock::now() + Milliseconds(std::max(frequency, 0));
  wake();
}

int LibvirtEventLoop::remove_timeout(int timer) {
  const std::lock_guard lock(mutex_);
  const auto timeout = timeouts_.find(timer);
  if (timeout == timeouts_.end()) return -1;
  released_.push_back({timeout->second.release, timeout->second.opaque});
  timeouts_.erase(timeout);
  wake();
  return 0;
}

void LibvirtEventLoop::turn() {
  std::vector<pollfd> descriptors;
  std::vector<int> watches;
  int wait = 0;
  {
    const std::lock_guard lock(mutex_);
    descriptors = this->descriptors(watches);
    wait = wait_milliseconds();
  }
  if (::poll(descriptors.data(), descriptors.size(), wait) < 0)
    for (pollfd& descriptor : descriptors) descriptor.revents = 0;
  std::uint64_t wakes = 0;
  (void)!::read(wake_.get(), &wakes, sizeof wakes);
  call_due();
  call_ready(descriptors, watches);
  release_all();
}

int LibvirtEventLoop::wait_milliseconds() const {
  std::optional<MonoTime> first;
  const auto not_after = [&](MonoTime due) { first = first ? std::min(*first, due) : due; };
  for (const auto& [timer, timeout] : timeouts_)
    if (timeout.frequency) not_after(timeout.due);
  for (const auto& [thread, due] : held_) not_after(due);
  if (!first) return -1;
  // Rounded up: a wait that ends before its time would only begin anew.
  const auto wait = std::chrono::ceil<Milliseconds>(*first - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(wait, 0, 60'000));
}

std::vector<pollfd> LibvirtEventLoop::descriptors(std::vector<int>& watches) {
  std::vector<pollfd> all{{wake_.get(), POLLIN, 0}};
  const MonoTime now = Clock::now();
  for (const auto& [watch, handle] : handles_) {
    int events = handle.events;
    if (const auto held = held_.find(handle.of); held != held_.end() && now < held->second) {
      // Its end would be told again and again.
      events &= ~VIR_EVENT_HANDLE_READABLE;
    }
    if (events == 0) continue;
    all.push_back({handle.fd, poll_events(events), 0});
    watches.push_back(watch);
  }
  for (auto& [thread, due] : held_)
    if (due <= now) due = now + kHeldIsRead;
  return all;
}

void LibvirtEventLoop::call_due() {
  std::vector<int> due;
  std::unique_lock lock(mutex_);
  const MonoTime now = Clock::now();
  for (const auto& [timer, timeout] : timeouts_)
    if (timeout.frequency && timeout.due <= now) due.push_back(timer);
  for (const int timer : due) {
    // One that was called may have removed it, or put it off.
    const auto found = timeouts_.find(timer);
    if (found == timeouts_.end() || !found->second.frequency || found->second.due > now) continue;
    found->second.due = now + *found->second.frequency;
    const Timeout timeout = found->second;
    lock.unlock();
    timeout.callback(timer, timeout.opaque);
    lock.lock();
  }
}

void LibvirtEventLoop::call_ready(const std::vector<pollfd>& descriptors, const std::vector<int>& watches) {
  for (std::size_t n = 0; n < watches.size(); ++n) {
    const int ready = libvirt_events(descriptors[n + 1].revents);
    if (ready == 0) continue;
    std::unique_lock lock(mutex_);
    const auto found = handles_.find(watches[n]);
    if (found == handles_.end()) continue;
    const Handle handle = found->second;
    lock.unlock();
    handle.callback(watches[n], handle.fd, ready, handle.opaque);
  }
}

void LibvirtEventLoop::release_all() {
  std::vector<Released> released;
  {
    const std::lock_guard lock(mutex_);
    released.swap(released_);
  }
  for (const Released& one : released)
    if (one.release != nullptr) one.release(one.opaque);
}

}  // namespace charmux::hypervisor
