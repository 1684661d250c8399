// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace charmux::console {

/// How far a console's output is in its log, as it stands in a small file while something is being appended: so that
/// the next charmuxd goes on at the very byte, also after a kill in the middle of a write. All here blocks.
struct JournalPlace {
  std::uint64_t from = 0;   ///< the offset up to which the log had the output,
  std::uint64_t piece = 0;  ///< of which so many bytes are being appended, and
  std::uint64_t own = 0;    ///< when it also has these bytes of charmux's own behind that,
  std::uint64_t to = 0;     ///< ... the offset at which the output goes on behind them; of no meaning without.

  /// The offset at which the output goes on behind all of that.
  [[nodiscard]] std::uint64_t end() const { return own > 0 ? to : from + piece; }
  /// Says so of the open log as it is now. What cannot be written is not known later, and no more.
  void write(const std::string& path, int log) const;
  /// The offset at which the output goes on behind all that is in the open log; what others appended to it is none. A
  /// log that was moved away, or emptied, is taken to have had all that was being appended. None where nothing says so.
  [[nodiscard]] static std::optional<std::uint64_t> read(const std::string& path, int log);
};

}  // namespace charmux::console
