// SPDX-License-Identifier: Apache-2.0
#include "daemon/directories.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace charmux::daemon {
namespace {

constexpr std::string_view kPidFile = "charmuxd.pid";
/// What charmux itself puts into its directories: a directory with anything else in it is somebody else's too.
constexpr std::array<std::string_view, 3> kOurs = {kPidFile, "history", "control.sock"};
/// And what begins so: the registry's file, a new one being written, one that was set aside.
constexpr std::string_view kRegistry = "consoles.json";
constexpr std::string_view kChooseAnother = "choose another with --state-dir and --runtime-dir";

bool holds_only_ours(const std::string& path) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
    const std::string name = entry.path().filename().string();
    const bool ours = std::find(kOurs.begin(), kOurs.end(), name) != kOurs.end() || name.rfind(kRegistry, 0) == 0;
    if (!ours) return false;
  }
  return !error;
}

Status make(const std::string& path, unsigned mode) {
  std::error_code error;
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  std::filesystem::create_directories(parent, error);
  if (error) return failure("cannot make directory {}: {}; {}", parent.string(), error.message(), kChooseAnother);
  // What the umask has taken off the mode of a new one is given back.
  if (::mkdir(path.c_str(), mode) == 0 ? ::chmod(path.c_str(), mode) != 0 : errno != EEXIST)
    return failure("cannot make directory {}: {}; {}", path, errno_text(errno), kChooseAnother);
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode))
    return failure("{} is not a directory; {}", path, kChooseAnother);
  if ((status.st_mode & 07777 & ~mode) == 0) return {};
  // Closing a directory that others use too (/tmp, /var/lib) would break them.
  if (!holds_only_ours(path))
    return failure("{} is open to others (mode {:04o}) and holds more than charmux's files; `chmod {:o}` it or {}",
                   path, status.st_mode & 07777, mode, kChooseAnother);
  if (::chmod(path.c_str(), mode) != 0)
    return failure(
        "{} is open to others (mode {:04o}) and cannot be closed to them: {}; run charmuxd as its owner or {}", path,
        status.st_mode & 07777, errno_text(errno), kChooseAnother);
  return {};
}

std::string pid_in(int fd) {
  std::array<char, 32> text{};
  const ssize_t length = ::pread(fd, text.data(), text.size() - 1, 0);
  std::string pid(text.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  while (!pid.empty() && pid.back() == '\n') pid.pop_back();
  return pid.empty() ? "unknown" : pid;
}

}  // namespace

Result<OwnDirectory> OwnDirectory::hold(const std::string& path, unsigned mode) {
  if (Status made = make(path, mode); !made) return tl::unexpected(made.error());
  const std::string file = fmt::format("{}/{}", path, kPidFile);
  UniqueFd lock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock)
    return failure("cannot open {}: {}; run charmuxd as the directory's owner or {}", file, errno_text(errno),
                   kChooseAnother);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0)
    return failure(
        "{} is in use by another charmuxd, pid {}; stop it, or give this one its own --state-dir and "
        "--runtime-dir",
        path, pid_in(lock.get()));
  const std::string pid = fmt::format("{}\n", ::getpid());
  // The lock holds without its text: a full disk only makes the other's message poorer.
  if (::ftruncate(lock.get(), 0) != 0 || ::pwrite(lock.get(), pid.data(), pid.size(), 0) < 0) {
    if (errno != ENOSPC && errno != EDQUOT) return failure("cannot write {}: {}", file, errno_text(errno));
  }
  return OwnDirectory(path, std::move(lock));
}

OwnDirectory::~OwnDirectory() {
  if (lock_) ::unlink(fmt::format("{}/{}", path_, kPidFile).c_str());
}

}  // namespace charmux::daemon
