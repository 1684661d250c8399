// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "backend/channel.hpp"
#include "backend/unpolled.hpp"
#include "charmux/base/unique_fd.hpp"
#include "loop/loop.hpp"
#include "loop/poll.hpp"

namespace charmux::backend {

/// A FIFO that is read, and perhaps one that is written.
class PipeChannel final : public Channel {
 public:
  /// `path` is the one that is read, for people. Without `in` nobody can type.
  PipeChannel(loop::Loop& loop, std::string path, UniqueFd out, UniqueFd in);

  [[nodiscard]] Status start(Owner& owner) override;
  void want(unsigned interest) override;
  [[nodiscard]] net::Io read(BytesSpan room) override;
  /// A write that found no room goes on when a page of the FIFO is free, which takes PIPE_BUF bytes (pipe(7)).
  [[nodiscard]] net::Io write(BytesView bytes) override;
  [[nodiscard]] std::string why_ended(const net::Io& io) const override;
  [[nodiscard]] std::string_view why_no_input() const override;
  void send_break(std::function<void(Status)> answer) override;

 private:
  void in_ready(unsigned ready);
  void lose_reader();

  loop::Loop& loop_;
  const std::string path_;
  const UniqueFd out_;
  const UniqueFd in_;
  Owner* owner_ = nullptr;
  loop::Poll out_poll_;
  loop::Poll in_poll_;
  Unpolled end_;  ///< that of the reader is no event of the other FIFO's.
  unsigned interest_ = 0;
  bool no_reader_ = false;  ///< what is typed is read by nobody any more: what was printed is read, then it ends.
};

}  // namespace charmux::backend
