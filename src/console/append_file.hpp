// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "charmux/base/bytes.hpp"
#include "charmux/base/unique_fd.hpp"

namespace charmux::console {

/// Why a file cannot be written, and what a person can do about it: "disk full", "free some of it".
struct FileTrouble {
  std::string reason;
  std::string remedy;
};

/// Of a value of errno. `alone` is what to do where the file is another's already.
[[nodiscard]] FileTrouble trouble_of(int error_number, std::string_view alone);

/// Opens the file at `path` for appending, for this process alone; one that is not there is made, with mode 0600.
/// Blocks. errno's value, or 0: what is at the path is no regular file, or cannot be opened.
[[nodiscard]] int open_to_append(const std::string& path, UniqueFd& file);

/// Appends the bytes; those that were are taken out. Blocks. errno's value, or 0.
[[nodiscard]] int append_all(int file, Bytes& bytes);

}  // namespace charmux::console
