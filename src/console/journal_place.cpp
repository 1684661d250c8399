// SPDX-License-Identifier: Apache-2.0
#include "console/journal_place.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdio>

#include "charmux/base/unique_fd.hpp"

namespace charmux::console {
namespace {

constexpr mode_t kMode = 0600;
constexpr int kNumbers = 7;
/// Always as long: one write(2) is all there or not at all.
constexpr std::size_t kLength = std::size_t{kNumbers} * 21;

}  // namespace

void JournalPlace::write(const std::string& path, int log) const {
  struct stat about {};
  if (::fstat(log, &about) != 0) return;
  const std::string text = fmt::format("{:020} {:020} {:020} {:020} {:020} {:020} {:020}\n", about.st_dev, about.st_ino,
                                       about.st_size, from, own, to, piece);
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kMode));
  if (file) (void)!::pwrite(file.get(), text.data(), text.size(), 0);
}

std::optional<std::uint64_t> JournalPlace::read(const std::string& path, int log) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  std::array<char, kLength + 1> text{};
  struct stat about {};
  if (!file || ::pread(file.get(), text.data(), kLength, 0) != kLength || ::fstat(log, &about) != 0) return {};
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  JournalPlace place;
  const int found =
      std::sscanf(text.data(), "%" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64,
                  &device, &inode, &size, &place.from, &place.own, &place.to, &place.piece);
  if (found != kNumbers) return {};
  const auto now = static_cast<std::uint64_t>(about.st_size);
  if (about.st_dev != device || about.st_ino != inode || now < size) return place.end();
  if (now - size < place.piece + place.own) return place.from + std::min(now - size, place.piece);
  return place.end();
}

}  // namespace charmux::console
