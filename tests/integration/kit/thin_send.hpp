// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace charmux::test {

/// A mock of send(2): while it lives, each send of the code under test takes at most `most` bytes, as a socket whose
/// queue is nearly full does; 0: one to five at random, and sometimes none (EAGAIN). The program is linked with
/// --wrap=send; what the test itself sends goes by write(2) and is not touched. One at a time.
class ThinSend {
 public:
  explicit ThinSend(std::size_t most);
  ThinSend(const ThinSend&) = delete;
  ThinSend& operator=(const ThinSend&) = delete;
  ~ThinSend();
};

/// How often the code under test has called send(2) so far.
[[nodiscard]] unsigned long sends_made();

}  // namespace charmux::test
