// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "backend/port_control.hpp"
#include "backend/pty_device.hpp"
#include "charmux/base/bytes.hpp"
#include "charmux/base/result.hpp"
#include "net/io.hpp"

namespace charmux::backend {

/// Where a console's connection to its chardev stands.
enum class State {
  connecting,  ///< being opened, for the first time or again.
  open,        ///< bytes can come and go.
  closed,      ///< the other side is not there; tried again by itself. A guest that is shut off looks like this.
  off,         ///< its guest is known not to run, which is nothing to worry about; looked at seldom, and when told to.
  waiting,     ///< somebody else has it (`held by another client`); tried again by itself.
  refused,     ///< it is there but not to be used (no permission, not a tty); tried again by itself.
  down,        ///< it was put down: left alone until reopen().
  gone,        ///< its guest is there and has it no more; tried again by itself.
};
/// The state's name in the log.
[[nodiscard]] std::string_view name_of(State state);

/// One chardev's connection: opens it, keeps it open, opens it again with a capped back-off. Owned by one Console; for
/// the loop's thread. Reads and writes never wait.
class Backend {
 public:
  /// The console, as its backend sees it. Called from the loop only, never from inside a member of Backend.
  class Sink {
   public:
    virtual ~Sink() = default;
    /// `reason` says why for every state but open, where it is empty.
    virtual void backend_is(State state, const std::string& reason) = 0;
    /// read() has something. Whatever is not read now is announced again.
    virtual void backend_readable() = 0;
    /// Something that changes nothing, for the log.
    virtual void backend_remarks(const std::string& remark) = 0;
    /// write() may go on after it took less than it was given.
    virtual void backend_writable() = 0;
    /// Whether anything was ever recorded of this console, in this process or an earlier one.
    [[nodiscard]] virtual bool has_history() const { return false; }
  };

  virtual ~Backend() = default;
  /// Begins; nothing is called back before this returns.
  virtual void start(Sink& sink) = 0;
  /// Takes what has come into `room`. Io::end and Io::error end the connection once backend_readable() returns.
  [[nodiscard]] virtual net::Io read(BytesSpan room) = 0;
  /// While held, backend_readable() is not called: what the guest prints waits on its side.
  virtual void hold(bool held) = 0;
  /// Gives the guest what it accepts now. After less than all, backend_writable() follows. Io::again when not open.
  [[nodiscard]] virtual net::Io write(BytesView bytes) = 0;
  /// Bytes that were waiting when the chardev was last opened, from before charmux read it; 0 where that cannot be.
  [[nodiscard]] virtual std::size_t leftover() const = 0;
  /// True when the open connection may wait in a queue that says nothing: only a byte shows that it is live.
  [[nodiscard]] virtual bool may_be_queued() const = 0;
  /// Why nobody can type into it ("a file takes no input"); empty: one can, as far as is known.
  [[nodiscard]] virtual std::string_view why_no_input() const = 0;
  /// How it ended last, where that is of interest ("ended with status 3"); empty while it is open.
  [[nodiscard]] virtual std::string ended_as() const = 0;
  /// Where it is, for people: "pty:/dev/pts/3".
  [[nodiscard]] virtual std::string shown() const = 0;
  /// The pty that is open, if it is one that others could open too.
  [[nodiscard]] virtual std::optional<PtyDevice> pty() const { return std::nullopt; }
  /// The serial port that is open, if it is or leads to one whose settings can be changed. Valid until the state
  /// changes.
  [[nodiscard]] virtual PortControl* port() { return nullptr; }
  /// Sends the guest a break. `answer` is called once, perhaps from inside this, unless this is destroyed first. Error:
  /// "no break: " and why the guest got none.
  virtual void send_break(std::function<void(Status)> answer) = 0;

  /// Something has changed: tries at once if it waits to try again.
  virtual void retry() = 0;
  /// The chardev is not this console's any more: closes it if it is open, and asks where it is now.
  virtual void relocate() = 0;
  /// Closes the chardev and leaves it alone until reopen(): State::down with that reason follows.
  virtual void put_down(const std::string& reason) = 0;
  /// Opens it, again if it is open; with `force` throws out a libvirt session that has it.
  virtual void reopen(bool force = false) = 0;
  /// Closes for good. What was written reaches the other side first, within a second; stopped() is true then.
  virtual void stop() = 0;
  [[nodiscard]] virtual bool stopped() const = 0;
};

}  // namespace charmux::backend
