// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "backend/backend.hpp"
#include "charmux/address/backend_address.hpp"
#include "charmux/base/unique_fd.hpp"
#include "loop/loop.hpp"

namespace charmux::backend {

/// One way to open a chardev, at one address: all that differs between the kinds of backend. Owned by the Line that is
/// told the outcome. For the loop's thread.
class Opener {
 public:
  /// The outcome of begin(), which may come at once or later.
  class Owner {
   public:
    virtual ~Owner() = default;
    /// `leftover`: bytes that waited in it from before.
    virtual void opened(UniqueFd fd, std::size_t leftover) = 0;
    virtual void failed(State state, const std::string& reason) = 0;
    /// Something that changes nothing, for the log.
    virtual void remarked(const std::string& remark) = 0;
  };
  virtual ~Opener() = default;

  /// Begins to open. Called again after each loss or failure, though those who connect to us need not wait for that.
  virtual void begin() = 0;
  /// Forgets what begin() started.
  virtual void abandon() {}
  /// Says goodbye. True: the other side reads all that was written and then closes; that is worth waiting for.
  [[nodiscard]] virtual bool part(int) const { return false; }
  /// The last thing done to a descriptor before it is closed.
  virtual void before_close(int) {}
  /// What the end of input means for this kind ("its other side was closed").
  [[nodiscard]] virtual std::string why_ended(const net::Io& io) const = 0;
  /// True for a kind whose connection may wait in a queue that says nothing: only a byte shows that it is live.
  [[nodiscard]] virtual bool may_be_queued() const = 0;
  /// Why the guest cannot be sent a break through it.
  [[nodiscard]] virtual std::string_view why_no_break() const = 0;
};

/// The opener for an address: the one table kind → backend. `connect_timeout`: a connection that is not made by then
/// counts as held by another. The owner outlives it.
[[nodiscard]] std::unique_ptr<Opener> make_opener(loop::Loop& loop, std::chrono::milliseconds connect_timeout,
                                                  const address::Backend& address, Opener::Owner& owner);

}  // namespace charmux::backend
