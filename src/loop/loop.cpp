// SPDX-License-Identifier: Apache-2.0
#include "loop/loop.hpp"

#include <uv.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace charmux::loop {

Loop::Loop() : raw_(std::make_unique<uv_loop_s>()) {
  // A peer that is gone is an error of the write that finds out, never a signal.
  std::signal(SIGPIPE, SIG_IGN);
  if (uv_loop_init(raw_.get()) != 0) std::abort();  // no epoll descriptor to be had: nothing can run
}

Loop::~Loop() {
  uv_run(raw_.get(), UV_RUN_DEFAULT);
  if (const int error = uv_loop_close(raw_.get()); error != 0) {
    std::fprintf(stderr, "<3>a handle outlives its loop: %s\n", uv_strerror(error));
    uv_print_all_handles(raw_.get(), stderr);
    std::abort();
  }
}

void Loop::run() { uv_run(raw_.get(), UV_RUN_DEFAULT); }

void Loop::run_once() { uv_run(raw_.get(), UV_RUN_ONCE); }

void Loop::stop() { uv_stop(raw_.get()); }

bool Loop::has_pending_work() const { return raw_->active_reqs.count > 0; }

MonoTime Loop::now() const { return MonoTime(std::chrono::milliseconds(uv_now(raw_.get()))); }

}  // namespace charmux::loop
