// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

namespace charmux::console {

/// Who may type: one at a time has the pen. A value; knows viewers by number only.
///
/// The first who may type gets it; others watch. When its holder leaves, the one who has waited longest since trying to
/// type gets it; nobody waiting, it lies free for the next who attaches or types.
class WriterLock {
 public:
  using Id = std::uint64_t;

  /// A viewer that may type has come. True: it has the pen.
  bool attach(Id viewer);
  /// It types. True: it has the pen, perhaps by taking it now; false: another has it, and the viewer is put in line.
  bool type(Id viewer);
  /// It takes the pen. Who had it before, if another had: that one is put in line.
  std::optional<Id> seize(Id viewer);
  /// It has gone, or will type no more. Who got the pen by that, if somebody did.
  std::optional<Id> leave(Id viewer);

  /// Who would get it if its holder left now.
  [[nodiscard]] std::optional<Id> next() const {
    return waiting_.empty() ? std::nullopt : std::optional(waiting_.front());
  }
  /// Who has the pen.
  [[nodiscard]] std::optional<Id> holder() const { return holder_; }

 private:
  std::optional<Id> holder_;
  std::deque<Id> waiting_;
};

}  // namespace charmux::console
