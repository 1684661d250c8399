// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "charmux/base/bytes.hpp"
#include "charmux/base/result.hpp"

namespace charmux::cli {

/// The key that leaves when it stands first in what was read at once, as virsh(1) has it; nothing for none.
using LeaveKey = std::optional<std::byte>;

/// Ctrl-], which `attach` leaves with unless told otherwise.
inline constexpr std::byte kLeaveKey{0x1D};

/// A key from "^]", "^X" (either case), "^?", one character, or "none". Error: anything else.
[[nodiscard]] Result<LeaveKey> parse_leave_key(std::string_view text);
/// The key as it is written: "^]".
[[nodiscard]] std::string name_of(std::byte key);

/// Finds in what a person types the two ways out of a session: the leave key as the first byte of a read, and
/// `^E c .` anywhere. What may become the latter is held until the next byte tells: `^E` without a `c` behind it passes
/// with that byte (`^E` behind `^E` is held in its turn, as charmuxd does), and `^E c` and any byte but `.` pass all
/// three, for charmuxd has commands there, too.
class LeaveKeys {
 public:
  explicit LeaveKeys(LeaveKey key) : key_(key) {}

  /// Takes what one read gave; appends what is for the guest to `pass`. True: leave; what stands behind is dropped.
  [[nodiscard]] bool read(BytesView bytes, Bytes& pass);

 private:
  enum class State { plain, after_escape, after_command };
  [[nodiscard]] bool step(std::byte byte, Bytes& pass);

  LeaveKey key_;
  State state_ = State::plain;
};

}  // namespace charmux::cli
