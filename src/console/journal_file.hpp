// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "charmux/base/bytes.hpp"
#include "charmux/base/unique_fd.hpp"
#include "console/append_file.hpp"
#include "console/journal_place.hpp"

namespace charmux::console {

/// Where a log is, and where it stands how far it got.
struct JournalPaths {
  std::string log;
  std::string place;
  friend bool operator==(const JournalPaths&, const JournalPaths&) = default;
};

/// One thing that is done for a log on its disk. Filled in by the journal, carried out on another thread, and then the
/// journal's again.
struct JournalTask {
  JournalPaths paths;
  UniqueFd file{};                   ///< open for appending; none: it is opened first. None again after trouble.
  UniqueFd outworn{};                ///< is closed.
  Bytes bytes{};                     ///< are appended; those that were are taken out.
  std::optional<JournalPlace> at{};  ///< where that is in the output; none: that is asked for, and nothing appended.
  std::optional<std::uint64_t> found{};  ///< the answer
  bool last = false;                     ///< the file is put on the disk and closed.
  std::optional<FileTrouble> trouble{};
};

/// Blocks. A file that is not there is made, with mode 0600. Trouble: what is at the path is no regular file or cannot
/// be opened, or the disk does not take all.
void carry_out(JournalTask& task);

}  // namespace charmux::console
