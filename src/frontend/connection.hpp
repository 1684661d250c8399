// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "charmux/base/log.hpp"
#include "frontend/outbox.hpp"
#include "frontend/phase.hpp"
#include "loop/poll.hpp"
#include "net/stream.hpp"

namespace charmux::frontend {

class Connection;

/// Whoever owns connections; declared here so that one can ask it for what cannot be done inside its own stack.
class Keeper {
 public:
  virtual ~Keeper() = default;
  /// Destroys it at the end of the turn.
  virtual void bury(Connection& connection) = 0;
  /// Calls its go_on() in the next turn.
  virtual void call_again(Connection& connection) = 0;
};

/// When a client that takes nothing is given up.
struct Overdue {
  std::chrono::milliseconds stalled;  ///< it does not read what waits for it; 0: it never is.
  std::chrono::milliseconds dead;     ///< its machine acknowledges nothing of what it was sent.
};

/// One client's connection: its socket, what is owed to it, and its phase. What its bytes mean is its kind's matter.
/// Owned by Sessions. For the loop's thread.
class Connection {
 public:
  struct Context {
    loop::Loop& loop;
    Log& log;
    Keeper& keeper;
    std::size_t outbox;  ///< the most that waits in it before the client is read no further.
  };
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  virtual ~Connection();

  /// charmuxd stops: sends what there is, says so, and leaves.
  void stop();
  /// Its time is over, which the log says; destroyed at the end of the turn.
  void end(const std::string& reason);
  /// The configuration has changed: whoever may be here no longer is told why, and ends.
  virtual void reconsider() {}
  /// Ends it if it is overdue; called now and then.
  void check(const Overdue& overdue);
  /// Of its owner only: what is read already, and was more than could be dealt with, is dealt with now.
  void go_on();
  [[nodiscard]] Phase phase() const { return phase_; }
  /// Who is there.
  [[nodiscard]] const std::string& peer() const { return stream_.peer(); }

 protected:
  Connection(const Context& context, net::Stream stream);
  /// Begins to watch the socket; the kind's constructor calls it when it is ready to be called.
  void begin();

  /// Called when the socket is ready, before anything is read. False: nothing is to be read yet.
  [[nodiscard]] virtual bool prepare() { return true; }
  /// Bytes from the client, while attached; at most read_room() of them.
  virtual void received(BytesView bytes) = 0;
  /// How much of what the client sends could be dealt with now; 0: it should not be read.
  [[nodiscard]] virtual std::size_t read_room() const = 0;
  /// Whether this kind of client may close its sending side and go on reading.
  [[nodiscard]] virtual bool half_closes() const = 0;
  /// Whether TCP's urgent data means something to it (telnet's Synch), and it would rather be given what stands before
  /// the end of that than nothing.
  [[nodiscard]] virtual bool heeds_urgent() const { return false; }
  /// What is received next stands before the last byte of urgent data, whatever read_room() says; or it does not.
  virtual void urgent_data(bool before_its_end) { (void)before_its_end; }
  /// The client has closed its sending side and reads on.
  virtual void half_closed() {}
  /// charmuxd stops. Unless the kind has more to say, what is in the outbox is the last.
  virtual void stopping() { end_after_outbox(); }
  /// The socket takes bytes again.
  virtual void writable();
  /// Puts into the outbox what must go before anything else.
  virtual void settle() {}
  /// What the log says it is about: "console vm: 127.0.0.1:40312".
  [[nodiscard]] virtual std::string subject() const = 0;
  /// What the log adds when it ends.
  [[nodiscard]] virtual std::string last_remark() const { return {}; }
  /// What the line that says so has as fields; that line is written when this has been asked.
  [[nodiscard]] virtual Log::Fields departure() { return {}; }

  [[nodiscard]] Bytes& outbox() { return outbox_.bytes(); }
  [[nodiscard]] bool outbox_full() const { return outbox_.size() >= outbox_most_; }
  [[nodiscard]] bool outbox_empty() const { return outbox_.empty(); }
  /// Sends what is in the outbox. False: the socket takes no more now; writable() follows.
  bool flush_outbox();
  /// Sends, and notes when the socket takes no more. The bytes taken.
  std::size_t send_now(BytesView bytes);
  /// How far the client has read, where that is known.
  [[nodiscard]] std::optional<net::PeerReads> client_reads() const { return stream_.reads(); }
  /// The client has asked to be sent nothing for now, which counts as not reading.
  void set_suspended(bool suspended);
  /// How TLS is spoken; null: it is not.
  [[nodiscard]] const net::TlsSession* tls() const { return stream_.tls(); }
  /// Everything that was to be sent has been.
  void all_sent() { happened(Happening::all_sent); }
  /// Leaves when the outbox is empty; its client reads to the end of it.
  void end_after_outbox();
  /// Asks for the socket's readiness as it is of use now; whatever changes read_room() calls it.
  void update_interest();
  /// See net::Stream.
  [[nodiscard]] net::Io handshake() { return stream_.handshake(); }
  /// What an Io::error of this connection, or the end of its handshake, came from, in words.
  [[nodiscard]] std::string why(const net::Io& io) const;
  /// Ends without a word in the log.
  void end_silently() { happened(Happening::over); }
  /// Gives the socket away: nothing more is done with it here, and this connection ends without a word.
  [[nodiscard]] net::Stream release_stream();

  loop::Loop& loop_;
  Log& log_;

 private:
  void ready(unsigned events);
  void receive(bool may_be_urgent);
  [[nodiscard]] bool stands_before_urgent();
  [[nodiscard]] unsigned reading_interest() const;
  void happened(Happening happening);
  void block(const net::Io& io);
  [[nodiscard]] unsigned interest() const;
  [[nodiscard]] bool has_unread() const;
  [[nodiscard]] bool seems_dead(MonoTime now, std::chrono::milliseconds after);
  [[nodiscard]] bool may_read() const { return read_room() > 0 && !outbox_full(); }

  Keeper& keeper_;
  net::Stream stream_;
  Outbox outbox_;
  const std::size_t outbox_most_;
  Phase phase_ = Phase::attached;
  bool blocked_ = false;
  bool called_again_ = false;  ///< go_on() follows.
  bool at_urgent_ = false;     ///< the last byte of urgent data is next, and was not read yet.
  bool last_words_ = false;    ///< end_after_outbox() was called.
  MonoTime blocked_since_{};
  MonoTime suspended_since_{};                 ///< the epoch: it is not; leaving: since when
  std::optional<MonoTime> outstanding_since_;  ///< as check() has seen it
  loop::Poll poll_;
};

}  // namespace charmux::frontend
