// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend/channel.hpp"
#include "charmux/base/unique_fd.hpp"
#include "loop/loop.hpp"

namespace charmux::backend {

/// What all channels that are one descriptor have in common: it is polled, read(2) and written (write(2)).
class Descriptor : public Channel {
 public:
  [[nodiscard]] Status start(Owner& owner) override;
  void want(unsigned interest) override { poll_.want(interest); }
  [[nodiscard]] net::Io read(BytesSpan room) override;
  [[nodiscard]] net::Io write(BytesView bytes) override;

 protected:
  Descriptor(loop::Loop& loop, UniqueFd fd) : loop_(loop), fd_(std::move(fd)) {}
  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] loop::Loop& loop() const { return loop_; }
  /// Closes it now; from then on nothing is told of it, and reading and writing it is an error.
  void close();

 private:
  loop::Loop& loop_;
  UniqueFd fd_;
  loop::Poll poll_;
};

}  // namespace charmux::backend
