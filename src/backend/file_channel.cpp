// SPDX-License-Identifier: Apache-2.0
#include "backend/file_channel.hpp"

#include <sys/eventfd.h>

namespace charmux::backend {

void FileChannel::ready() { (void)::eventfd_write(fd(), 1); }

void FileChannel::end(const std::string& why) {
  ended_ = true;
  why_ended_ = why;
  ready();
}

net::Io FileChannel::read(BytesSpan room) {
  if (ended_) return {net::Io::Kind::end};
  const net::Io io = file_.give(room);
  if (io.kind != net::Io::Kind::again) return io;
  eventfd_t ignored = 0;
  (void)::eventfd_read(fd(), &ignored);
  return io;
}

bool FileChannel::part() {
  // What has been read and not handed out is there when it is opened again; it must not be thrown away.
  ended_ = true;
  return false;
}

void FileChannel::send_break(std::function<void(Status)> answer) { answer(failure("no break: a file takes no input")); }

}  // namespace charmux::backend
