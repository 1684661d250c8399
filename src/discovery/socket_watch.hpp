// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "charmux/base/log.hpp"
#include "loop/directory_watch.hpp"
#include "loop/timer.hpp"

namespace charmux::discovery {

/// Follows the socket files that match glob(7) patterns. A DirectoryWatch says when to look, in each directory that a
/// pattern leads to, or in the nearest one above that exists; and it looks every so often all the same, since neither a
/// file system of another machine nor a full inotify tells. For the loop's thread.
class SocketWatch {
 public:
  /// Called from the loop only.
  class Sink {
   public:
    virtual ~Sink() = default;
    virtual void socket_appeared(const std::string& path) = 0;
    /// The path is another file's now, or other people may connect.
    virtual void socket_replaced(const std::string& path) = 0;
    virtual void socket_gone(const std::string& path) = 0;
    /// All files were looked at.
    virtual void sockets_seen() = 0;
  };
  /// `patterns` are absolute; what has no wildcards is a path. The sink and the log outlive this.
  SocketWatch(loop::Loop& loop, std::vector<std::string> patterns, std::chrono::milliseconds rescan, Log& log,
              Sink& sink);
  ~SocketWatch();
  SocketWatch(const SocketWatch&) = delete;
  SocketWatch& operator=(const SocketWatch&) = delete;

  void start();

 private:
  /// What tells a file from the one that was at its path before (inode numbers are used again at once).
  struct File {
    dev_t device;
    ino_t inode;
    std::int64_t made_s;
    std::int64_t made_ns;
    // Who may connect; when that changes it is worth a try.
    mode_t mode;
    uid_t owner;
    gid_t group;
    friend bool operator==(const File&, const File&) = default;
  };
  using Files = std::map<std::string, File>;

  void scan();
  [[nodiscard]] Files find() const;
  void tell(Files found);
  void follow();
  void notified(const std::vector<std::string>& paths);
  [[nodiscard]] bool concerns(const std::string& path) const;

  const std::vector<std::string> patterns_;
  const std::chrono::milliseconds rescan_;
  Log& log_;
  Sink& sink_;
  loop::DirectoryWatch watch_;
  loop::Timer timer_;
  bool soon_ = false;
  bool complained_ = false;
  Files files_;
};

/// The directories in which a change can make a pattern match another file: those that exist of the ones its parts
/// lead to, from the last that is certain (before the first wildcard) on, or the nearest one above.
[[nodiscard]] std::set<std::string> directories_of(const std::string& pattern);

}  // namespace charmux::discovery
