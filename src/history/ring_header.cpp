// SPDX-License-Identifier: Apache-2.0
#include "history/ring_header.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <string_view>

#include "charmux/base/unique_fd.hpp"
#include "charmux/history/ring.hpp"
#include "history/disk_file.hpp"
#include "history/stored.hpp"

namespace charmux::history {

bool valid_ring_size(std::uint64_t size) {
  return std::has_single_bit(size) && size >= Ring::kSmallest && size <= Ring::kLargest;
}

std::uint64_t stored_tail(const RingHeader& header) {
  const std::uint64_t reserved = fetch(header.reserved);
  return std::max(fetch(header.first), reserved > header.size ? reserved - header.size : 0);
}

RingHeader new_ring_header(std::uint64_t size) {
  RingHeader header{};
  header.magic = kRingMagic;
  header.version = kRingVersion;
  header.data_offset = page_size();
  header.size = size;
  // Only has to differ from that of the ring which bore this name before.
  if (::getrandom(&header.identity, sizeof header.identity, GRND_NONBLOCK) != sizeof header.identity)
    header.identity = static_cast<std::uint64_t>(wall_ns(std::chrono::system_clock::now()));
  header.boot_id = this_boot();
  return header;
}

std::string ring_header_problem(const RingHeader& header, std::uint64_t file_bytes) {
  if (header.magic != kRingMagic) return "is not a charmux history";
  if (header.version != kRingVersion)
    return fmt::format("has format {} where this version reads {}", header.version, kRingVersion);
  if (!valid_ring_size(header.size)) return fmt::format("has the size {}, which no history has", header.size);
  if (!std::has_single_bit(header.data_offset) || header.data_offset < sizeof(RingHeader))
    return fmt::format("has its data at {}, where none can be", header.data_offset);
  if (file_bytes != header.data_offset + header.size)
    return fmt::format("is {} bytes long and should be {}", file_bytes, header.data_offset + header.size);
  if (header.base % kPowerCutStep != 0 || header.base > kLastOffset || header.reserved > kLastOffset - header.base)
    return fmt::format("has offsets that no history reaches (base {}, reserved {})", header.base, header.reserved);
  if (header.first > header.head || header.head > header.reserved ||
      header.reserved - header.head > header.size / Ring::kWindows)
    return fmt::format("has offsets that do not fit together (first {}, head {}, reserved {})", header.first,
                       header.head, header.reserved);
  if (header.clean > 1 || header.recording > 1 || header.last_mark > kLastOffset)
    return "has flags or counters that no history has";
  return {};
}

BootId this_boot() {
  BootId id{};
  std::array<char, 36> text{};  // 8-4-4-4-12 hex digits
  const UniqueFd fd(::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
  if (!fd || !read_at(fd.get(), 0, text.data(), text.size())) return id;
  const auto* const end = std::remove(text.begin(), text.end(), '-');
  const std::string_view digits(text.data(), static_cast<std::size_t>(end - text.begin()));
  if (digits.size() != 32) return id;
  for (std::size_t half = 0; half < id.size(); ++half)
    std::from_chars(digits.data() + 16 * half, digits.data() + 16 * (half + 1), id[half], 16);
  return id;
}

bool power_was_cut(const RingHeader& header, const BootId& boot) {
  const bool same_boot = boot != BootId{} && header.boot_id == boot;
  return !same_boot && header.clean == 0;
}

std::uint32_t page_size() { return static_cast<std::uint32_t>(::sysconf(_SC_PAGESIZE)); }

}  // namespace charmux::history
