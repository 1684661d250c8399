// SPDX-License-Identifier: Apache-2.0
#include "backend/followed_file.hpp"

#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace charmux::backend {
namespace {

constexpr std::uint32_t kOfDirectory = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB | IN_ONLYDIR;
constexpr std::uint32_t kOfFile = IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF;

/// Why something that is no file cannot be followed.
std::string not_a_file(const std::string& path, unsigned mode) {
  switch (mode & S_IFMT) {
    case S_IFDIR: return fmt::format("{} is a directory; give the file in it that the guest's output goes to", path);
    case S_IFIFO: return fmt::format("{} is a FIFO; use pipe:{}", path, path);
    case S_IFSOCK: return fmt::format("{} is a socket; use unix:{}", path, path);
    default: return fmt::format("{} is a device; use serial:{} or pty:{}", path, path, path);
  }
}

}  // namespace

FollowedFile::FollowedFile(std::string path, From from)
    : path_(std::move(path)), from_(from), inotify_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {}

FollowedFile::Found FollowedFile::look() {
  watch_directory();
  // Whether the name leads elsewhere is asked first: what is open is then read to its end before it is let go.
  const auto named = ask(AT_FDCWD, path_.c_str());
  if (!fd_) return named ? open(*named) : cannot(named.error());
  Found found = read_on();
  if (found.kind != Kind::nothing || !fd_) return found;
  if (!named) {
    // Renamed, and nothing is there yet: its writer goes on. Of one that was deleted nobody will see more.
    const auto now = ask(fd_.get(), "");
    const bool gone = (named.error() == ENOENT || named.error() == ENOTDIR) && now && !now->has_name;
    return gone ? cannot(named.error()) : found;
  }
  const bool regular = S_ISREG(named->mode);
  if (named->identity == identity_ || (regular && named->size == 0)) return found;
  close();
  identity_.reset();
  return open(*named);
}

FollowedFile::Found FollowedFile::open(const Facts& named) {
  // Not opened before it is known to be a file: opening does things to a FIFO, and to some devices.
  if (!S_ISREG(named.mode)) return {.kind = Kind::unusable, .reason = not_a_file(path_, named.mode)};
  fd_.reset(::open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!fd_) return cannot(errno);
  const auto file = ask(fd_.get(), "");
  if (!file || !S_ISREG(file->mode)) {
    fd_.reset();
    return file ? Found{.kind = Kind::unusable, .reason = not_a_file(path_, file->mode)} : cannot(file.error());
  }
  at_ = begin_of(*file);
  before_ = looked_ ? 0 : file->size;
  // Whoever cut it before the first look has left a hole, too.
  hole_ = !looked_ && next_data(file->size) > at_;
  identity_ = file->identity;
  looked_ = true;
  watch_file();
  return read_on();
}

/// Where to begin in a file that was just opened.
std::uint64_t FollowedFile::begin_of(const Facts& file) const {
  if (identity_ == file.identity) return at_;
  if (looked_) return 0;
  return from_ == From::end ? file.size : last_lines_of(file.size);
}

std::uint64_t FollowedFile::last_lines_of(std::uint64_t size) const {
  if (size <= kTail) return 0;
  const std::uint64_t from = size - kTail;
  std::string text(kLook, '\0');
  const ssize_t got = ::pread(fd_.get(), text.data(), text.size(), static_cast<off_t>(from - 1));
  const std::size_t line_end = text.substr(0, got < 0 ? 0 : static_cast<std::size_t>(got)).find('\n');
  return line_end == std::string::npos ? from : from + line_end;
}

FollowedFile::Found FollowedFile::read_on() {
  Found found;
  const auto file = ask(fd_.get(), "");
  if (!file) return cannot(file.error());
  if (file->size < at_) {
    found.remark =
        fmt::format("{} was truncated: read from its beginning; what came last before is perhaps lost", path_);
    at_ = 0;
    before_ = 0;
    hole_ = true;
  }
  if (hole_) at_ = next_data(file->size);
  if (file->size <= at_) return found;
  found.bytes.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kLook, file->size - at_)));
  const ssize_t got = ::pread(fd_.get(), found.bytes.data(), found.bytes.size(), static_cast<off_t>(at_));
  if (got < 0) return cannot(errno);
  found.bytes.resize(static_cast<std::size_t>(got));
  at_ += static_cast<std::uint64_t>(got);
  found.kind = got > 0 ? Kind::bytes : Kind::nothing;
  if (hole_) drop_hole(found.bytes);
  if (found.bytes.empty()) return found;
  const std::uint64_t begin = at_ - found.bytes.size();
  const std::uint64_t before = std::exchange(before_, 0);
  if (begin < before) found.leftover = static_cast<std::size_t>(before - begin);
  return found;
}

/// A writer that does not append (QEMU's `-chardev file` without append=on) goes on at its old offset in a file that
/// was truncated; what is before that is a hole, which reads as NUL bytes that nobody wrote.
std::uint64_t FollowedFile::next_data(std::uint64_t size) const {
  const off_t data = ::lseek(fd_.get(), static_cast<off_t>(at_), SEEK_DATA);
  if (data >= 0) return static_cast<std::uint64_t>(data);
  return errno == ENXIO ? size : at_;
}

/// A hole ends with the file system's block, so data begins with some NUL bytes of it.
void FollowedFile::drop_hole(Bytes& bytes) {
  const auto written = std::find_if(bytes.begin(), bytes.end(), [](std::byte each) { return each != std::byte{0}; });
  hole_ = written == bytes.end();
  bytes.erase(bytes.begin(), written);
}

FollowedFile::Found FollowedFile::cannot(int error_number) {
  // By its name it may be there again: one of a server that was away is not (ESTALE).
  close();
  if (error_number == ENOENT || error_number == ENOTDIR) looked_ = true;
  const bool not_ours = error_number == EACCES || error_number == EPERM;
  const char* const remedy = not_ours ? "; run charmuxd as root or as a user who may read it" : "";
  return {.kind = not_ours || error_number == ELOOP ? Kind::unusable : Kind::absent,
          .reason = fmt::format("{}: {}{}", path_, errno_text(error_number), remedy)};
}

void FollowedFile::close() {
  if (!fd_) return;
  // The number of an inode that is gone will be another file's.
  const auto file = ask(fd_.get(), "");
  if (file && !file->has_name) identity_.reset();
  if (watched_ >= 0) (void)::inotify_rm_watch(inotify_.get(), std::exchange(watched_, -1));
  fd_.reset();
}

tl::expected<FollowedFile::Facts, int> FollowedFile::ask(int fd_or_directory, const char* path) {
  struct statx got {};
  const int flags = *path == '\0' ? AT_EMPTY_PATH : 0;
  if (::statx(fd_or_directory, path, flags, STATX_BASIC_STATS | STATX_BTIME, &got) != 0) return tl::unexpected(errno);
  // Where a file system does not know when a file was made, both are 0.
  const std::uint64_t device = (std::uint64_t{got.stx_dev_major} << 32U) | got.stx_dev_minor;
  return Facts{{device, got.stx_ino, got.stx_btime.tv_sec, got.stx_btime.tv_nsec},
               got.stx_size,
               got.stx_mode,
               got.stx_nlink > 0};
}

void FollowedFile::watch_directory() const {
  const std::size_t slash = path_.rfind('/');
  (void)::inotify_add_watch(inotify_.get(), slash == 0 ? "/" : path_.substr(0, slash).c_str(), kOfDirectory);
}

void FollowedFile::watch_file() {
  // The one that is open, even if the name leads elsewhere by now, and behind a symbolic link.
  watched_ = ::inotify_add_watch(inotify_.get(), fmt::format("/proc/self/fd/{}", fd_.get()).c_str(), kOfFile);
}

}  // namespace charmux::backend
