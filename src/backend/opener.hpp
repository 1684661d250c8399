// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "backend/backend.hpp"
#include "backend/channel.hpp"
#include "charmux/address/backend_address.hpp"
#include "loop/loop.hpp"

namespace charmux::backend {

/// One way to open a chardev, at one address; with its Channel, all that differs between the kinds of backend. Owned by
/// the Line that is told the outcome, and destroyed after the channel. For the loop's thread.
class Opener {
 public:
  /// The outcome of begin(), which may come at once or later.
  class Owner {
   public:
    virtual ~Owner() = default;
    /// `leftover`: bytes that waited in it from before.
    virtual void opened(std::unique_ptr<Channel> channel, std::size_t leftover) = 0;
    virtual void failed(State state, const std::string& reason) = 0;
    /// Something that changes nothing, for the log.
    virtual void remarked(const std::string& remark) = 0;
    /// What it failed for has changed: it is tried again soon, if that is being waited for.
    virtual void worth_a_try() {}
    /// Whether anything was ever recorded of this console, in this process or an earlier one.
    [[nodiscard]] virtual bool has_history() const { return false; }
  };
  virtual ~Opener() = default;

  /// Begins to open. Called again after each loss or failure, though those who connect to us need not wait for that.
  virtual void begin() = 0;
  /// Forgets what begin() started.
  virtual void abandon() {}
  /// Whether each try costs others much (a connection to another host): then one that somebody else has is not asked
  /// for every second.
  [[nodiscard]] virtual bool is_costly() const { return false; }
};

/// The opener for an address: the one table kind → backend. `connect_timeout`: a connection that is not made by then
/// counts as held by another. The owner outlives it. Null for a console of libvirt, which is no place by itself: see
/// Location::opener.
[[nodiscard]] std::unique_ptr<Opener> make_opener(loop::Loop& loop, std::chrono::milliseconds connect_timeout,
                                                  const address::Backend& address, Opener::Owner& owner);

}  // namespace charmux::backend
