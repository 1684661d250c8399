// SPDX-License-Identifier: Apache-2.0
#include "backend/pipe.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend/pipe_channel.hpp"
#include "charmux/base/text.hpp"

namespace charmux::backend {
namespace {

bool is_there(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

std::size_t waiting_in(int fifo) {
  int bytes = 0;
  return ::ioctl(fifo, FIONREAD, &bytes) == 0 ? static_cast<std::size_t>(bytes) : 0;
}

/// Whether there is somebody who may write into it, or bytes are left of one; tee(2) tells without taking any.
bool has_writer(int fifo) {
  int scratch[2] = {-1, -1};
  if (::pipe2(scratch, O_CLOEXEC) != 0) return waiting_in(fifo) > 0;
  const UniqueFd from(scratch[0]), into(scratch[1]);
  return ::tee(fifo, into.get(), 1, SPLICE_F_NONBLOCK) != 0;
}

}  // namespace

Pipe::Pipe(loop::Loop& loop, std::string path, Owner& owner)
    : loop_(loop), path_(std::move(path)), in_(path_ + ".in"), out_(path_ + ".out"), owner_(owner) {}

void Pipe::begin() {
  // QEMU looks in this order.
  if ((is_there(in_) && is_there(out_)) || !is_there(path_)) return begin_two();
  begin_one();
}

void Pipe::abandon() {
  poll_ = {};
  waiting_.reset();
}

UniqueFd Pipe::open(const std::string& path, int direction) {
  const auto refused = [&](const std::string& why) { owner_.failed(State::refused, printable(path) + why); };
  const auto closed = [&](const std::string& why) { owner_.failed(State::closed, printable(path) + why); };
  struct stat status {};
  // Looked at first: to open a device may set it off.
  const bool there = ::stat(path.c_str(), &status) == 0;
  UniqueFd fd(!there || S_ISFIFO(status.st_mode) ? ::open(path.c_str(), direction | O_NONBLOCK | O_CLOEXEC) : -1);
  const int error = errno;
  if (fd && ::fstat(fd.get(), &status) == 0 && S_ISFIFO(status.st_mode)) return fd;
  if (fd || (there && !S_ISFIFO(status.st_mode)))
    refused(" is not a FIFO; make one with mkfifo, and start QEMU anew");
  else if (error == ENXIO)
    closed(": no QEMU has it open");
  else if (error == ENOENT)
    closed(fmt::format(": {}; mkfifo {}.in {}.out, and start QEMU with -chardev pipe,path={}", errno_text(error),
                       printable(path_), printable(path_), printable(path_)));
  else
    refused(fmt::format(": {}; run charmuxd as root or as the owner of the FIFO", errno_text(error)));
  return {};
}

void Pipe::begin_two() {
  abandon();
  UniqueFd out = open(out_, O_RDONLY);
  if (!out) return;
  UniqueFd in = open(in_, O_WRONLY);
  if (!in) return;
  const std::size_t leftover = waiting_in(out.get());
  owner_.opened(std::make_unique<PipeChannel>(loop_, out_, std::move(out), std::move(in)), leftover);
}

void Pipe::begin_one() {
  if (!waiting_) waiting_ = open(path_, O_RDONLY);
  if (!waiting_ || serve()) return;
  auto poll = loop::Poll::watch(loop_, waiting_.get(), [this](unsigned) {
    poll_.want(0);
    // A writer that was there and is gone again leaves the FIFO at its end, which poll(2) tells for ever.
    if (!serve()) abandon();
  });
  if (poll) {
    poll_ = std::move(*poll);
    poll_.want(loop::kReadable);
  }
  owner_.failed(State::closed, fmt::format("{}: nobody writes into it", printable(path_)));
}

bool Pipe::serve() {
  if (!has_writer(waiting_.get())) return false;
  poll_ = {};
  UniqueFd fifo = std::move(waiting_);
  const std::size_t leftover = waiting_in(fifo.get());
  owner_.opened(std::make_unique<PipeChannel>(loop_, path_, std::move(fifo), UniqueFd()), leftover);
  return true;
}

}  // namespace charmux::backend
