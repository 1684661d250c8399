// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "charmux/base/units.hpp"
#include "loop/timer.hpp"
#include "loop/turn_end.hpp"

namespace charmux::console {

class Viewer;

/// Whose turn it is to be sent something: every viewer of every console that has something to get and whose socket
/// accepts it, in one of two lines: those with little to get, such as the echo of a key, do not wait behind a flood.
/// Each is served at the end of a loop turn for about kSlice, then the loop looks at its events and goes on with the
/// next in line; so neither a console nor a viewer waits for a whole fan-out. One a loop.
class Fanout {
 public:
  static constexpr std::chrono::milliseconds kSlice{1};
  /// A viewer has little to get when it is so many bytes behind, or fewer.
  static constexpr std::uint64_t kLittle = 4 * KiB;

  explicit Fanout(loop::Loop& loop);

  /// The viewer may have something to get. Without effect while it is in line.
  void wake(Viewer& viewer);
  /// The viewer waits for the end of an escape sequence, but not beyond `deadline`: it is woken then.
  void wake_at(Viewer& viewer, MonoTime deadline);
  /// The viewer is about to be destroyed.
  void forget(Viewer& viewer);

  [[nodiscard]] MonoTime now() const { return loop_.now(); }
  [[nodiscard]] loop::Loop& loop() { return loop_; }

 private:
  using Line = std::deque<Viewer*>;
  void serve();
  void serve(Line& line);
  void wake_sleepers();

  loop::Loop& loop_;
  Line prompt_;
  Line bulk_;
  std::vector<Viewer*> sleepers_;
  loop::TurnEnd turn_end_;
  loop::Timer alarm_;
};

}  // namespace charmux::console
