// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <optional>

#include "charmux/protocol/qmp.hpp"
#include "discovery/guest.hpp"

namespace charmux::discovery {

/// Which of a monitor's events are worth a line to those who watch, each told once: QEMU sends two RESETs for one
/// reboot, and STOP again for a guest that is stopped already. A value; no clock but the events' own.
class Happenings {
 public:
  /// Events of one kind within this time are one.
  static constexpr std::chrono::microseconds kSame = std::chrono::seconds(1);

  /// What query-status says: nothing is told of it.
  void set_paused(bool paused) { paused_ = paused; }
  [[nodiscard]] bool paused() const { return paused_; }

  /// `now` (since 1970) stands for the event's time where QEMU gave none.
  [[nodiscard]] std::optional<Happening> feed(const protocol::QmpEvent& event, std::chrono::microseconds now);

 private:
  static constexpr std::size_t kKinds = static_cast<std::size_t>(Happening::woken) + 1;
  bool paused_ = false;
  std::array<std::optional<std::chrono::microseconds>, kKinds> told_;
};

}  // namespace charmux::discovery
