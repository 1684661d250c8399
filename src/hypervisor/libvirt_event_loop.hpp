// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <libvirt/libvirt.h>
#include <poll.h>

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "charmux/base/unique_fd.hpp"
#include "charmux/base/units.hpp"

namespace charmux::hypervisor {

/// The event loop that libvirt is given (virEventRegisterImpl), on poll(2). libvirt's own has no way to leave a
/// connection unread for a while, and reads whatever comes of a console into memory without limit
/// (src/rpc/virnetclientstream.c): with it a guest could not be made to wait for a viewer. There is one for the
/// process, since libvirt's callbacks have no room to say which; it is never destroyed, threads that nobody waits for
/// may call it to the end. All members are for any thread.
class LibvirtEventLoop {
 public:
  /// The one; with the first call it becomes libvirt's.
  [[nodiscard]] static LibvirtEventLoop& of_process();

  /// Calls back whatever is due until `stop` is set, which is followed by wake(); one thread at a time.
  void run(const std::atomic<bool>& stop);
  void wake();
  /// From now on descriptors that this thread gave to libvirt's connections are read only for an instant now and then,
  /// often enough for keepalives; or always, again.
  void hold(std::thread::id thread, bool held);

  /// Has it released by the thread that calls back, when that is in no callback: what a callback was given may be in
  /// use there when it is taken back.
  void release_later(void* opaque, virFreeCallback release);

  [[nodiscard]] int add_handle(int fd, int events, virEventHandleCallback callback, void* opaque,
                               virFreeCallback release);
  void update_handle(int watch, int events);
  [[nodiscard]] int remove_handle(int watch);
  [[nodiscard]] int add_timeout(int frequency, virEventTimeoutCallback callback, void* opaque, virFreeCallback release);
  void update_timeout(int timer, int frequency);
  [[nodiscard]] int remove_timeout(int timer);

 private:
  using Milliseconds = std::chrono::milliseconds;
  struct Handle {
    int fd;
    int events;
    virEventHandleCallback callback;
    void* opaque;
    virFreeCallback release;
    std::thread::id of;
  };
  struct Timeout {
    std::optional<Milliseconds> frequency;  // none: it is off
    MonoTime due;
    virEventTimeoutCallback callback;
    void* opaque;
    virFreeCallback release;
  };
  /// What is given back is released by the loop, never from inside a call of libvirt's (include/libvirt-event.h).
  struct Released {
    virFreeCallback release;
    void* opaque;
  };

  LibvirtEventLoop();
  void turn();
  [[nodiscard]] int wait_milliseconds() const;
  [[nodiscard]] std::vector<pollfd> descriptors(std::vector<int>& watches);
  void call_due();
  void call_ready(const std::vector<pollfd>& descriptors, const std::vector<int>& watches);
  void release_all();

  UniqueFd wake_;
  std::mutex mutex_;  // for all that follows
  int last_id_ = 0;
  std::map<int, Handle> handles_;
  std::map<int, Timeout> timeouts_;
  std::map<std::thread::id, MonoTime> held_;  // and when it is read for an instant
  std::vector<Released> released_;
};

}  // namespace charmux::hypervisor
