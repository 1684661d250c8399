// SPDX-License-Identifier: Apache-2.0
#include "discovery/socket_watch.hpp"

#include <fnmatch.h>
#include <glob.h>

#include <algorithm>
#include <utility>

namespace charmux::discovery {
namespace {

using namespace std::chrono_literals;

// Several changes at once (bind, chmod, rename) are one look.
constexpr auto kSettle = 10ms;

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
      watch_(loop, [this](const std::vector<std::string>& paths) { notified(paths); }),
      timer_(loop, [this] { scan(); }) {}

SocketWatch::~SocketWatch() = default;

void SocketWatch::start() { timer_.start(0ms); }

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
  std::set<std::string> directories;
  for (const std::string& pattern : patterns_) directories.merge(directories_of(pattern));
  const Status followed = watch_.follow(directories);
  if (!followed && !std::exchange(complained_, true))
    log_.warn("QMP sockets are looked for every {} ms only: {}", rescan_.count(), followed.error().text);
}

void SocketWatch::notified(const std::vector<std::string>& paths) {
  const bool ours = paths.empty() ||
                    std::any_of(paths.begin(), paths.end(), [this](const std::string& path) { return concerns(path); });
  if (!ours || std::exchange(soon_, true)) return;
  timer_.start(kSettle);
}

bool SocketWatch::concerns(const std::string& path) const {
  return std::any_of(patterns_.begin(), patterns_.end(), [&path](const std::string& pattern) {
    const std::string beginning = as_deep_as(path, pattern);
    return beginning == path || ::fnmatch(beginning.c_str(), path.c_str(), FNM_PATHNAME | FNM_PERIOD) == 0;
  });
}

}  // namespace charmux::discovery
