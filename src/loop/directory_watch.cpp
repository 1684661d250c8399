// SPDX-License-Identifier: Apache-2.0
#include "loop/directory_watch.hpp"

#include <sys/inotify.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <utility>

namespace charmux::loop {
namespace {

constexpr std::uint32_t kNames =
    IN_CREATE | IN_ATTRIB | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
/// As many as the kernel follows (path_resolution(7)).
constexpr int kMostLinks = 40;

}  // namespace

DirectoryWatch::DirectoryWatch(Loop& loop, Callback callback, Of of)
    : callback_(std::move(callback)), of_(of), inotify_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  if (!inotify_) {
    works_ = failure("inotify: {}; fs.inotify.max_user_instances may be raised", errno_text(errno));
    return;
  }
  Result<Poll> poll = Poll::watch(loop, inotify_.get(), [this](unsigned) { notified(); });
  if (!poll) {
    works_ = tl::unexpected(poll.error());
    return;
  }
  poll_ = std::move(*poll);
  poll_.want(kReadable);
}

Status DirectoryWatch::follow(const std::set<std::string>& directories) {
  if (!works_) return works_;
  Status all;
  std::map<int, std::vector<std::string>> followed;
  for (const std::string& directory : directories) {
    // Asked again of a directory that is watched already this answers the same number.
    const std::uint32_t changes = of_ == Of::contents ? kNames | IN_MODIFY : kNames;
    const int number = ::inotify_add_watch(inotify_.get(), directory.c_str(), changes);
    if (number >= 0) {
      followed[number].push_back(directory);
    } else if (errno != ENOENT && errno != ENOTDIR) {
      all = failure("{}: inotify: {}; fs.inotify.max_user_watches may be raised", directory, errno_text(errno));
    }
  }
  for (const auto& [number, names] : followed_) {
    if (followed.count(number) == 0) ::inotify_rm_watch(inotify_.get(), number);
  }
  followed_ = std::move(followed);
  return all;
}

void DirectoryWatch::notified() {
  alignas(inotify_event) std::array<char, 16384> room;
  std::vector<std::string> paths;
  bool all = false;
  for (;;) {
    const ssize_t got = ::read(inotify_.get(), room.data(), room.size());
    if (got <= 0) break;
    for (std::size_t at = 0; at + sizeof(inotify_event) <= static_cast<std::size_t>(got);) {
      const auto* const event = reinterpret_cast<const inotify_event*>(room.data() + at);
      at += sizeof(inotify_event) + event->len;
      // The end of a watch: its directory's going was told before, or it was ended here.
      if ((event->mask & IN_IGNORED) != 0) continue;
      const auto directory = followed_.find(event->wd);
      // Of a directory that is followed no more.
      if (directory == followed_.end() && event->len > 0) continue;
      // Without a name it is about the directory itself, or the queue has overflown.
      if (event->len == 0) {
        all = true;
        continue;
      }
      for (const std::string& name : directory->second)
        paths.push_back((name == "/" ? "" : name) + "/" + static_cast<const char*>(event->name));
    }
  }
  if (all) paths.clear();
  if (!all && paths.empty()) return;
  // It may destroy this.
  const Callback callback = callback_;
  callback(paths);
}

std::set<std::string> directories_to(std::string path) {
  std::set<std::string> directories;
  for (int links = 0; links <= kMostLinks; ++links) {
    std::filesystem::path directory = std::filesystem::path(path).parent_path();
    std::error_code ignored;
    while (!std::filesystem::is_directory(directory, ignored) && directory.has_relative_path())
      directory = directory.parent_path();
    directories.insert(directory.string());
    const std::filesystem::path target = std::filesystem::read_symlink(path, ignored);
    if (target.empty()) break;
    // A relative one begins where its folder really is.
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    const std::filesystem::path real = std::filesystem::canonical(folder, ignored);
    path = ((real.empty() ? folder : real) / target).lexically_normal().string();
  }
  return directories;
}

}  // namespace charmux::loop
