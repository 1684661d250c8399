// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "charmux/base/log.hpp"
#include "console/console.hpp"
#include "console/viewer.hpp"
#include "frontend/outbox.hpp"
#include "frontend/phase.hpp"
#include "loop/poll.hpp"
#include "net/stream.hpp"

namespace charmux::frontend {

class Session;

/// Destroys sessions, at the end of a turn; declared here so that a session can ask for it.
class Graveyard {
 public:
  virtual ~Graveyard() = default;
  virtual void bury(Session& session) = 0;
};

/// One client at one console: its socket, its outbox and its viewer. A kind of door says how console bytes are written
/// to the wire and what bytes from the client mean. Owned by Sessions. For the loop's thread.
class Session : public console::Wire {
 public:
  struct Context {
    loop::Loop& loop;
    Log& log;
    Graveyard& graveyard;
    std::size_t outbox;  ///< the most that waits in it before the client is read no further.
  };
  ~Session() override;

  /// charmuxd stops: sends what there is, says so, and leaves.
  void stop();
  [[nodiscard]] Phase phase() const { return phase_; }

  // Wire
  bool flush() final;
  void finished() final;
  void input_may_go_on() final { update_interest(); }
  void expire(const std::string& reason) final;

 protected:
  Session(const Context& context, net::Stream stream, console::Console& console,
          const console::ViewerSettings& settings, std::string_view door);
  /// Begins to watch the socket; the kind's constructor calls it when it is ready to be called. Error: cannot be
  /// watched.
  void begin();

  /// Bytes from the client.
  virtual void received(BytesView bytes) = 0;
  /// Whether this kind of client may close its sending side and go on reading.
  [[nodiscard]] virtual bool half_closes() const = 0;
  /// Puts into the outbox what must go before anything else.
  virtual void settle() {}

  /// Sends, and notes when the socket takes no more. The bytes taken.
  std::size_t send_now(BytesView bytes);
  [[nodiscard]] bool blocked() const { return blocked_; }
  [[nodiscard]] console::Viewer& viewer() { return viewer_; }
  [[nodiscard]] console::Console& console() { return viewer_.console(); }
  [[nodiscard]] Bytes& outbox() { return outbox_.bytes(); }
  Log& log_;

 private:
  void ready(unsigned events);
  void receive();
  void happened(Happening happening);
  void update_interest();
  void block(const net::Io& io);
  /// Whether more from the client could be dealt with now.
  [[nodiscard]] bool may_read() const;

  loop::Loop& loop_;
  Graveyard& graveyard_;
  net::Stream stream_;
  Outbox outbox_;
  const std::size_t outbox_most_;
  Phase phase_ = Phase::attached;
  bool blocked_ = false;
  console::Viewer viewer_;
  loop::Poll poll_;
};

}  // namespace charmux::frontend
