// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "console/directory.hpp"
#include "frontend/listeners.hpp"
#include "frontend/sessions.hpp"
#include "loop/timer.hpp"

namespace charmux::frontend {

/// The orderly end of a program: its doors close, its clients are given what there is and a last line, its chardevs
/// what was typed; then its loop stops. One a program; for the loop's thread.
class Closing {
 public:
  /// Whether all else that ends has ended; asked again and again. `overdue`: for how long the clients' time has been
  /// up, negative before.
  using Others = std::function<bool(std::chrono::nanoseconds overdue)>;

  /// `program` is what viewers and the log read: "charmuxd is stopping".
  Closing(loop::Loop& loop, console::Directory& consoles, Listeners& listeners, Sessions& sessions,
          std::string program);

  /// Begins it, once. `drain`: when clients that have not taken their last bytes are closed; none: never.
  void begin(std::optional<std::chrono::milliseconds> drain, Others others = {});
  /// From now on they have no more than that.
  void hurry(std::chrono::milliseconds drain);
  [[nodiscard]] bool begun() const { return begun_; }

 private:
  void look();

  loop::Loop& loop_;
  console::Directory& consoles_;
  Listeners& listeners_;
  Sessions& sessions_;
  const std::string program_;
  Others others_;
  bool begun_ = false;
  std::optional<MonoTime> deadline_;
  loop::Timer look_;
};

}  // namespace charmux::frontend
