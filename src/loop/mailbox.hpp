// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "loop/loop.hpp"

namespace charmux::loop {

/// How other threads have something done on the loop's: what they post is called there, in order, soon. Owned by who
/// does it; for the loop's thread, but for the Sender's post().
class Mailbox {
 public:
  /// The other threads' end; may be copied and outlive the mailbox.
  class Sender {
   public:
    /// From any thread. When the mailbox is gone the task is dropped, not called.
    void post(std::function<void()> task) const;

   private:
    friend class Mailbox;
    struct State;
    explicit Sender(std::shared_ptr<State> state) : state_(std::move(state)) {}
    std::shared_ptr<State> state_;
  };

  explicit Mailbox(Loop& loop);
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;
  /// What was posted and not called yet is dropped.
  ~Mailbox();

  [[nodiscard]] Sender sender() const { return Sender(state_); }

 private:
  std::shared_ptr<Sender::State> state_;
};

}  // namespace charmux::loop
