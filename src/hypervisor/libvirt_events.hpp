// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "hypervisor/libvirt_handles.hpp"
#include "hypervisor/libvirt_queue.hpp"

namespace charmux::hypervisor {

/// What libvirt tells of one connection by itself, put into a queue; that happens on the thread of its event loop,
/// where nothing is asked. Lives as long as the connection is used, and no longer than it.
class LibvirtEvents {
 public:
  /// `connection` is the number by which the queue knows it. Events that the other side does not know do not come.
  LibvirtEvents(virConnectPtr handle, std::shared_ptr<LibvirtQueue> queue, unsigned connection);
  LibvirtEvents(const LibvirtEvents&) = delete;
  LibvirtEvents& operator=(const LibvirtEvents&) = delete;
  ~LibvirtEvents();

  void follow_domains();

  /// Where the events of a connection go.
  struct Target {
    std::shared_ptr<LibvirtQueue> queue;
    unsigned connection;
  };

 private:
  template <class Callback>
  void hear(int event, Callback callback);

  virConnectPtr handle_;
  Target target_;  // libvirt has its address while this lives
  std::vector<int> heard_;
  bool hears_close_ = false;
};

}  // namespace charmux::hypervisor
