// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "backend/backend.hpp"
#include "charmux/base/log.hpp"
#include "charmux/history/cursor.hpp"
#include "charmux/history/ring.hpp"
#include "console/viewer.hpp"
#include "console/writer_lock.hpp"

namespace charmux::console {

class Fanout;

/// One console: one backend, one ring, any number of viewers, and the one among them who types. Reads the backend into
/// the ring whether somebody watches or not, wakes the viewers, and passes on what the writer types. Outlives its
/// viewers. For the loop's thread.
class Console final : private backend::Backend::Sink {
 public:
  struct Settings {
    std::string name;
    std::uint64_t replay;     ///< bytes of history given on attach where the door does not say.
    std::size_t input_queue;  ///< the most decoded input that waits for the guest.
  };
  /// The backend starts by start().
  Console(Settings settings, history::Ring ring, std::unique_ptr<backend::Backend> backend, Fanout& fanout, Log& log);
  ~Console() override;
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  void start();
  /// Reads no more, closes the backend, and lets the viewers have what there is and a last notice.
  void stop();
  /// True when the backend's last input has left or cannot.
  [[nodiscard]] bool stopped() const;
  /// The last thing: puts the history on the disk. Blocks.
  void close_history();

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::uint64_t replay() const { return replay_; }
  [[nodiscard]] history::Ring& ring() { return ring_; }
  [[nodiscard]] Fanout& fanout() { return fanout_; }
  /// What is out of the ordinary ("shut off", "connected, nothing heard yet", "history not kept: disk full"), or empty.
  [[nodiscard]] std::string condition() const;
  /// One line for `viewer` that says how it stands with this console.
  [[nodiscard]] std::string status_for(const Viewer& viewer) const;

  /// Why the guest cannot be sent a break.
  [[nodiscard]] std::string_view why_no_break() const { return backend_->why_no_break(); }

  /// Who has the pen, or null.
  [[nodiscard]] const Viewer* writer() const;
  /// What a viewer typed. False: it has not the pen, or may not type, and nothing was taken. At most input_room()
  /// bytes.
  [[nodiscard]] bool type(Viewer& viewer, BytesView bytes);
  /// How many bytes this viewer may type now; 0 means that its socket should not be read.
  [[nodiscard]] std::size_t input_room(const Viewer& viewer) const;
  /// The viewer will type no more, but watches on; what it typed before still goes to the guest.
  void lay_pen_down(Viewer& viewer);

  // Of Viewer only.
  [[nodiscard]] WriterLock::Id next_viewer_id() { return ++last_id_; }
  [[nodiscard]] history::Cursor cursor_for(const ViewerSettings& settings);
  [[nodiscard]] std::uint64_t resync_offset(const ViewerSettings& settings) const;
  void attach(Viewer& viewer);
  void detach(Viewer& viewer);
  void log_skip(const Viewer& viewer, std::uint64_t bytes);

 private:
  void backend_is(backend::State state, const std::string& reason) override;
  void backend_readable() override;
  void backend_writable() override;

  void came_up();
  void announce(const std::string& notice);
  void release_pen(WriterLock::Id holder);
  void drop_input(std::string_view why);
  [[nodiscard]] Viewer* find(WriterLock::Id id) const;

  const std::string name_;
  const std::uint64_t replay_;
  const std::size_t input_queue_;
  history::Ring ring_;
  const std::unique_ptr<backend::Backend> backend_;
  Fanout& fanout_;
  Log& log_;

  backend::State state_ = backend::State::connecting;
  std::string reason_;
  std::string away_as_;     ///< the condition that viewers were last told of, while the backend is not open.
  bool heard_ = false;      ///< a byte came since the backend was last opened.
  bool told_away_ = false;  ///< somebody was told that the console is not there.

  std::vector<Viewer*> viewers_;
  WriterLock lock_;
  WriterLock::Id last_id_ = 0;
  Bytes input_;                                ///< the writer's, waiting for the guest.
  std::optional<WriterLock::Id> done_typing_;  ///< the writer, when it leaves the pen once `input_` is empty.
};

}  // namespace charmux::console
