// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "hypervisor/libvirt_stream.hpp"
#include "kit/world.hpp"
#include "loop/poll.hpp"

namespace charmux::test {

using hypervisor::LibvirtStream;

/// A console by way of libvirt, read as it comes while `reads`.
class AtStream : public LibvirtStream::Owner {
 public:
  AtStream(World& world, hypervisor::Libvirt& libvirt, LibvirtStream::Settings settings)
      : stream(std::make_unique<LibvirtStream>(libvirt, std::move(settings), *this)), world_(world) {
    inside_ = true;
    stream->start();
    inside_ = false;
  }
  void stream_opened() override {
    CHECK(!inside_);
    CHECK(!open);
    open = true;
    if (on_told) return on_told();
    want();
  }
  void stream_failed(LibvirtStream::Failure failure, const std::string& reason) override {
    CHECK(!inside_);
    failed = failure;
    why = reason;
    if (on_told) on_told();
  }
  void stream_ready(unsigned ready) override {
    CHECK(!inside_);
    ++told_ready;
    if ((ready & loop::kReadable) != 0 && reads) take();
    if ((ready & loop::kWritable) != 0) send();
    if (on_told) return on_told();
    want();
  }
  void type(std::string_view text) {
    unsent += text;
    send();
    want();
  }
  void want() {
    inside_ = true;
    if (stream) stream->want((reads && !ended ? loop::kReadable : 0U) | (unsent.empty() ? 0U : loop::kWritable));
    inside_ = false;
  }
  void wait_open() {
    world_.run_until("it is open or failed", [&] { return open || failed; });
    CAPTURE(why);
    REQUIRE(open);
  }
  LibvirtStream::Failure wait_failed() {
    world_.run_until("it is open or failed", [&] { return open || failed; });
    REQUIRE(failed);
    return *failed;
  }
  void wait_for(std::string_view text) {
    std::size_t looked_at = 0;
    INFO(text, ", received were ", received.size());
    world_.run_until("it is received", [&] {
      const std::size_t from = looked_at < text.size() ? 0 : looked_at - text.size();
      looked_at = received.size();
      return received.find(text, from) != std::string::npos;
    });
  }
  /// Why it ended; empty: in order.
  std::string wait_ended() {
    world_.run_until("it ends", [&] { return ended; });
    return stream->why_ended();
  }

  std::unique_ptr<LibvirtStream> stream;
  bool reads = true;
  bool open = false;
  bool ended = false;
  int told_ready = 0;
  std::optional<LibvirtStream::Failure> failed;
  std::string why;
  std::string received;
  std::string unsent;
  std::function<void()> on_told;

 private:
  void take() {
    std::array<std::byte, std::size_t{64} * 1024> room;
    const net::Io io = stream->read(room);
    if (io.kind == net::Io::Kind::moved) received += as_text(BytesView(room).first(io.bytes));
    if (io.kind == net::Io::Kind::end) ended = true;
  }
  void send() {
    const net::Io io = stream->write(as_bytes(unsent));
    if (io.kind == net::Io::Kind::moved) unsent.erase(0, io.bytes);
  }
  World& world_;
  bool inside_ = false;
};

}  // namespace charmux::test
