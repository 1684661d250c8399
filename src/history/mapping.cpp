// SPDX-License-Identifier: Apache-2.0
#include "history/mapping.hpp"

#include <sys/mman.h>

#include <cerrno>
#include <utility>

namespace charmux::history {
namespace {

tl::unexpected<Error> no_memory(std::size_t bytes) {
  return failure("no {} bytes of address space for a history: {}; lower the history size or raise vm.max_map_count",
                 bytes, errno_text(errno));
}

std::byte* map(void* where, std::size_t bytes, int flags, int fd, std::uint64_t offset) {
  const int access = fd < 0 ? PROT_NONE : PROT_READ | PROT_WRITE;
  void* const data = ::mmap(where, bytes, access, flags, fd, static_cast<off_t>(offset));
  return data == MAP_FAILED ? nullptr : static_cast<std::byte*>(data);
}

}  // namespace

Result<Mapping> Mapping::once(int fd, std::uint64_t offset, std::size_t bytes) {
  std::byte* const data = map(nullptr, bytes, MAP_SHARED, fd, offset);
  if (data == nullptr) return no_memory(bytes);
  return Mapping(data, bytes);
}

Result<Mapping> Mapping::twice(int fd, std::uint64_t offset, std::size_t bytes) {
  // The whole area is reserved first, so that no other mapping can come to lie in its second half.
  std::byte* const data = map(nullptr, 2 * bytes, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (data == nullptr) return no_memory(2 * bytes);
  Mapping mapping(data, 2 * bytes);
  for (std::byte* const half : {data, data + bytes})
    if (map(half, bytes, MAP_SHARED | MAP_FIXED, fd, offset) == nullptr) return no_memory(bytes);
  return mapping;
}

Result<Mapping> Mapping::of_memory(std::size_t bytes) {
  void* const data = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (data == MAP_FAILED) return no_memory(bytes);
  return Mapping(static_cast<std::byte*>(data), bytes);
}

void Mapping::expect_neighbours(bool wanted) const { ::madvise(data_, mapped_, wanted ? MADV_NORMAL : MADV_RANDOM); }

Mapping::Mapping(Mapping&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), mapped_(std::exchange(other.mapped_, 0)) {}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(mapped_, other.mapped_);
  return *this;
}

Mapping::~Mapping() {
  if (data_ != nullptr) ::munmap(data_, mapped_);
}

}  // namespace charmux::history
