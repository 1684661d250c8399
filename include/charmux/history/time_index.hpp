// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "charmux/base/result.hpp"
#include "charmux/base/units.hpp"

namespace charmux::history {

/// When the bytes of a history were read: a ring of (offset, wall clock) in a small preallocated file beside the
/// ring's, one entry a burst and at most 10 a second, the oldest overwritten. What it answers is right to 100 ms. It
/// can be made again, so a broken one is replaced by an empty one, and one the disk has no room for is in memory. Owned
/// by a Ring; used by the ring's thread.
class TimeIndex {
 public:
  static constexpr std::uint64_t kLeastBytes = 4 * KiB;
  static constexpr std::uint64_t kMostBytes = 256 * KiB;

  /// What an index belongs to.
  struct Place {
    std::uint64_t identity = 0;  ///< the ring's; an index of another ring is not used
    std::uint64_t base = 0;      ///< what the ring's stored offsets are counted from
    std::uint64_t head = 0;      ///< the ring's, counted from `base`; entries beyond it are dropped
    std::uint64_t bytes = 0;     ///< of the whole file
    bool in_memory = false;      ///< the ring is: so is the index
  };

  /// The index in the file at `path`, made when there is none. What was wrong is added to `remarks` as sentences. Fails
  /// only when memory is out.
  [[nodiscard]] static Result<TimeIndex> open(const std::string& path, const Place& place,
                                              std::vector<std::string>& remarks);
  /// The name of the index beside a ring: X.ring has X.times, any other X has X.times too.
  [[nodiscard]] static std::string path_beside(const std::string& ring_path);
  /// The bytes of the file beside a ring of `ring_size`: a 32nd, from kLeastBytes to kMostBytes.
  [[nodiscard]] static std::uint64_t bytes_for(std::uint64_t ring_size);

  /// Of a history without a byte: it knows of none and is not noted in.
  TimeIndex();
  TimeIndex(TimeIndex&& other) noexcept;
  TimeIndex& operator=(TimeIndex&& other) noexcept;
  TimeIndex(const TimeIndex&) = delete;
  TimeIndex& operator=(const TimeIndex&) = delete;
  ~TimeIndex();

  /// When the byte at `offset` was read. Nothing when that is older than the index.
  [[nodiscard]] std::optional<WallTime> time_at(std::uint64_t offset) const;
  /// The first offset known to have been read at `time` or later; the oldest one known when all are later, which may
  /// lie before the ring's tail. Nothing when all are earlier.
  [[nodiscard]] std::optional<std::uint64_t> offset_at(WallTime time) const;

  /// Bytes that begin at `offset` were read now. Rises with each call.
  void note(std::uint64_t offset, WallTime now);
  /// Writes it to the disk. Blocks.
  void sync() const;

 private:
  struct State;
  explicit TimeIndex(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace charmux::history
