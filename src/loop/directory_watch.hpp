// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "charmux/base/result.hpp"
#include "charmux/base/unique_fd.hpp"
#include "loop/poll.hpp"

namespace charmux::loop {

/// Tells at once when files in a set of directories come, go, or become others (inotify(7)). It hears nothing of what
/// another machine does to a file system, and is allowed only so many: whoever needs to know looks now and then too.
/// Owned by who wants to know; for the loop's thread.
class DirectoryWatch {
 public:
  enum class Of {
    names,     ///< a name comes or goes, or is another file's; owner and permissions.
    contents,  ///< all that, and what is written to a file or cut off it.
  };
  /// The paths at which something has changed; none: a directory itself has, or too much to tell, so look at all. May
  /// destroy the watch.
  using Callback = std::function<void(const std::vector<std::string>& paths)>;

  DirectoryWatch(Loop& loop, Callback callback, Of of = Of::names);

  /// From now on tells of these directories alone; one that is not there (any more) is passed over. What happened
  /// before is not told: look after this. Error: one is not heard of, or none, and what may be raised.
  [[nodiscard]] Status follow(const std::set<std::string>& directories);

 private:
  void notified();

  const Callback callback_;
  const Of of_;
  UniqueFd inotify_;
  Poll poll_;
  Status works_;
  /// inotify's number of a directory, and the names by which it is followed.
  std::map<int, std::vector<std::string>> followed_;
};

/// The directories in which a change can make an absolute path lead to another file: its own, or the nearest above that
/// is there; where it is a symbolic link those of its target too.
[[nodiscard]] std::set<std::string> directories_to(std::string path);

}  // namespace charmux::loop
