// SPDX-License-Identifier: Apache-2.0
#include "backend/pty_readers.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>
#include <string_view>

#include "backend/uucp_lock.hpp"

namespace charmux::backend {
namespace {

using Directory = std::unique_ptr<DIR, int (*)(DIR*)>;

/// Calls `each` with the names in a folder that are numbers.
template <class Each>
void for_numbers_in(const std::string& folder, Each each) {
  const Directory directory(::opendir(folder.c_str()), &::closedir);
  if (!directory) return;
  while (const dirent* entry = ::readdir(directory.get()))
    if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9') each(std::string_view(entry->d_name));
}

/// What a descriptor's link says, without what stands before the last '/'.
std::string last_name_of(const std::string& link) {
  std::array<char, 4096> room;
  const ssize_t got = ::readlink(link.c_str(), room.data(), room.size());
  const std::string_view path(room.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  return std::string(path.substr(path.rfind('/') + 1));
}

/// A line of a descriptor's fdinfo, as a number; nullopt: there is none.
std::optional<unsigned long> info(const std::string& process, std::string_view fd, const std::string& name, int base) {
  std::ifstream file(fmt::format("{}/fdinfo/{}", process, fd));
  for (std::string line; std::getline(file, line);)
    if (line.rfind(name + ":", 0) == 0) return std::strtoul(line.c_str() + name.size() + 1, nullptr, base);
  return std::nullopt;
}

bool is_open_to_read(const std::string& process, std::string_view fd) {
  const unsigned long flags = info(process, fd, "flags", 8).value_or(O_WRONLY);
  return (flags & O_ACCMODE) != O_WRONLY && (flags & O_PATH) == 0;
}

/// Linux 4.15 and later say of a master which pty it is of.
bool holds_master(const std::string& process, unsigned pty) {
  bool holds = false;
  for_numbers_in(process + "/fd", [&](std::string_view fd) {
    if (!holds && last_name_of(fmt::format("{}/fd/{}", process, fd)) == "ptmx")
      holds = info(process, fd, "tty-index", 10) == pty;
  });
  return holds;
}

class Scan {
 public:
  explicit Scan(const std::vector<PtyDevice>& ptys) : ptys_(ptys), pids_(ptys.size()) {
    for (const PtyDevice& pty : ptys) names_.push_back(std::to_string(minor(pty.number)));
  }
  void look_at(std::string_view pid) {
    const std::string process = fmt::format("/proc/{}", pid);
    for_numbers_in(process + "/fd", [&](std::string_view fd) { look_at(pid, process, fd); });
  }
  [[nodiscard]] std::vector<std::vector<std::string>> found() {
    std::vector<std::vector<std::string>> all(ptys_.size());
    for (std::size_t at = 0; at < ptys_.size(); ++at) {
      std::sort(pids_[at].begin(), pids_[at].end());
      pids_[at].erase(std::unique(pids_[at].begin(), pids_[at].end()), pids_[at].end());
      for (const pid_t pid : pids_[at])
        if (!holds_master(fmt::format("/proc/{}", pid), minor(ptys_[at].number)))
          all[at].push_back(LockHolder{pid}.by());
    }
    return all;
  }

 private:
  void look_at(std::string_view pid, const std::string& process, std::string_view fd) {
    const std::string link = fmt::format("{}/fd/{}", process, fd);
    // Only what may be one is looked at: what lies on a server that is gone would not answer.
    if (std::find(names_.begin(), names_.end(), last_name_of(link)) == names_.end()) return;
    struct stat status {};
    if (::stat(link.c_str(), &status) != 0 || !S_ISCHR(status.st_mode)) return;
    for (std::size_t at = 0; at < ptys_.size(); ++at)
      if (status.st_rdev == ptys_[at].number && status.st_dev == ptys_[at].filesystem && is_open_to_read(process, fd))
        pids_[at].push_back(static_cast<pid_t>(std::atoi(std::string(pid).c_str())));
  }

  const std::vector<PtyDevice>& ptys_;
  std::vector<std::string> names_;
  std::vector<std::vector<pid_t>> pids_;
};

}  // namespace

std::vector<std::vector<std::string>> pty_readers(const std::vector<PtyDevice>& ptys) {
  Scan scan(ptys);
  const std::string ourselves = std::to_string(::getpid());
  for_numbers_in("/proc", [&](std::string_view pid) {
    if (pid != ourselves) scan.look_at(pid);
  });
  return scan.found();
}

}  // namespace charmux::backend
