// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "charmux/base/result.hpp"

namespace charmux::history {

static_assert(sizeof(std::size_t) == 8, "a ring of 1 GiB is mapped twice: a 64-bit address space is needed");

/// A piece of a file in memory, shared with the file; unmapped with its owner. Move-only. The file must be allocated in
/// full as long as it is mapped: touching a page the disk has no room for is SIGBUS.
class Mapping {
 public:
  Mapping() = default;
  /// The piece once. `offset` is a multiple of the page size. Errors: memory or mappings are out.
  [[nodiscard]] static Result<Mapping> once(int fd, std::uint64_t offset, std::size_t bytes);
  /// The piece twice, the second right behind the first, so that a stretch that runs over its end is contiguous: the
  /// byte at i is also the byte at bytes + i. `bytes` is a multiple of the page size too.
  [[nodiscard]] static Result<Mapping> twice(int fd, std::uint64_t offset, std::size_t bytes);
  /// Zeros of this process's own.
  [[nodiscard]] static Result<Mapping> of_memory(std::size_t bytes);

  /// Whether what lies around a page that is touched will be wanted too: where it will not, the kernel brings in no
  /// more than that page. By default it will.
  void expect_neighbours(bool wanted) const;

  Mapping(Mapping&& other) noexcept;
  Mapping& operator=(Mapping&& other) noexcept;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping();

  [[nodiscard]] std::byte* data() const { return data_; }

 private:
  Mapping(std::byte* data, std::size_t mapped) : data_(data), mapped_(mapped) {}
  std::byte* data_ = nullptr;
  std::size_t mapped_ = 0;
};

}  // namespace charmux::history
