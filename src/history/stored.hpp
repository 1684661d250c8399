// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <type_traits>

#include "charmux/base/units.hpp"

namespace charmux::history {

// Fields in a mapped file. One process writes; the one that comes after it reads what was there when it was killed. So
// all that matters is that stores reach memory in the order of the program, which release stores do among themselves.

/// Stores a field after everything stored before it.
template <class T>
void publish(T& field, std::type_identity_t<T> value) {
  static_assert(std::atomic_ref<T>::is_always_lock_free);
  std::atomic_ref<T>(field).store(value, std::memory_order_release);
}

/// A field as it was last published.
template <class T>
[[nodiscard]] T fetch(const T& field) {
  return std::atomic_ref<T>(const_cast<T&>(field)).load(std::memory_order_acquire);
}

/// Keeps what is written after this call behind what was published before it: a release store alone lets later plain
/// writes go first. The only other observer comes after this process's death, so the compiler is all there is to hold.
inline void order_writes() { std::atomic_signal_fence(std::memory_order_seq_cst); }

/// Wall clock as files hold it: nanoseconds since 1970, UTC.
[[nodiscard]] inline std::int64_t wall_ns(WallTime time) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}
[[nodiscard]] inline WallTime wall_time(std::int64_t ns) {
  return WallTime(std::chrono::duration_cast<WallTime::duration>(std::chrono::nanoseconds(ns)));
}

}  // namespace charmux::history
