// SPDX-License-Identifier: Apache-2.0
#include "backend/uucp_lock.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <ctime>
#include <fstream>
#include <string_view>

#include "charmux/base/text.hpp"
#include "charmux/base/unique_fd.hpp"

namespace charmux::backend {
namespace {

/// Whoever makes the file first and writes its pid then has done so long before.
constexpr std::time_t kUnwritten = 60;

/// The pid that a lock's text begins with (some write their name behind it); 0: none.
pid_t pid_in(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return 0;
  pid_t pid = 0;
  const auto read = std::from_chars(text.data() + begin, text.data() + text.size(), pid);
  return read.ec == std::errc{} && pid > 0 ? pid : 0;
}

bool is_alive(pid_t pid) { return ::kill(pid, 0) == 0 || errno != ESRCH; }

Error error_at(const std::string& path, int number) {
  return {fmt::format("{}: {}", path, errno_text(number)), number};
}

/// A file of ours beside `path`, with our pid.
Result<std::string> written_beside(const std::string& path) {
  std::string temporary = fmt::format("{}/LTMP.{}", path.substr(0, path.rfind('/')), ::getpid());
  ::unlink(temporary.c_str());  // of a former process with this pid
  const UniqueFd file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
  if (!file) return tl::unexpected(error_at(path, errno));
  const std::string text = fmt::format("{:10}\n", ::getpid());
  // Whatever the umask is: those who are to respect it have to read it.
  const bool written = ::fchmod(file.get(), 0644) == 0 &&
                       ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int error = errno;
  if (written) return temporary;
  ::unlink(temporary.c_str());
  return tl::unexpected(error_at(path, error));
}

}  // namespace

std::string uucp_lock_path(const std::string& directory, const std::string& device) {
  constexpr std::string_view kDev = "/dev/";
  std::string name = device.substr(device.rfind(kDev, 0) == 0 ? kDev.size() : 1);
  for (char& each : name)
    if (each == '/') each = '_';
  return directory + "/LCK.." + name;
}

std::string LockHolder::by() const {
  if (pid == 0) return "another program";
  std::ifstream file(fmt::format("/proc/{}/comm", pid));
  std::string name;
  std::getline(file, name);
  return name.empty() ? fmt::format("pid {}", pid) : fmt::format("{}, pid {}", printable(name), pid);
}

std::optional<LockHolder> uucp_lock_holder(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!file) return errno == ENOENT || errno == ENOTDIR ? std::nullopt : std::optional(LockHolder{});
  std::array<char, 64> room;
  const ssize_t got = ::read(file.get(), room.data(), room.size());
  const pid_t pid = got > 0 ? pid_in({room.data(), static_cast<std::size_t>(got)}) : 0;
  if (pid != 0) return is_alive(pid) ? std::optional(LockHolder{pid}) : std::nullopt;
  struct stat status {};
  const bool old = ::fstat(file.get(), &status) == 0 && status.st_mtime < std::time(nullptr) - kUnwritten;
  return old ? std::nullopt : std::optional(LockHolder{});
}

Result<UucpLock> UucpLock::take(const std::string& path) {
  const Result<std::string> temporary = written_beside(path);
  if (!temporary) return tl::unexpected(temporary.error());
  struct stat status {};
  ::stat(temporary->c_str(), &status);
  int error = 0;
  // link(2) never replaces; what nobody holds is moved out of the way, once.
  for (const bool again : {true, false}) {
    error = ::link(temporary->c_str(), path.c_str()) == 0 ? 0 : errno;
    if (error != EEXIST || !again) break;
    const auto holder = uucp_lock_holder(path);
    if (holder && holder->pid != ::getpid()) break;
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
      error = errno;
      break;
    }
  }
  ::unlink(temporary->c_str());
  if (error != 0) return tl::unexpected(error_at(path, error));
  return UucpLock(path, status.st_ino);
}

UucpLock::UucpLock(UucpLock&& other) noexcept : path_(std::exchange(other.path_, {})), inode_(other.inode_) {}

UucpLock& UucpLock::operator=(UucpLock&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(inode_, other.inode_);
  return *this;
}

UucpLock::~UucpLock() {
  struct stat status {};
  // Somebody may have taken it away, and another be there.
  if (!path_.empty() && ::stat(path_.c_str(), &status) == 0 && status.st_ino == inode_) ::unlink(path_.c_str());
}

}  // namespace charmux::backend
