// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "charmux/base/bytes.hpp"
#include "charmux/base/result.hpp"
#include "charmux/base/unique_fd.hpp"

namespace charmux::backend {

/// A file that others write, followed by its name as `tail -F` does: across rotation, truncation, and from its first
/// byte if it comes later. A file that was renamed is read on until the name leads to another that has bytes: whoever
/// writes there has written all before.
///
/// look() and close() block as long as the disk does; none runs beside another, on whatever thread.
class FollowedFile {
 public:
  /// Where it begins in a file that is there at the first look.
  enum class From {
    tail,  ///< at the beginning of one of its last lines,
    end,   ///< or at its end.
  };
  enum class Kind {
    bytes,     ///< `bytes` came, perhaps none; there may be more.
    nothing,   ///< all there is has been read.
    absent,    ///< the same, and the file is not there (any more): `reason`.
    unusable,  ///< something else is there, or it cannot be read: `reason`, which says what to do.
  };
  /// What one look found.
  struct Found {
    Kind kind = Kind::nothing;
    Bytes bytes = {};
    std::size_t leftover = 0;  ///< with the first bytes: how much was there before, from the first of them on.
    std::string reason = {};
    std::string remark = {};  ///< for the log; may be there whatever the kind.
  };

  /// The most that one look reads, and the most that is read of what was there before.
  static constexpr std::size_t kLook = std::size_t{256} * 1024;
  static constexpr std::uint64_t kTail = std::uint64_t{1024} * 1024;

  FollowedFile(std::string path, From from);

  /// Becomes readable when another look may find something (inotify(7)), and has to be emptied; -1: there is none.
  [[nodiscard]] int notices() const { return inotify_.get(); }
  [[nodiscard]] Found look();
  /// Lets go of the file; the next look goes on where the last one ended, if it is the same file.
  void close();

 private:
  /// What tells a file from another that has its name, or its inode's number, later.
  struct Identity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t made_s = 0;
    std::uint32_t made_ns = 0;
    friend bool operator==(const Identity&, const Identity&) = default;
  };
  struct Facts {
    Identity identity;
    std::uint64_t size;
    unsigned mode;
    bool has_name;
  };
  /// statx(2). Error: errno.
  [[nodiscard]] static tl::expected<Facts, int> ask(int fd_or_directory, const char* path);

  [[nodiscard]] Found open(const Facts& named);
  [[nodiscard]] Found read_on();
  [[nodiscard]] Found cannot(int error_number);
  [[nodiscard]] std::uint64_t begin_of(const Facts& file) const;
  [[nodiscard]] std::uint64_t last_lines_of(std::uint64_t size) const;
  [[nodiscard]] std::uint64_t next_data(std::uint64_t size) const;
  void drop_hole(Bytes& bytes);
  void watch_directory() const;
  void watch_file();

  const std::string path_;
  const From from_;
  const UniqueFd inotify_;
  int watched_ = -1;  ///< inotify's number of the file.
  UniqueFd fd_;
  bool looked_ = false;  ///< it was known to be there, or not to be there.
  std::optional<Identity> identity_;
  std::uint64_t at_ = 0;      ///< the offset of the next byte.
  bool hole_ = false;         ///< it was truncated, and its writer may go on far behind its end.
  std::uint64_t before_ = 0;  ///< its size at the first look, until the first bytes of it are read.
};

}  // namespace charmux::backend
