// SPDX-License-Identifier: Apache-2.0
#include "discovery/socket_watch.hpp"

#include <fnmatch.h>
#include <glob.h>
#include <sys/inotify.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace charmux::discovery {
namespace {

using namespace std::chrono_literals;

// Several changes at once (bind, chmod, rename) are one look.
constexpr auto kSettle = 10ms;
constexpr std::uint32_t kChanges =
    IN_CREATE | IN_ATTRIB | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

bool has_wildcards(const std::string& pattern) { return pattern.find_first_of("*?[") != std::string::npos; }

/// What matches; of a path without wildcards itself, even if it holds backslashes.
std::vector<std::string> matches(const std::string& pattern) {
  if (!has_wildcards(pattern)) return {pattern};
  glob_t found{};
  std::vector<std::string> paths;
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  return paths;
}

bool is_directory(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

/// "/a/b*/c": "/a/b*"; of what stands in the root directory, "/".
std::string parent(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

/// The beginning of a pattern that has as many parts as a path.
std::string as_deep_as(const std::string& path, const std::string& pattern) {
  const auto parts = std::count(path.begin(), path.end(), '/');
  std::size_t end = 0;
  for (auto part = parts; part > 0 && end != std::string::npos; --part) end = pattern.find('/', end + 1);
  return pattern.substr(0, end);
}

}  // namespace

std::set<std::string> directories_of(const std::string& pattern) {
  std::set<std::string> directories;
  for (std::string at = parent(pattern);; at = parent(at)) {
    for (const std::string& path : matches(at)) {
      if (is_directory(path)) directories.insert(path);
    }
    // Above a part that is certain and exists nothing can change what matches, except that it goes; then it is told.
    if (at == "/" || (!has_wildcards(at) && !directories.empty())) return directories;
  }
}

SocketWatch::SocketWatch(loop::Loop& loop, std::vector<std::string> patterns, std::chrono::milliseconds rescan,
                         Log& log, Sink& sink)
    : patterns_(std::move(patterns)),
      rescan_(rescan),
      log_(log),
      sink_(sink),
      inotify_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)),
      timer_(loop, [this] { scan(); }) {
  if (inotify_) {
    if (Result<loop::Poll> poll = loop::Poll::watch(loop, inotify_.get(), [this](unsigned) { notified(); }))
      poll_ = std::move(*poll);
  }
  if (!poll_)
    log_.warn("QMP sockets are looked for every {} ms only: inotify: {}; fs.inotify.max_user_instances may be raised",
              rescan_.count(), errno_text(errno));
}

SocketWatch::~SocketWatch() = default;

void SocketWatch::start() {
  poll_.want(loop::kReadable);
  timer_.start(0ms);
}

void SocketWatch::scan() {
  soon_ = false;
  timer_.start(rescan_);
  // What comes while it looks is told afterwards.
  follow();
  tell(find());
  sink_.sockets_seen();
}

SocketWatch::Files SocketWatch::find() const {
  Files found;
  for (const std::string& pattern : patterns_) {
    for (const std::string& path : matches(pattern)) {
      struct stat status {};
      if (::stat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) continue;
      found[path] = {status.st_dev,  status.st_ino, status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
                     status.st_mode, status.st_uid, status.st_gid};
    }
  }
  return found;
}

void SocketWatch::tell(Files found) {
  const Files before = std::exchange(files_, std::move(found));
  for (const auto& [path, file] : before) {
    if (files_.count(path) == 0) sink_.socket_gone(path);
  }
  for (const auto& [path, file] : files_) {
    const auto old = before.find(path);
    if (old == before.end()) {
      sink_.socket_appeared(path);
    } else if (!(old->second == file)) {
      sink_.socket_replaced(path);
    }
  }
}

void SocketWatch::follow() {
  if (!poll_) return;
  std::map<int, std::string> watched;
  for (const std::string& pattern : patterns_) {
    for (const std::string& directory : directories_of(pattern)) {
      // Asked again of a directory that is watched already this answers the same number.
      const int number = ::inotify_add_watch(inotify_.get(), directory.c_str(), kChanges);
      if (number >= 0) {
        watched.emplace(number, directory);
      } else if (errno != ENOENT && !std::exchange(complained_, true)) {
        log_.warn("{} is looked at every {} ms only: inotify: {}", directory, rescan_.count(), errno_text(errno));
      }
    }
  }
  for (const auto& [number, directory] : watched_) {
    if (watched.count(number) == 0) ::inotify_rm_watch(inotify_.get(), number);
  }
  watched_ = std::move(watched);
}

void SocketWatch::notified() {
  alignas(inotify_event) std::array<char, 16384> room;
  bool changed = false;
  for (;;) {
    const ssize_t got = ::read(inotify_.get(), room.data(), room.size());
    if (got <= 0) break;
    for (std::size_t at = 0; at + sizeof(inotify_event) <= static_cast<std::size_t>(got);) {
      const auto* const event = reinterpret_cast<const inotify_event*>(room.data() + at);
      at += sizeof(inotify_event) + event->len;
      const auto directory = watched_.find(event->wd);
      const bool named = event->len > 0 && directory != watched_.end();
      const std::string base = named && directory->second != "/" ? directory->second : "";
      // Without a name it is about the directory itself, or too much has happened to tell.
      const bool ours = named ? concerns(base + "/" + event->name) : (event->mask & IN_IGNORED) == 0;
      changed = changed || ours;
    }
  }
  if (!changed || std::exchange(soon_, true)) return;
  timer_.start(kSettle);
}

bool SocketWatch::concerns(const std::string& path) const {
  return std::any_of(patterns_.begin(), patterns_.end(), [&path](const std::string& pattern) {
    const std::string beginning = as_deep_as(path, pattern);
    return beginning == path || ::fnmatch(beginning.c_str(), path.c_str(), FNM_PATHNAME | FNM_PERIOD) == 0;
  });
}

}  // namespace charmux::discovery
