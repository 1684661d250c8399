// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "backend/backend.hpp"
#include "console/pump.hpp"
#include "loop/timer.hpp"

namespace charmux::console {

class Viewer;

/// Makes the guest wait, by holding its backend, while reading on would overwrite bytes of a viewer that has credit
/// (see credit_after()). A member of its console. For the loop's thread.
class Pace {
 public:
  /// `readers` and `backend` are the console's.
  Pace(const Terms& terms, loop::Loop& loop, const std::vector<Viewer*>& readers, backend::Backend& backend);

  [[nodiscard]] const Terms& terms() const { return terms_; }
  /// Whether the guest waits just now.
  [[nodiscard]] bool waiting() const { return waiting_; }
  /// Whether one more window of the ring may be read into; false: the backend is held until it may.
  [[nodiscard]] bool may_read();
  /// So much was read.
  void read(std::uint64_t bytes) { room_ -= std::min(room_, bytes); }
  /// A reader has attached, perhaps far behind.
  void reader_came() { room_ = 0; }
  /// One of those that were in the way is no more.
  void made_room();
  /// One of them will have used up its credit by then.
  void look_at(MonoTime end);
  /// Lets the guest go on, whoever is in the way.
  void go_on();

 private:
  void hold();
  void look();

  const Terms terms_;
  const std::uint64_t window_;  ///< the most that is read at once.
  const std::vector<Viewer*>& readers_;
  backend::Backend& backend_;
  std::uint64_t room_ = 0;  ///< at least so much may be read before the readers are looked at again.
  bool waiting_ = false;    ///< the backend is held.
  std::size_t in_the_way_ = 0;
  bool stood_still_ = false;  ///< the loop did, and it has been made good, since the guest began to wait.
  MonoTime look_at_{};
  loop::Timer timer_;
};

}  // namespace charmux::console
