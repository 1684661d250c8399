// SPDX-License-Identifier: Apache-2.0
#include "hypervisor/libvirt_stream.hpp"

#include <chrono>
#include <optional>
#include <utility>

#include "hypervisor/libvirt_console.hpp"
#include "hypervisor/libvirt_pipe.hpp"
#include "hypervisor/libvirt_threads.hpp"
#include "loop/mailbox.hpp"
#include "loop/poll.hpp"
#include "loop/timer.hpp"

namespace charmux::hypervisor {

/// The loop's side of it. Whatever calls the owner touches nothing after that: it may be gone by then.
struct LibvirtStream::Inner : LibvirtPipe::Listener {
  Inner(Libvirt& library, Settings with, Owner& told)
      : libvirt(library),
        settings(std::move(with)),
        owner(told),
        mailbox(library.loop()),
        pipe(std::make_shared<LibvirtPipe>(Libvirt::events(), mailbox.sender(), *this)),
        again(library.loop(), [this] { tell(); }) {}

  void begin() {
    if (const Status begun = libvirt.begin(); !begun) return pipe->fail(Failure::refused, begun.error().text);
    auto started = libvirt.threads().start([with = settings, shared = pipe] { serve_libvirt_console(with, shared); });
    if (!started) return pipe->fail(Failure::away, started.error().text);
    thread.emplace(std::move(*started));
  }
  void opened() override { owner.stream_opened(); }
  void failed(Failure failure, const std::string& reason) override { owner.stream_failed(failure, reason); }
  void changed() override { tell(); }
  [[nodiscard]] unsigned ready() const {
    unsigned what = 0;
    if ((wanted & loop::kReadable) != 0 && pipe->is_readable()) what |= loop::kReadable;
    if ((wanted & loop::kWritable) != 0 && pipe->is_writable()) what |= loop::kWritable;
    return what;
  }
  /// What still holds when the owner was told is told again, and the loop turns in between: a timer of 0 ms that starts
  /// itself anew would never let it go on (libuv 1.44, src/timer.c).
  void tell_soon() {
    if (!again.running()) again.start(std::chrono::milliseconds(1));
  }
  void tell() {
    const unsigned what = ready();
    if (what == 0) return;
    tell_soon();
    owner.stream_ready(what);
  }

  Libvirt& libvirt;
  const Settings settings;
  Owner& owner;
  unsigned wanted = 0;
  std::optional<LibvirtThreads::Thread> thread;
  loop::Mailbox mailbox;
  const std::shared_ptr<LibvirtPipe> pipe;
  loop::Timer again;
};

LibvirtStream::LibvirtStream(Libvirt& libvirt, Settings settings, Owner& owner)
    : inner_(std::make_unique<Inner>(libvirt, std::move(settings), owner)) {}

LibvirtStream::~LibvirtStream() { inner_->pipe->leave(); }

void LibvirtStream::start() { inner_->begin(); }

void LibvirtStream::want(unsigned interest) {
  inner_->wanted = interest;
  if (inner_->ready() != 0) inner_->tell_soon();
}

net::Io LibvirtStream::read(BytesSpan room) { return inner_->pipe->read(room); }

net::Io LibvirtStream::write(BytesView bytes) { return inner_->pipe->write(bytes); }

std::string LibvirtStream::why_ended() const { return inner_->pipe->why_ended(); }

}  // namespace charmux::hypervisor
