// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "charmux/base/bytes.hpp"
#include "charmux/base/units.hpp"
#include "charmux/config/escape_sequence.hpp"
#include "charmux/config/typing.hpp"
#include "charmux/history/cursor.hpp"
#include "console/pump.hpp"
#include "console/viewer_origin.hpp"
#include "net/tcp_window.hpp"

namespace charmux::console {

class Console;
class Fanout;

/// A viewer's terminal, as its client has told; for people to see, and no more.
struct ViewerTerminal {
  std::string name{};         ///< "XTERM-256COLOR", as the client wrote it; empty: not told.
  std::uint16_t columns = 0;  ///< 0: not told.
  std::uint16_t rows = 0;
};

/// What a viewer is sent through; the frontend's side of it.
class Wire {
 public:
  virtual ~Wire() = default;
  struct Sent {
    std::size_t taken;  ///< console bytes that need not be sent again.
    bool blocked;       ///< the socket takes no more now; Viewer::writable() follows.
    /// The rest is kept back, a few hundred bytes at most: only what follows decides whether it is sent at all.
    bool undecided = false;
  };
  /// Sends console bytes, whose first stands at `offset`.
  virtual Sent send(BytesView bytes, std::uint64_t offset) = 0;
  /// Queues one line of charmux's own. `off_line_start`: a line end goes before it.
  virtual void tell(std::string_view notice, bool off_line_start) = 0;
  /// Queues text that ends no line: what a viewer types for charmux itself. A wire without a person has no use for it.
  virtual void echo(std::string_view /*text*/) {}
  /// Sends what is queued. False: the socket takes no more now; Viewer::writable() follows.
  virtual bool flush() = 0;
  /// How far the client has read, where that is known. None: what was taken counts as read.
  [[nodiscard]] virtual std::optional<net::PeerReads> reads() const { return std::nullopt; }
  /// Null: the client has no terminal, or has not told of it.
  [[nodiscard]] virtual const ViewerTerminal* terminal() const { return nullptr; }
  /// The guest takes input again.
  virtual void input_may_go_on() = 0;
  /// After Viewer::finish(): all there was has been sent.
  virtual void finished() = 0;
  /// The viewer's time is over; destroys nothing at once.
  virtual void expire(const std::string& reason) = 0;
};

/// What a viewer is told in-band.
enum class Told : std::uint8_t {
  nothing,
  gaps,  ///< only where output is missing or unsure: skips, and the marks of the history.
  all,   ///< notices too.
};

/// What a viewer may do and wants; from its door.
struct ViewerSettings {
  bool may_type = true;
  config::WriterMode writer = config::WriterMode::single;
  Told told = Told::all;
  bool counts = true;  ///< it is somebody who watches, not a log.
  OnLag on_lag = OnLag::skip;
  std::uint64_t replay = 0;              ///< bytes of history given on attach.
  bool from_line_start = true;           ///< what is given begins at a line start, not at just any byte.
  std::optional<std::uint64_t> since{};  ///< on attach it begins exactly there, whatever `replay` says.
  /// A person's terminal is at the other end, which would answer what the guest asks of terminals: it is shown only the
  /// questions that are meant for it. Others get the console's true bytes.
  bool is_terminal = false;
  /// Its keys, which notices name; none: it has none.
  std::optional<config::EscapeSequence> keys{};
  std::chrono::milliseconds notice_wait{1000};
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
  /// Tells it something that it has asked for, even where it gets no notices; may be several lines, each but the last
  /// ended by CR LF.
  void answer(std::string text);
  /// Shows what it types for charmux itself, wherever that comes to stand among the output.
  void echo(std::string_view text);
  /// On attaching: `hello` where its output begins, `live` where history ends.
  void greet(std::string hello, std::string_view live);
  /// It wants nothing more of what it was not sent yet: goes on at the newest byte, and what is left out counts as
  /// skipped.
  void skip_all();
  void input_may_go_on() { wire_.input_may_go_on(); }
  /// Its time is over: see Wire.
  void expire(const std::string& reason) { wire_.expire(reason); }
  /// Output ends here: what there is so far is still sent, then `text` if notices are on; Wire::finished() follows.
  void finish(std::string_view text);

  [[nodiscard]] Console& console() const { return console_; }
  [[nodiscard]] std::uint64_t id() const { return id_; }
  /// Its user, or where it comes from.
  [[nodiscard]] const std::string& who() const { return origin_.who(); }
  [[nodiscard]] const ViewerOrigin& origin() const { return origin_; }
  [[nodiscard]] WallTime since() const { return since_; }
  /// The console's byte that it is sent next.
  [[nodiscard]] std::uint64_t offset() const { return cursor_.offset() + kept_back_; }
  /// Bytes that it has not been sent yet.
  [[nodiscard]] std::uint64_t lag() const;
  [[nodiscard]] const ViewerSettings& settings() const { return settings_; }
  /// Of Console only: see Console::set_may_type().
  void set_may_type(bool may_type) { settings_.may_type = may_type; }
  /// It has chosen to watch only, until it chooses otherwise.
  [[nodiscard]] bool spies() const { return spies_; }
  void set_spying(bool spies) { spies_ = spies; }
  /// What the guest asks of terminals is asked of this one if it ends behind this offset; none: it gets the true
  /// bytes from where it is.
  [[nodiscard]] std::optional<std::uint64_t> asked_from() const;
  /// Of Comings only: who it was last told has the pen; 0: nobody.
  std::uint64_t knows_writer = 0;
  /// Its escape sequence now, which notices name; none: it has no keys.
  [[nodiscard]] const std::optional<config::EscapeSequence>& keys() const { return keys_; }
  void set_keys(config::EscapeSequence keys) { keys_ = keys; }
  [[nodiscard]] const ViewerTerminal* terminal() const { return wire_.terminal(); }
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
    bool echo = false;         ///< it ends no line.
  };

  void queue_notice(std::string text, std::uint64_t offset);
  void queue_begins();
  void queue_ends();
  void send_share();
  [[nodiscard]] std::size_t send(std::size_t bytes);
  [[nodiscard]] Situation look(std::size_t budget);
  [[nodiscard]] BytesView bytes_before() const;
  [[nodiscard]] std::optional<std::size_t> boundary(BytesView next) const;
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
  ViewerSettings settings_;
  const ViewerOrigin origin_;
  const WallTime since_ = std::chrono::system_clock::now();
  const std::uint64_t id_;
  const std::uint64_t live_from_;  ///< what stood before this when it attached is a replay.
  history::Cursor cursor_;
  std::size_t kept_back_ = 0;    ///< of what comes next, as the wire has said.
  std::vector<Notice> notices_;  ///< the oldest first; seldom any, so no memory is kept for them.
  std::uint64_t skipped_ = 0;
  MonoTime next_skip_log_{};
  Credit credit_;
  MonoTime reckoned_at_;
  std::uint64_t taken_ = 0;       ///< since then
  std::uint64_t known_read_ = 0;  ///< of Wire::reads(), while it makes a difference
  MonoTime spent_until_{};
  std::uint64_t wanted_room_ = 0;           ///< of the one that the guest waits for: how much it has to leave free.
  std::optional<std::uint64_t> finish_at_;  ///< after finish(): where output ends.
  // Small ones together: there may be 10,000 viewers.
  std::optional<config::EscapeSequence> keys_;
  bool spies_ = false;
  bool let_go_ = false;          ///< the last bytes were never sent: no sequence is open.
  bool line_start_ = true;       ///< the last thing sent ended a line, by our own doing.
  bool echoing_ = false;         ///< the last thing sent was an echo that ended no line.
  bool after_line_end_ = false;  ///< the last byte of the console that was sent ended a line.
  bool in_the_way_ = false;      ///< the guest waits, and for this viewer.
  bool blocked_ = false;
  bool sleeping_ = false;  ///< Fanout's, too
  bool queued_ = false;    ///< Fanout's.
};

}  // namespace charmux::console
