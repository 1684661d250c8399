// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "charmux/base/result.hpp"
#include "charmux/base/unique_fd.hpp"

namespace charmux::history {

/// Why the disk would not keep something, and what a person can do about it: "disk full", "free some of it". Not an
/// Error, because the history then goes on in memory.
struct DiskTrouble {
  std::string reason;
  std::string remedy;
};

template <class T>
using OnDisk = tl::expected<T, DiskTrouble>;

/// The trouble that an errno value means.
[[nodiscard]] DiskTrouble disk_trouble(int error_number);

/// The file at `path`, when it is a regular one, for reading and writing; an fd of -1 when there is none. Its mode is
/// 0600 afterwards. Symbolic links are not followed.
[[nodiscard]] OnDisk<UniqueFd> open_existing(const std::string& path);
/// Gives every byte of the file its place on the disk, and leaves those that are there as they are.
[[nodiscard]] OnDisk<void> allocate(int fd, std::uint64_t bytes);
/// A new file of zeros beside `path`, under the name that put_in_place() takes. A crash in between leaves only that.
[[nodiscard]] OnDisk<UniqueFd> create_beside(const std::string& path, std::uint64_t bytes);
/// Puts the new file in the place of what is at `path`. On trouble it has no name any more but its fd goes on working.
[[nodiscard]] OnDisk<void> put_in_place(const std::string& path);
/// The same, but first it is put on the disk, so that a power cut leaves one of the two whole.
[[nodiscard]] OnDisk<void> put_in_place_of_another(int fd, const std::string& path);
/// A file of zeros that is memory. Fails when that is out.
[[nodiscard]] Result<UniqueFd> create_in_memory(std::uint64_t bytes);

/// Renames what is at `path` to PATH.set-aside, or PATH.set-aside.1 and so on: the first name that is free. Its new
/// name.
[[nodiscard]] OnDisk<std::string> set_aside(const std::string& path);

/// Reads the bytes at `offset` into all of `out`. False at an error or the file's end.
[[nodiscard]] bool read_at(int fd, std::uint64_t offset, void* out, std::size_t bytes);

}  // namespace charmux::history
