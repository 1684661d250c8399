// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "backend/backend.hpp"
#include "backend/port_control.hpp"
#include "backend/pty_device.hpp"
#include "charmux/base/bytes.hpp"
#include "charmux/base/result.hpp"
#include "loop/poll.hpp"
#include "net/io.hpp"

namespace charmux::backend {

/// A chardev that is open, of whatever kind: moves its bytes, and says when it can. Made by an Opener, owned by a Line,
/// which destroys it to close the chardev. For the loop's thread; nothing here waits.
class Channel {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    /// A set of loop::Ready: what was wanted, or kFailed. May destroy the channel.
    virtual void channel_ready(unsigned ready) = 0;
  };
  virtual ~Channel() = default;

  /// From now on its owner is told. Called first of all, once. Error: it cannot be watched.
  [[nodiscard]] virtual Status start(Owner& owner) = 0;
  /// From now on tells of these, loop::kReadable and kWritable; whatever is not read now is told of again.
  virtual void want(unsigned interest) = 0;
  /// After Io::end and Io::error nothing will ever come again.
  [[nodiscard]] virtual net::Io read(BytesSpan room) = 0;
  /// What was taken reaches the other side in order, even if that is not at once.
  [[nodiscard]] virtual net::Io write(BytesView bytes) = 0;
  /// Says goodbye. True: the other side reads all that was written and then closes; that is worth waiting for.
  [[nodiscard]] virtual bool part() { return false; }
  /// What the end of input means for this kind ("its other side was closed").
  [[nodiscard]] virtual std::string why_ended(const net::Io& io) const = 0;
  /// What the console is after the end: closed, or waiting when it was left to somebody else.
  [[nodiscard]] virtual State ended() const { return State::closed; }
  /// How it ended, where people who watch want to know that ("ended with status 3"); empty: they need not.
  [[nodiscard]] virtual std::string ended_as() const { return {}; }
  /// True when it may wait in a queue that says nothing: only a byte shows that it is live.
  [[nodiscard]] virtual bool may_be_queued() const { return false; }
  /// Why nobody can type into it; empty: one can.
  [[nodiscard]] virtual std::string_view why_no_input() const { return {}; }
  /// The pty that it is, if it is one that others could open too.
  [[nodiscard]] virtual std::optional<PtyDevice> pty() const { return std::nullopt; }
  /// The serial port that it is or leads to; null: there is none whose settings could be changed.
  [[nodiscard]] virtual PortControl* port() { return nullptr; }
  /// `answer` is called once, perhaps from inside this, unless this is destroyed first. Error: "no break: " and why.
  virtual void send_break(std::function<void(Status)> answer) = 0;
};

}  // namespace charmux::backend
