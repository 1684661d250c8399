// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "charmux/base/result.hpp"
#include "charmux/base/unique_fd.hpp"
#include "history/mapping.hpp"
#include "history/ring_header.hpp"

namespace charmux::history {

/// A ring's file, mapped: the header once, the data twice. Or memory that looks the same, when the disk would not have
/// it. Or, before the ring's first byte, a header in memory and nothing else.
struct RingFile {
  UniqueFd fd;
  Mapping header_page;
  Mapping mirror;
  std::string not_kept;  ///< why it is not on the disk, or empty

  [[nodiscard]] RingHeader& header() const { return *reinterpret_cast<RingHeader*>(header_page.data()); }
  [[nodiscard]] std::byte* data() const { return mirror.data(); }
};

/// The file at `path` with a sound header and `size` bytes of data, all of it allocated. There may be: nothing (as is
/// returned), a sound one of this size (used), one of another size (its newest bytes, offsets and marks are copied to a
/// new one), anything else (renamed: there is nothing then). What was done beyond the usual is added to `remarks`.
/// Fails when memory is out.
[[nodiscard]] Result<std::optional<RingFile>> open_ring_file(const std::string& path, std::uint64_t size,
                                                             std::vector<std::string>& remarks);
/// A ring of `size` bytes before its first byte.
[[nodiscard]] Result<RingFile> ring_without_file(std::uint64_t size);
/// A new file at `path` with that header and no data; memory, if the path is empty. It is not synced: the disk has it
/// when the kernel writes it. What has come there meanwhile is renamed. As open_ring_file() otherwise.
[[nodiscard]] Result<RingFile> make_ring_file(const std::string& path, const RingHeader& header,
                                              std::vector<std::string>& remarks);

}  // namespace charmux::history
