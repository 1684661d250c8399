// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <functional>
#include <string>

#include "charmux/base/log.hpp"
#include "charmux/history/ring.hpp"
#include "console/scribes.hpp"

namespace charmux::daemon {

/// The folder of the state directory in which each console's history is, by its name. Its members block, but save().
class Histories {
 public:
  Histories(loop::Loop& loop, const std::string& state_dir, Log& log)
      : directory_(state_dir + "/history"), log_(log), disk_(loop) {}

  /// Makes the folder. Where it cannot be made histories are kept in memory, which the log says.
  void make_folder();
  /// Error: not even memory can be had for it.
  [[nodiscard]] Result<history::Ring> open(const std::string& name, std::uint64_t size);
  /// What puts a history on the disk, for another thread: one at a time.
  void save(std::function<void()> saver) {
    (void)disk_.give(directory_, std::move(saver), [] {});
  }
  /// The file beside it in which it stands how far the console's log got.
  [[nodiscard]] std::string log_place(const std::string& name) const { return path_of(name) + kLogged; }
  /// The console has no log: one that it is given later begins at the newest byte.
  void forget_log(const std::string& name) const { (void)::unlink(log_place(name).c_str()); }
  /// The console is called otherwise now; its history goes with it, while it is in use too.
  void rename(const std::string& from, const std::string& to);
  /// Nobody will ask for it any more.
  void remove(const std::string& name);

  /// Where it is.
  [[nodiscard]] std::string path_of(const std::string& name) const;

 private:
  static constexpr const char* kLogged = ".logged";
  const std::string directory_;
  Log& log_;
  console::Scribes disk_;
};

}  // namespace charmux::daemon
