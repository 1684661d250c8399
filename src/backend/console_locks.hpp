// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backend/uucp_lock.hpp"
#include "loop/directory_watch.hpp"
#include "loop/timer.hpp"

namespace charmux::backend {

/// What a console is while a console session of libvirt has it.
inline constexpr std::string_view kInUseByLibvirt = "in use by a libvirt console";

/// The lock files that libvirt makes for the ptys of its console sessions, heard of as they come and go. One for all
/// consoles of a process, since a user has few inotify instances; owned by the program's root, outlived by no opener
/// that it was given to. For the loop's thread.
class ConsoleLocks {
 public:
  /// While it lives, its function is called: from the loop, each time that file came, went or may have changed. It may
  /// destroy this, and any other.
  using Watch = std::shared_ptr<const void>;

  explicit ConsoleLocks(loop::Loop& loop, std::string directory = "/var/lock");

  /// Where libvirt locks a pty (9.0, src/conf/virchrdev.c): LCK.._pts_3, with the underscore; links are resolved.
  [[nodiscard]] std::string path_for(const std::string& pty) const;
  /// Who else holds that lock; nullopt: nobody, or this process. One that is just being made is held.
  [[nodiscard]] static std::optional<LockHolder> holder(const std::string& lock);
  [[nodiscard]] Watch watch(std::string lock, std::function<void()> changed);
  /// Why locks are only looked at, every second while one is watched; told once, for the log.
  [[nodiscard]] std::optional<std::string> take_remark();

 private:
  struct Watched {
    std::string lock;
    std::function<void()> changed;
  };
  void follow();
  void heard(const std::vector<std::string>& paths);
  void tell(const std::vector<std::string>& locks);

  loop::Loop& loop_;
  const std::string directory_;
  std::vector<std::weak_ptr<const Watched>> watched_;
  std::optional<loop::DirectoryWatch> notifier_;  ///< from the first watch() on.
  loop::Timer look_;                              ///< runs where inotify does not work, while something is watched.
  bool blind_ = false;                            ///< it does not.
  std::optional<std::string> remark_;
};

}  // namespace charmux::backend
