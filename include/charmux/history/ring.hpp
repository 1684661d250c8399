// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "charmux/base/bytes.hpp"
#include "charmux/base/result.hpp"
#include "charmux/base/units.hpp"
#include "charmux/history/mark.hpp"
#include "charmux/history/time_index.hpp"

namespace charmux::history {

/// A console's history and its only queue of output: the newest `size` bytes it printed, each at an absolute offset
/// that never repeats, in a file that outlives the process. The backend is read straight into window(); any number of
/// readers, which it knows nothing of, see it through view(). The file is mapped twice, side by side, so both are
/// contiguous wherever they lie.
///
/// A ring has no file before its first byte: a console that never prints costs the disk nothing. begin() makes it, once
/// in a console's life.
///
/// The next window() overwrites the oldest bytes: no view outlives it. Nothing here waits or calls out, but open() and
/// close_cleanly(), which use the disk; begin() makes files and does not wait for the disk to have them. Move-only;
/// used by one thread; must not move while a Cursor points to it.
///
/// The file is valid at every instant, so a process may be killed at any: nothing is trusted but what lies in
/// [reserved - size, head), and `reserved` is raised over a window before the window is given out. Destroying a ring
/// without close_cleanly() is the same as being killed.
class Ring {
 public:
  static constexpr std::uint64_t kSmallest = 64 * KiB;
  static constexpr std::uint64_t kLargest = 1 * GiB;
  static constexpr std::uint64_t kWindows = 16;  ///< windows that fit in a ring

  struct Opened;
  /// The history in the file at `path`; where there is none, a new one, which will be there. A corrupt or foreign file
  /// is renamed and a new history begins; one of another size is carried over. Trouble with the disk is no failure: the
  /// history is then in memory and not_kept() says why. Fails when `size` is no power of two from kSmallest to
  /// kLargest, or memory is out.
  [[nodiscard]] static Result<Opened> open(const std::string& path, std::uint64_t size);
  /// A history that is in memory on purpose, and ends with the process: not_kept() is empty. Fails as open() does.
  [[nodiscard]] static Result<Ring> in_memory(std::uint64_t size);

  Ring(Ring&& other) noexcept;
  Ring& operator=(Ring&& other) noexcept;
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;
  ~Ring();

  /// False until the first byte, in this process or an earlier one.
  [[nodiscard]] bool begun() const;
  /// Makes the file (mode 0600) of a ring that has not begun, between window() and the first byte's commit(); which
  /// does this itself where nobody has, and then nobody hears how it went. What a user should read in the log: trouble
  /// with the disk is no failure, as with open(). Fails when memory is out: the ring has not begun, and commit() takes
  /// no byte.
  [[nodiscard]] Result<std::vector<std::string>> begin();
  /// What puts a ring that has just begun on the disk, so that a power cut leaves it there. Blocks; to be called on any
  /// thread, at any time, the ring's end included.
  [[nodiscard]] std::function<void()> saver() const;
  /// Its file bears, or will bear, another name now.
  void renamed_to(std::string path);

  [[nodiscard]] std::uint64_t size() const;
  /// The offset of the next byte.
  [[nodiscard]] std::uint64_t head() const;
  /// The oldest offset that may be read; equal to head() when there is nothing. Goes up with window(), and partly back
  /// down with commit().
  [[nodiscard]] std::uint64_t tail() const;

  /// Room for the next read(2), at head(): size() / kWindows bytes. What it will overwrite is unreadable from here on.
  [[nodiscard]] BytesSpan window();
  /// The first `n` bytes of the window are the stream's next. The caller has written no byte of the window beyond them:
  /// what lies there is the oldest history, readable again. 0 gives the window back.
  void commit(std::size_t n, WallTime now);
  /// At most `most` bytes from `from` on, in one piece; tail() <= from <= head().
  [[nodiscard]] BytesView view(std::uint64_t from, std::size_t most) const;

  /// From here on the source is being read. The time since it last was (after a crash: since the last commit) becomes a
  /// not_recorded mark, but for the very first time. Without effect while recording.
  void begin_recording(WallTime now);
  /// From here on nobody reads the source. Without effect while not recording.
  void end_recording(WallTime now);
  /// What an earlier process that left no file had for missing_since(). Before the first begin_recording(); without
  /// effect where the file knows better.
  void was_missing_since(WallTime time);
  /// Since when output would be missing here if the source were read again now; while it is read: if this process were
  /// killed. None: it never was read.
  [[nodiscard]] std::optional<WallTime> missing_since() const;

  /// A mark at head(). Where one of the same kind stands already at this offset, not_recorded and unverified ones
  /// become one with both their times under a new number, so that every reader hears of it. The newest 64 are kept.
  void add_mark(MarkKind kind, WallTime from, WallTime to, std::uint64_t bytes);
  /// The oldest mark kept whose number is above `after_number`.
  [[nodiscard]] std::optional<NumberedMark> next_mark(std::uint64_t after_number) const;
  /// The number of the newest mark; 0 when there was none ever.
  [[nodiscard]] std::uint64_t last_mark_number() const;
  /// The number of the newest mark that stands before `offset`: what a reader who begins there need not be told.
  [[nodiscard]] std::uint64_t marks_before(std::uint64_t offset) const;

  /// Why the history will not outlive the process ("disk full"), or empty.
  [[nodiscard]] const std::string& not_kept() const;
  /// When the newest byte was read, in this process or an earlier one.
  [[nodiscard]] std::optional<WallTime> last_output() const;
  [[nodiscard]] const TimeIndex& times() const;

  /// Ends recording and puts all on the disk, so that even a power cut from here on leaves it verified. The last thing
  /// done with a ring. Blocks.
  void close_cleanly(WallTime now);

 private:
  struct State;
  explicit Ring(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;  ///< with saver() only
};

/// A ring, and what its user should read in the log: each a sentence.
struct Ring::Opened {
  Ring ring;
  std::vector<std::string> remarks;
};

}  // namespace charmux::history
