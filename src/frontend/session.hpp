// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cassert>
#include <memory>
#include <optional>
#include <string>

#include "console/console.hpp"
#include "console/viewer.hpp"
#include "frontend/connection.hpp"
#include "frontend/crowd.hpp"
#include "frontend/standing.hpp"

namespace charmux::frontend {

/// A client at a console, or, for a kind that lets it choose, not at one yet: its connection and its viewer. A kind of
/// door says how console bytes are written to the wire and what bytes from the client mean.
class Session : public Connection, protected console::Wire {
 public:
  ~Session() override;
  /// Counts by this ticket, too, as long as it is there.
  void sit_down(Crowd::Ticket seat) { seat_ = Crowd::both(std::move(seat_), std::move(seat)); }
  /// Who says whether it may stay, each time that the configuration has changed; none: it may.
  void stay_by(std::shared_ptr<Judge> judge) { judge_ = std::move(judge); }
  void reconsider() final;

 protected:
  /// `door` and `user` are its viewer's.
  Session(const Context& context, net::Stream stream, console::ViewerOrigin origin);

  /// It has said who it is.
  void set_user(std::string user) { origin_.user = std::move(user); }
  [[nodiscard]] const console::ViewerOrigin& origin() const { return origin_; }
  /// From now on it watches this console.
  void attach(console::Console& console, const console::ViewerSettings& settings);
  /// It watches no more, and is still there.
  void detach();
  [[nodiscard]] bool attached() const { return viewer_.has_value(); }
  /// Only while attached().
  [[nodiscard]] console::Viewer& viewer() {
    assert(viewer_);
    return *viewer_;
  }
  [[nodiscard]] console::Console& console() { return viewer().console(); }

  /// It may be here no longer. It watches no more, and its client is told why if it is told anything in-band.
  virtual void turn_out(const std::string& why) { end(why); }

  /// It typed and may not, and is never told anything in-band: so it is closed, and the log says why.
  void end_for_typing();

  // Connection
  [[nodiscard]] std::size_t read_room() const override;
  void half_closed() final;
  void stopping() override;
  void writable() final;
  [[nodiscard]] std::string subject() const final;
  [[nodiscard]] std::string last_remark() const final;
  [[nodiscard]] Log::Fields departure() final;

  // Wire
  bool flush() final { return flush_outbox(); }
  [[nodiscard]] std::optional<net::PeerReads> reads() const final { return client_reads(); }
  void finished() final { end_after_outbox(); }
  void input_may_go_on() final { update_interest(); }
  void expire(const std::string& reason) final { end(reason); }

 private:
  void say_detached();

  console::ViewerOrigin origin_;
  std::optional<console::Viewer> viewer_;
  bool departed_ = false;  ///< a line of the log has said that it leaves this console.
  Crowd::Ticket seat_;
  std::shared_ptr<Judge> judge_;
};

}  // namespace charmux::frontend
