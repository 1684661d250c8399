// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backend/backend.hpp"
#include "charmux/base/log.hpp"
#include "charmux/history/cursor.hpp"
#include "charmux/history/ring.hpp"
#include "console/audit.hpp"
#include "console/comings.hpp"
#include "console/input.hpp"
#include "console/pace.hpp"
#include "console/pen.hpp"
#include "console/toggling.hpp"
#include "console/uart.hpp"
#include "console/viewer.hpp"
#include "loop/timer.hpp"

namespace charmux::console {

class Fanout;

/// One console: one backend, one ring, any number of viewers, and the one among them who types. Reads the backend into
/// the ring whether somebody watches or not, wakes the viewers, and passes on what the writer types. Outlives its
/// viewers. For the loop's thread.
class Console final : private backend::Backend::Sink {
 public:
  struct Settings {
    std::string name;
    std::uint64_t replay;                           ///< bytes of history given on attach where the door does not say.
    std::size_t input_queue;                        ///< the most decoded input that waits for the guest.
    std::chrono::milliseconds max_guest_pause{50};  ///< see Terms
    std::uint64_t min_rate = 1 * MiB;               ///< see Terms
    std::chrono::milliseconds coalesce{0};          ///< how long output is gathered before viewers are sent it.
    /// Has another thread call what puts a history that has just begun on the disk; none: it is left to the kernel.
    std::function<void(std::function<void()>)> save = {};
    std::function<void(const Console&)> opened = {};  ///< called each time that its backend is open
    config::Typing typing = {};
    Audit* audit = nullptr;  ///< where what is done here is noted; null: nowhere. Outlives the console.
  };
  /// The backend starts by start().
  Console(Settings settings, history::Ring ring, std::unique_ptr<backend::Backend> backend, Fanout& fanout, Log& log);
  ~Console() override = default;
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  void start() { backend_->start(*this); }
  /// Reads no more, closes the backend, and lets the viewers have what there is and a last notice: `why`.
  void stop(std::string_view why = "charmuxd is stopping");
  /// True when the backend's last input has left or cannot.
  [[nodiscard]] bool stopped() const { return backend_->stopped(); }
  /// Something about its chardev has changed: opens it at once if that is being waited for.
  void retry() { backend_->retry(); }
  /// Its chardev is there no more, or another's: closes it if it is open, and asks where it is now.
  void relocate() { backend_->relocate(); }
  /// Frees the chardev for others until reopen(), on behalf of `by`.
  void put_down(const ViewerOrigin& by);
  /// Opens the chardev, again if it is open; with `force` throws out a libvirt session that has it.
  void reopen(const ViewerOrigin& by, bool force = false);
  /// Sends the guest a break. What is typed after it waits until it is there, or is known not to be: a break goes by
  /// another way than keys do, and SysRq needs the two in order. `answer` is called once, perhaps from inside this,
  /// unless this is destroyed first. Error: "no break: " and why the guest got none.
  void send_break(const ViewerOrigin& by, std::function<void(Status)> answer);
  /// Tells all viewers what `by` has to say, but not `except`, who says it. `text` is one line without control bytes.
  void broadcast(const ViewerOrigin& by, const std::string& text, const Viewer* except = nullptr);
  /// A notice to all viewers.
  void announce(const std::string& notice);
  /// The last thing: puts the history on the disk. Blocks.
  void close_history() { ring_.close_cleanly(std::chrono::system_clock::now()); }

  [[nodiscard]] const std::string& name() const { return name_; }
  void rename(std::string name) { name_ = std::move(name); }
  [[nodiscard]] std::uint64_t replay() const { return replay_; }
  [[nodiscard]] const config::Typing& typing() const { return typing_; }
  /// The configuration says otherwise now. What holds for a viewer from when it attaches holds for those who come.
  void configure(std::uint64_t replay, const config::Typing& typing);
  [[nodiscard]] history::Ring& ring() { return ring_; }
  [[nodiscard]] const history::Ring& ring() const { return ring_; }
  [[nodiscard]] Fanout& fanout() { return fanout_; }
  /// Its number for life, from 1; 0: it has none.
  [[nodiscard]] unsigned number() const { return number_; }
  void set_number(unsigned number) { number_ = number; }

  /// "open", "connecting", "waiting", "shut off", "refused" or "gone".
  [[nodiscard]] std::string_view state_text() const;
  /// Whether the guest is kept from printing, for a viewer's sake.
  [[nodiscard]] bool guest_waits() const { return pace_.waiting(); }
  [[nodiscard]] bool is_open() const { return state_ == backend::State::open; }
  /// Why it is not open; empty when it is.
  [[nodiscard]] const std::string& reason() const { return reason_; }
  /// Why its history does not outlive this process ("history not kept: disk full"); empty: it does.
  [[nodiscard]] std::string history_trouble() const;
  /// What else people should know of it ("log stopped: disk full"); empty: nothing.
  [[nodiscard]] std::string remark() const;
  void set_remark(std::string remark) { remark_ = std::move(remark); }
  /// The pty that is open, if it is one that others could open too.
  [[nodiscard]] std::optional<backend::PtyDevice> pty() const { return backend_->pty(); }
  /// The serial port, as RFC 2217's clients see it.
  [[nodiscard]] Uart& uart() { return uart_; }
  /// Of Uart: the backend's serial port that is open, or null.
  [[nodiscard]] backend::PortControl* port() const { return backend_->port(); }
  /// Who else reads that ("cat, pid 812"), as a remark until it is closed; empty: nobody.
  [[nodiscard]] const std::string& also_read_by() const { return also_read_by_; }
  void set_also_read_by(std::string who) { also_read_by_ = std::move(who); }
  /// How many bytes the guest ever sent.
  [[nodiscard]] std::uint64_t offset() const { return ring_.head(); }
  [[nodiscard]] std::string backend_text() const { return backend_->shown(); }
  /// Those who watch; what only logs is not among them.
  [[nodiscard]] const std::vector<Viewer*>& viewers() const { return viewers_; }
  /// What has passed since charmuxd started, in bytes, and when the guest last said something.
  struct Traffic {
    std::uint64_t from_guest = 0;
    std::uint64_t to_guest = 0;
    std::uint64_t skipped = 0;  ///< what viewers were not given, added up over all of them.
    std::optional<WallTime> last_output;
  };
  [[nodiscard]] const Traffic& traffic() const { return traffic_; }
  /// When the guest last said something, before a restart of charmuxd too; none: never, as far as that is known.
  [[nodiscard]] std::optional<WallTime> last_output() const {
    return traffic_.last_output ? traffic_.last_output : ring_.last_output();
  }
  /// What is out of the ordinary ("shut off", "connected, nothing heard yet", "history not kept: disk full"), or empty.
  [[nodiscard]] std::string condition() const;
  /// One line for `viewer` that says how it stands with this console.
  [[nodiscard]] std::string status_for(const Viewer& viewer) const;

  /// Who has the pen, or else the one whose door says writer=shared and who typed last, or null.
  [[nodiscard]] const Viewer* writer() const { return pen_.writer(); }
  [[nodiscard]] bool is_writer(const Viewer& viewer) const { return pen_.writer_id() == viewer.id(); }
  /// Whether what this viewer typed now would go to the guest, and nobody would lose anything by it.
  [[nodiscard]] bool may_write(const Viewer& viewer) const { return may_type(viewer) && pen_.may_write(viewer); }
  /// Whether its door and the backend let this viewer type, if it has the pen.
  [[nodiscard]] bool may_type(const Viewer& viewer) const;
  /// Its user or its door has got or lost the right to type, which it is told. What it typed and the guest was not
  /// given yet is dropped then, and the pen passes.
  void set_may_type(Viewer& viewer, bool may_type);
  /// What a viewer typed. False: it has not the pen, or may not type, and nothing was taken. At most input_room()
  /// bytes.
  [[nodiscard]] bool type(Viewer& viewer, BytesView bytes);
  /// Why nobody can type ("a file takes no input"); empty: one can.
  [[nodiscard]] std::string_view why_no_input() const { return backend_->why_no_input(); }
  /// Why type() took nothing of it: "127.0.0.1:40312 types", "a file takes no input".
  [[nodiscard]] std::string why_not_typed(const Viewer& viewer) const;
  /// By which of its keys the viewer gets the pen ("^Ecf takes over, ^Eca asks"); empty: by none.
  [[nodiscard]] std::string how_to_type(const Viewer& viewer) const;
  /// How many bytes this viewer may type now; 0 means that its socket should not be read.
  [[nodiscard]] std::size_t input_room(const Viewer& viewer) const;
  using PenAnswer = console::PenAnswer;
  /// The viewer wants to type, and spies no more.
  PenAnswer ask_for_pen(Viewer& viewer);
  /// It takes the pen from whoever has it, and spies no more. False: it may not type.
  bool force_pen(Viewer& viewer);
  /// From now on it only watches, whatever it types and whoever leaves, until it asks for the pen or takes it.
  void spy(Viewer& viewer);
  /// The viewer will type no more, but watches on; what it typed before still goes to the guest.
  void lay_pen_down(Viewer& viewer);

  /// Whether this viewer could type now, and so may do other things to the guest; takes a pen that lies free, and asks
  /// nobody for it.
  [[nodiscard]] bool may_act(Viewer& viewer);
  /// What it typed and the guest was not given yet is dropped, which the log says: `why`.
  void drop_typed(const Viewer& viewer, std::string_view why);

  // Of Viewer only.
  [[nodiscard]] Pen::Id next_viewer_id() { return ++last_id_; }
  void attach(Viewer& viewer);
  void detach(Viewer& viewer);
  void count_skip(std::uint64_t bytes) { traffic_.skipped += bytes; }
  void log_skip(const Viewer& viewer, std::uint64_t bytes);
  [[nodiscard]] const Terms& terms() const { return pace_.terms(); }
  [[nodiscard]] Pace& pace() { return pace_; }

 private:
  void backend_is(backend::State state, const std::string& reason) override;
  void backend_readable() override;
  void backend_remarks(const std::string& remark) override { log_.warn("console {}: {}", name_, remark); }
  void backend_writable() override;
  [[nodiscard]] bool has_history() const override { return ring_.begun(); }

  [[nodiscard]] std::string silence() const;
  [[nodiscard]] bool begin_history();
  void tell_output();
  void came_up();
  void tell_back();
  void has_held();
  void say(LogLevel level, const std::string& sentence);
  [[nodiscard]] net::Io give_guest(BytesView bytes);
  void input_moved(Pen::Id writer);
  void input_dropped(std::size_t bytes, std::string_view why);
  [[nodiscard]] Viewer* find(Pen::Id id) const;
  [[nodiscard]] Input::Owner input_owner();
  [[nodiscard]] Pen::Owner pen_owner();
  void record(const Act& act);
  void note(const Act& act, const std::string& line = {});

  std::string name_;
  std::uint64_t replay_;
  config::Typing typing_;
  Audit* const audit_;
  history::Ring ring_;
  const std::function<void(std::function<void()>)> save_;
  const std::function<void(const Console&)> opened_;
  const std::unique_ptr<backend::Backend> backend_;
  Fanout& fanout_;
  Log& log_;

  backend::State state_ = backend::State::connecting;
  std::string reason_;
  std::string remark_;
  std::string also_read_by_;
  std::string away_as_;     ///< the condition that viewers were last told of, while the backend is not open.
  bool heard_ = false;      ///< a byte came since the backend was last opened.
  bool told_away_ = false;  ///< somebody was told that the console is not there.
  Toggling toggling_;
  loop::Timer holds_;  ///< runs while it is open and toggles: fires when it has held.

  unsigned number_ = 0;
  Traffic traffic_;
  std::shared_ptr<const void> alive_ = std::make_shared<char>();  ///< for answers that may come too late.
  std::vector<Viewer*> readers_;                                  ///< viewers, and what only logs.
  std::vector<Viewer*> viewers_;
  Pace pace_;
  const std::chrono::milliseconds coalesce_;
  loop::Timer gathering_;  ///< runs while there is output that the readers were not told of.
  std::uint64_t gathered_ = 0;
  Pen::Id last_id_ = 0;
  Input input_;
  Comings comings_;
  Pen pen_;
  Uart uart_{*this};
};

}  // namespace charmux::console
