// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "charmux/base/result.hpp"
#include "hypervisor/libvirt_connection.hpp"
#include "hypervisor/libvirt_handles.hpp"
#include "hypervisor/libvirt_queue.hpp"
#include "hypervisor/libvirt_repeats.hpp"
#include "loop/backoff.hpp"
#include "loop/mailbox.hpp"

namespace charmux::hypervisor {

/// A connection's own thread: makes it, again and again, and does what its queue says. All of libvirt's calls of that
/// connection are made here, where they may take as long as they do.
class LibvirtWorker {
 public:
  /// Whom it tells: on the loop's thread, by way of a mailbox that is gone when he is.
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual void trying() = 0;  ///< to connect
    virtual void connected() = 0;
    /// Not connected, or no more: what was asked is not answered any more.
    virtual void unreachable(const std::string& reason) = 0;
    virtual void domain_is(const LibvirtDomain& domain) = 0;
    virtual void domain_gone(const std::string& uuid) = 0;
    virtual void domains_listed() = 0;
    virtual void domain_happened(const std::string& uuid, LibvirtHappening what) = 0;
    virtual void domain_answered(std::uint64_t id, const Result<LibvirtDomain>& answer) = 0;
    virtual void qemu_answered(std::uint64_t id, const Result<std::string>& answer) = 0;
  };
  LibvirtWorker(LibvirtConnection::Settings settings, std::shared_ptr<LibvirtQueue> queue,
                loop::Mailbox::Sender mailbox, Listener& listener);
  /// Until the queue says End.
  void run();

 private:
  void tell(std::function<void(Listener&)> what) const;
  /// Connects, and does what is to be done until the connection is lost, or to the end. Why it was lost.
  std::string serve();
  std::string do_tasks(virConnectPtr connection, unsigned number);
  /// Tells of all domains. Why that is not possible; empty: it was.
  std::string list(virConnectPtr connection);
  void do_task(virConnectPtr connection, const LibvirtQueue::Ask& ask);
  void do_task(virConnectPtr connection, const LibvirtQueue::Look& look);
  void do_task(virConnectPtr connection, const LibvirtQueue::Happened& happened);
  void domain_is(const LibvirtDomain& domain);

  const LibvirtConnection::Settings settings_;
  const std::shared_ptr<LibvirtQueue> queue_;
  const loop::Mailbox::Sender mailbox_;
  Listener* const listener_;
  loop::Backoff backoff_;
  bool ended_ = false;
  std::map<std::string, LibvirtDomain> known_;  // by UUID, since connected
  LibvirtRepeats repeats_;
};

}  // namespace charmux::hypervisor
