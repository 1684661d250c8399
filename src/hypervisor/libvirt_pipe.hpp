// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "charmux/base/bytes.hpp"
#include "hypervisor/libvirt_event_loop.hpp"
#include "hypervisor/libvirt_stream.hpp"
#include "loop/mailbox.hpp"

namespace charmux::hypervisor {

/// What a stream's three threads share: the loop's reads and writes, libvirt's event loop puts in what came, and the
/// stream's own takes out what is to be sent. Outlives the stream for as long as one of them needs it. For all threads.
class LibvirtPipe {
 public:
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual void opened() = 0;
    virtual void failed(LibvirtStream::Failure failure, const std::string& reason) = 0;
    virtual void changed() = 0;  ///< there is something to be read, or room to write, or an end
  };
  /// The listener is called on the loop's thread, by way of a mailbox that is gone when it is.
  LibvirtPipe(LibvirtEventLoop& events, loop::Mailbox::Sender mailbox, Listener& listener);

  // The loop's.
  [[nodiscard]] net::Io read(BytesSpan room);
  [[nodiscard]] net::Io write(BytesView bytes);
  [[nodiscard]] bool is_readable() const;
  [[nodiscard]] bool is_writable() const;
  [[nodiscard]] std::string why_ended() const;
  /// Nothing is wanted any more.
  void leave();

  // Of those that call libvirt. `begin` is called by the stream's own thread, which opens the connection.
  void begin();
  void is_open();
  void fail(LibvirtStream::Failure failure, const std::string& reason);
  void put(BytesView bytes);
  /// There is nothing behind what was put in; `why` is empty when that is in order. Only the first counts.
  void end(const std::string& why);
  [[nodiscard]] bool has_ended() const;
  /// The connection is lost: the stream's thread puts in what came before that, and ends it.
  void lose(const std::string& why);
  [[nodiscard]] std::optional<std::string> why_lost() const;
  /// Waits for what is to be sent; nothing: it is over.
  [[nodiscard]] Bytes take_unsent();
  /// What was taken is sent.
  void is_sent(std::size_t bytes);
  /// The thread that opened the connection ends.
  void close();

 private:
  void tell_changed();  // with the mutex

  LibvirtEventLoop& events_;
  const loop::Mailbox::Sender mailbox_;
  Listener* const listener_;
  mutable std::mutex mutex_;  // for all that follows
  std::condition_variable to_do_;
  std::thread::id thread_;
  Bytes unread_;
  std::size_t read_ = 0;  // so many of `unread_` are read
  bool held_ = false;
  Bytes unsent_;
  std::size_t sending_ = 0;
  bool open_ = false;
  bool ended_ = false;
  bool left_ = false;
  bool changed_told_ = false;
  std::string why_;
  std::optional<std::string> why_lost_;
};

}  // namespace charmux::hypervisor
