// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "charmux/base/log.hpp"
#include "daemon/reading.hpp"
#include "loop/work.hpp"

namespace charmux::daemon {

/// Reads the configuration again, on another thread, one reading at a time: who asks during one gets the next. For the
/// loop's thread.
class Reload {
 public:
  /// Called when all that was asked for has happened, or with why nothing has changed.
  using Done = std::function<void(Status)>;
  struct Owner {
    /// The listeners that are open.
    std::function<std::vector<std::string>()> open;
    /// Makes it so. Error: nothing has changed.
    std::function<Status(Reading)> apply;
    /// A reading has to wait: go_on() follows.
    std::function<bool()> has_to_wait;
  };
  Reload(loop::Loop& loop, Log& log, ReadConfig read, Owner owner);

  void begin(Done done);
  void go_on();
  /// Nothing will be read any more, nor told.
  void stop();

 private:
  void was_read(tl::expected<Reading, std::vector<std::string>> reading);

  loop::Loop& loop_;
  Log& log_;
  const ReadConfig read_;
  const Owner owner_;
  std::vector<Done> waiting_;  ///< for the next reading
  std::vector<Done> served_;   ///< by the one that is under way
  bool reading_ = false;
  bool stopped_ = false;
  loop::Work work_;
};

}  // namespace charmux::daemon
