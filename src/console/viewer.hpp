// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "charmux/base/bytes.hpp"
#include "charmux/base/units.hpp"
#include "charmux/history/cursor.hpp"
#include "console/pump.hpp"
#include "net/tcp_window.hpp"

namespace charmux::console {

class Console;
class Fanout;

/// What a viewer is sent through; the frontend's side of it.
class Wire {
 public:
  virtual ~Wire() = default;
  struct Sent {
    std::size_t taken;  ///< console bytes that need not be sent again.
    bool blocked;       ///< the socket takes no more now; Viewer::writable() follows.
  };
  /// Sends console bytes, whose first stands at `offset`.
  virtual Sent send(BytesView bytes, std::uint64_t offset) = 0;
  /// Queues one line of charmux's own. `off_line_start`: a line end goes before it.
  virtual void tell(std::string_view notice, bool off_line_start) = 0;
  /// Sends what is queued. False: the socket takes no more now; Viewer::writable() follows.
  virtual bool flush() = 0;
  /// How far the client has read, where that is known. None: what was taken counts as read.
  [[nodiscard]] virtual std::optional<net::PeerReads> reads() const { return std::nullopt; }
  /// The guest takes input again.
  virtual void input_may_go_on() = 0;
  /// After Viewer::finish(): all there was has been sent.
  virtual void finished() = 0;
  /// The viewer's time is over; destroys nothing at once.
  virtual void expire(const std::string& reason) = 0;
};

/// What a viewer is told in-band.
enum class Told {
  nothing,
  gaps,  ///< only where output is missing or unsure: skips, and the marks of the history.
  all,   ///< notices too.
};

/// What a viewer may do and wants; from its door.
struct ViewerSettings {
  bool may_type = true;
  Told told = Told::all;
  bool counts = true;  ///< it is somebody who watches, not a log.
  OnLag on_lag = OnLag::skip;
  std::uint64_t replay = 0;              ///< bytes of history given on attach.
  bool from_line_start = true;           ///< what is given begins at a line start, not at just any byte.
  std::optional<std::uint64_t> since{};  ///< on attach it begins exactly there, whatever `replay` says.
  bool take_pen = false;                 ///< attaching takes the pen from whoever has it.
  std::chrono::milliseconds notice_wait{1000};
};

/// Who a viewer is and how it came in, for people.
struct ViewerOrigin {
  std::string from;                 ///< "127.0.0.1:40312", "uid 0"
  std::string door;                 ///< "telnet:127.0.0.1:7001"
  std::optional<std::string> user;  ///< where it is known
};

/// One reader of a console: an absolute offset into its history, and what it must be told on the way. A member of the
/// session that owns it; attaches when made and detaches when destroyed. For the loop's thread.
class Viewer {
 public:
  /// The most output that a viewer is sent in one turn of the loop.
  static constexpr std::size_t kTurnBudget = 64 * KiB;

  Viewer(Console& console, Wire& wire, const ViewerSettings& settings, ViewerOrigin origin);
  Viewer(const Viewer&) = delete;
  Viewer& operator=(const Viewer&) = delete;
  ~Viewer();

  /// Sends what there is to send, up to one turn's share. Called by Fanout.
  void pump();
  /// The history has grown. Closes one with on-lag=close that is now a whole ring behind, even if it takes nothing.
  void output_came();
  /// The socket takes bytes again.
  void writable();
  /// Queues a notice for the point that the newest output has now; it waits for the end of an escape or UTF-8 sequence.
  void notify(std::string text);
  /// The same for the point `offset`.
  void notify_at(std::string text, std::uint64_t offset);
  /// On attaching: `hello` where its output begins, `live` where history ends.
  void greet(std::string hello, std::string_view live);
  void input_may_go_on() { wire_.input_may_go_on(); }
  /// Output ends here: what there is so far is still sent, then `text` if notices are on; Wire::finished() follows.
  void finish(std::string_view text);

  [[nodiscard]] Console& console() const { return console_; }
  [[nodiscard]] std::uint64_t id() const { return id_; }
  /// Its user, or where it comes from.
  [[nodiscard]] const std::string& who() const { return origin_.user ? *origin_.user : origin_.from; }
  [[nodiscard]] const ViewerOrigin& origin() const { return origin_; }
  [[nodiscard]] WallTime since() const { return since_; }
  /// Bytes that it has not been sent yet.
  [[nodiscard]] std::uint64_t lag() const;
  [[nodiscard]] const ViewerSettings& settings() const { return settings_; }
  /// Bytes of the console that this viewer was never given.
  [[nodiscard]] std::uint64_t skipped() const { return skipped_; }

  // Of Console only: whether the guest waits for it.
  /// How many bytes may be read before this viewer's are overwritten that the guest waits for.
  [[nodiscard]] std::uint64_t room() const;
  /// The guest has begun to wait, for this viewer among others if it leaves less than `room`.
  void guest_waits(std::uint64_t room);
  /// The guest waits no more.
  void guest_goes_on();
  [[nodiscard]] bool in_the_way() const { return in_the_way_; }
  /// When the guest stops waiting for it unless its socket takes something; none: its socket does.
  [[nodiscard]] std::optional<MonoTime> patience_ends() const;
  /// Looks at the clock.
  void reckon();
  /// Of the time that has passed since, so much was nobody's doing but ours.
  void was_held_up(std::chrono::nanoseconds time) { reckoned_at_ += time; }

 private:
  friend class Fanout;
  struct Notice {
    std::string text;
    std::uint64_t not_before;  ///< the offset it belongs to.
    MonoTime deadline{};       ///< when it is told wherever the stream is; set once it is due.
  };

  void queue_begins();
  void queue_ends();
  void send_share();
  [[nodiscard]] Situation look(std::size_t budget);
  [[nodiscard]] BytesView bytes_before() const;
  void tell_notice();
  void tell_mark();
  void skip();
  void skip_to(std::uint64_t offset);
  void say(std::string_view text);
  void set_blocked(bool blocked);
  [[nodiscard]] std::uint64_t read_since();
  /// Its credit becomes less: the guest waits for it, and its socket takes nothing.
  [[nodiscard]] bool spending() const { return in_the_way_ && blocked_; }
  void spending_begins();
  [[nodiscard]] bool has_full_credit() const;
  void give_up(const std::string& reason);

  Console& console_;
  Wire& wire_;
  const ViewerSettings settings_;
  const ViewerOrigin origin_;
  const WallTime since_ = std::chrono::system_clock::now();
  const std::uint64_t id_;
  history::Cursor cursor_;
  std::vector<Notice> notices_;  ///< the oldest first; seldom any, so no memory is kept for them.
  std::uint64_t skipped_ = 0;
  MonoTime next_skip_log_{};
  bool line_start_ = true;       ///< the last thing sent ended a line, by our own doing.
  bool after_line_end_ = false;  ///< the last byte of the console that was sent ended a line.
  Credit credit_;
  MonoTime reckoned_at_;
  std::uint64_t taken_ = 0;       ///< since then
  std::uint64_t known_read_ = 0;  ///< of Wire::reads(), while it makes a difference
  bool in_the_way_ = false;       ///< the guest waits, and for this viewer.
  MonoTime spent_until_{};
  std::uint64_t wanted_room_ = 0;  ///< ... until it leaves so much.
  bool blocked_ = false;
  bool sleeping_ = false;                   ///< Fanout's, too
  bool queued_ = false;                     ///< Fanout's.
  std::optional<std::uint64_t> finish_at_;  ///< after finish(): where output ends.
};

}  // namespace charmux::console
