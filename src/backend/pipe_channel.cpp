// SPDX-License-Identifier: Apache-2.0
#include "backend/pipe_channel.hpp"

#include <unistd.h>

namespace charmux::backend {

PipeChannel::PipeChannel(loop::Loop& loop, std::string path, UniqueFd out, UniqueFd in)
    : loop_(loop), path_(std::move(path)), out_(std::move(out)), in_(std::move(in)), end_(loop, [this] {
        owner_->channel_ready(loop::kReadable);
      }) {}

Status PipeChannel::start(Owner& owner) {
  owner_ = &owner;
  auto out = loop::Poll::watch(loop_, out_.get(), [this](unsigned ready) { owner_->channel_ready(ready); });
  if (!out) return tl::unexpected(out.error());
  out_poll_ = std::move(*out);
  if (!in_) return {};
  auto in = loop::Poll::watch(loop_, in_.get(), [this](unsigned ready) { in_ready(ready); });
  if (!in) return tl::unexpected(in.error());
  in_poll_ = std::move(*in);
  return {};
}

void PipeChannel::want(unsigned interest) {
  interest_ = interest;
  const unsigned readable = interest & unsigned{loop::kReadable};
  out_poll_.want(readable);
  end_.waits(no_reader_ && readable != 0);
  if (no_reader_) return;
  // A FIFO whose reader is gone is in error, which is told whatever is watched for.
  in_poll_.want(interest == 0 ? 0U : (interest & unsigned{loop::kWritable}) | unsigned{loop::kPriority});
}

void PipeChannel::in_ready(unsigned ready) {
  // Watched for nothing else, libuv says of an error that it is what was asked for (1.44, src/unix/linux-core.c).
  if ((ready & (loop::kFailed | loop::kPriority)) != 0) return lose_reader();
  owner_->channel_ready(ready);
}

void PipeChannel::lose_reader() {
  no_reader_ = true;
  in_poll_ = {};
  want(interest_);
}

net::Io PipeChannel::read(BytesSpan room) {
  const net::Io io = net::Io::from(::read(out_.get(), room.data(), room.size()));
  if (io.kind == net::Io::Kind::again && no_reader_) return {net::Io::Kind::end};
  return io;
}

net::Io PipeChannel::write(BytesView bytes) {
  if (!in_) return {net::Io::Kind::again};
  return net::Io::from(::write(in_.get(), bytes.data(), bytes.size()));
}

std::string PipeChannel::why_ended(const net::Io& io) const {
  if (io.kind == net::Io::Kind::error) return fmt::format("{}: {}", path_, errno_text(io.error_number));
  return fmt::format("{}: its other side was closed", path_);
}

std::string_view PipeChannel::why_no_input() const {
  return in_ ? std::string_view() : "one FIFO carries one direction";
}

void PipeChannel::send_break(std::function<void(Status)> answer) {
  answer(failure("no break: a FIFO carries none, only QEMU's monitor does"));
}

}  // namespace charmux::backend
