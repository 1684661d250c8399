// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "charmux/base/bytes.hpp"
#include "charmux/protocol/key_scanner.hpp"
#include "console/input_pace.hpp"
#include "console/writer_lock.hpp"

namespace charmux::console {

/// What was typed and waits for the guest: a queue for each writer, and whose turn it is. Knows writers by number only,
/// and neither a clock nor the guest.
///
/// Writers take turns by whole reads: what the guest has begun to take of one is finished before another's begins.
/// While what the guest was given last ends inside a key of several bytes (see KeyScanner), only its writer goes on,
/// but not for ever: others do when nothing of that writer's came for kKeyPatience (a lone ESC is a key), or
/// kLongestKey bytes have. Each writer's input has a pace of its own; one that waits for its pace lets others go first,
/// between two keys.
class InputMixer {
 public:
  using Writer = WriterLock::Id;
  struct Settings {
    std::size_t queue = 4 * KiB;  ///< the most that waits of each writer.
    InputPace::Settings pace = {};
  };
  static constexpr std::chrono::milliseconds kKeyPatience{50};
  static constexpr std::size_t kLongestKey = 4 * KiB;
  /// A key that is longer is given at the writer's pace too; a shorter one goes at once, and what follows it later.
  static constexpr std::size_t kLongestUnpaced = 32;

  explicit InputMixer(const Settings& settings) : settings_(settings) {}

  /// Whether what this writer types may be offered to the guest at once, without add(). What the guest took of it is
  /// then passed(), and the rest added.
  [[nodiscard]] bool may_pass(Writer writer, MonoTime now) const;
  /// The guest took so many of the bytes of a read that may pass.
  void passed(Writer writer, BytesView read, std::size_t taken, MonoTime now);
  /// One read of this writer's, at most room() bytes.
  void add(Writer writer, BytesView read, MonoTime now);

  struct Turn {
    Writer writer;
    BytesView bytes;  ///< valid until the next call that is not const.
  };
  /// What the guest is to be given now; none: see due().
  [[nodiscard]] std::optional<Turn> next(MonoTime now);
  /// The guest took so many bytes of next().
  void gave(const Turn& turn, std::size_t taken, MonoTime now);
  /// When there will be something though there is nothing now; none: when somebody types.
  [[nodiscard]] std::optional<MonoTime> due(MonoTime now) const;

  [[nodiscard]] bool empty() const { return waiting_ == 0; }
  /// How many bytes wait of this writer, and how many more may.
  [[nodiscard]] std::size_t waiting(Writer writer) const;
  [[nodiscard]] std::size_t room(Writer writer) const {
    return settings_.queue - std::min(settings_.queue, waiting(writer));
  }
  /// Whatever waits goes at this pace from now on.
  void set_pace(const InputPace::Settings& pace, MonoTime now);
  /// Nothing of this writer's shall go any more. How many bytes that were.
  std::size_t drop(Writer writer);

 private:
  struct Queue {
    Writer writer;
    InputPace pace;
    Bytes bytes{};
    std::deque<std::size_t> reads{};  ///< their sizes; of the first, what is left of it.
  };
  using Queues = std::vector<Queue>;

  [[nodiscard]] bool claimed(MonoTime now) const { return !keys_.outside() && now < last_ + kKeyPatience; }
  [[nodiscard]] Queues::iterator whose_turn(MonoTime now);
  [[nodiscard]] Queues::const_iterator find(Writer writer) const;
  [[nodiscard]] Queues::iterator find(Writer writer);
  [[nodiscard]] bool ready(const Queue& queue, MonoTime now) const {
    return !queue.bytes.empty() && queue.pace.free_at() <= now;
  }
  [[nodiscard]] std::size_t paced(const Queue& queue, std::size_t most, MonoTime now) const;
  static void take_reads(Queue& queue, std::size_t bytes);
  void guest_has(Writer writer, BytesView bytes, MonoTime now);

  Settings settings_;
  Queues queues_;  ///< in the order of their turns; one without pace is there only while something waits in it.
  std::size_t waiting_ = 0;
  std::optional<Writer> unfinished_;  ///< the guest took only a part of what it was offered of this one's read.
  protocol::KeyScanner keys_;
  Writer last_writer_ = 0;  ///< of what the guest was given last,
  MonoTime last_{};         ///< which was then.
  std::size_t in_key_ = 0;  ///< bytes that it was given since it was outside of keys.
};

}  // namespace charmux::console
