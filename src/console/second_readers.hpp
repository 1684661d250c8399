// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "backend/pty_device.hpp"
#include "backend/pty_readers.hpp"
#include "charmux/base/log.hpp"
#include "console/directory.hpp"
#include "loop/timer.hpp"
#include "loop/work.hpp"

namespace charmux::console {

/// Who else reads the ptys of consoles: each byte goes to one of the two, so neither has the whole. It is looked for on
/// another thread now and then while a pty is open, and told to the log, to those who watch, and by the console's
/// remark. One that only passes by (stty, or our own child before it executes) is not told. For the loop's thread.
class SecondReaders {
 public:
  struct Settings {
    std::chrono::milliseconds every{10'000};
    std::chrono::milliseconds soon{1000};  ///< after an opening, and until one who was seen once is told if seen again
    /// For another thread.
    std::function<std::vector<std::vector<std::string>>(const std::vector<backend::PtyDevice>&)> scan =
        backend::pty_readers;
  };
  SecondReaders(loop::Loop& loop, Log& log, Directory& consoles) : SecondReaders(loop, log, consoles, Settings()) {}
  SecondReaders(loop::Loop& loop, Log& log, Directory& consoles, Settings settings);

  /// A console has been opened. To be called each time; nothing is looked for without.
  void opened(const Console& console);

 private:
  struct Looked {
    std::vector<backend::PtyDevice> ptys;
    std::vector<std::vector<std::string>> readers;  ///< of each
  };
  void look();
  void looked();
  [[nodiscard]] bool tell(Console& console, const std::vector<std::string>& readers);

  loop::Loop& loop_;
  Log& log_;
  Directory& consoles_;
  const Settings settings_;
  loop::Timer timer_;
  bool is_soon_ = false;                                  ///< it fires soon
  std::shared_ptr<Looked> looked_;                        ///< is being looked at, on the other thread.
  std::map<std::string, std::vector<std::string>> seen_;  ///< readers at the last look that nobody was told of, by name
  loop::Work work_;
};

}  // namespace charmux::console
