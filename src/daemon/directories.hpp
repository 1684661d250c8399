// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "charmux/base/result.hpp"
#include "charmux/base/unique_fd.hpp"

namespace charmux::daemon {

/// A directory that this process alone uses: made when missing, and held by a locked file `charmuxd.pid` in it, which
/// says whose it is. The file is removed with this. Blocks; used before the loop runs.
class OwnDirectory {
 public:
  /// `mode` is that of a directory of ours. Errors: it cannot be made; it is open to others and not ours alone to
  /// close; another charmuxd holds it (its pid is named).
  [[nodiscard]] static Result<OwnDirectory> hold(const std::string& path, unsigned mode);
  OwnDirectory(OwnDirectory&&) noexcept = default;
  OwnDirectory& operator=(OwnDirectory&&) = delete;
  ~OwnDirectory();

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  OwnDirectory(std::string path, UniqueFd lock) : path_(std::move(path)), lock_(std::move(lock)) {}
  std::string path_;
  UniqueFd lock_;
};

}  // namespace charmux::daemon
