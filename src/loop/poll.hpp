// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "charmux/base/result.hpp"
#include "loop/loop.hpp"

namespace charmux::loop {

struct PollBlock;

/// What a descriptor can be ready for; a set of them is an `unsigned`.
enum Ready : unsigned {
  kReadable = 1,
  kWritable = 2,
  /// The peer has closed its sending side (EPOLLRDHUP), noticed without reading.
  kHangup = 4,
  /// Nothing but the end of both directions, or out-of-band data: what a half-closed peer is watched for, since
  /// watching it for kReadable would fire for ever.
  kPriority = 8,
  /// Only reported, never asked for: the descriptor is in error or closed on both sides. Read until the end or an
  /// error, then close: what the peer said last may still be there. Interest must be asked for again.
  kFailed = 16,
};

/// Readiness of one descriptor (a socket, pty or pipe) which this does not own. Destroy it before closing the
/// descriptor.
class Poll {
 public:
  using Callback = std::function<void(unsigned ready)>;

  Poll() = default;
  /// Error: the descriptor cannot be polled (a regular file).
  [[nodiscard]] static Result<Poll> watch(Loop& loop, int fd, Callback callback);
  Poll(Poll&& other) noexcept;
  Poll& operator=(Poll&& other) noexcept;
  ~Poll();

  /// From now on calls back for these kinds of readiness; 0 is none. Costs nothing when unchanged.
  void want(unsigned interest);
  [[nodiscard]] explicit operator bool() const { return block_ != nullptr; }

 private:
  explicit Poll(PollBlock* block) : block_(block) {}
  PollBlock* block_ = nullptr;
};

}  // namespace charmux::loop
