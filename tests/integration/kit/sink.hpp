// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "backend/backend.hpp"
#include "backend/line.hpp"

namespace charmux::test {

/// A console as a backend sees it, that keeps what it is told. Ends its backend before it goes.
class RecordingSink final : public backend::Backend::Sink {
 public:
  explicit RecordingSink(backend::Backend& backend) : backend_(backend) { backend_.start(*this); }

  void backend_is(backend::State state, const std::string& reason) override {
    ++calls;
    states.emplace_back(state, reason);
  }
  void backend_readable() override {
    ++calls;
    std::array<std::byte, 4096> room;
    for (;;) {
      const net::Io io = backend_.read(room);
      if (io.kind != net::Io::Kind::moved) return;
      received += as_text(BytesView(room).first(io.bytes));
    }
  }
  void backend_remarks(const std::string& remark) override {
    ++calls;
    remarks.push_back(remark);
  }
  void backend_writable() override {
    ++calls;
    ++writable;
    send();
  }
  [[nodiscard]] bool has_history() const override { return recorded; }
  /// Gives the guest `bytes`, as it takes them.
  void write(std::string_view bytes) {
    unsent += bytes;
    send();
  }

  /// Whether it has become that since the last one that was waited for; it may have become something else again.
  [[nodiscard]] bool reached(backend::State state) {
    for (std::size_t at = next_; at < states.size(); ++at) {
      if (states[at].first != state) continue;
      next_ = at + 1;
      return true;
    }
    return false;
  }
  /// Why it became the state that reached() found.
  [[nodiscard]] std::string reason() const { return next_ == 0 ? "" : states[next_ - 1].second; }

  std::vector<std::pair<backend::State, std::string>> states;
  std::vector<std::string> remarks;
  std::string received;
  std::string unsent;
  bool recorded = false;  ///< something was, before.
  int calls = 0;
  int writable = 0;

 private:
  void send() {
    while (!unsent.empty()) {
      const net::Io io = backend_.write(as_bytes(unsent));
      if (io.kind != net::Io::Kind::moved) return;
      unsent.erase(0, io.bytes);
    }
  }
  backend::Backend& backend_;
  std::size_t next_ = 0;
};

/// A console that reads once, and little, each time that it is told that there is something.
class SippingSink final : public backend::Backend::Sink {
 public:
  SippingSink(backend::Backend& backend, std::size_t sip) : backend_(backend), sip_(sip) { backend_.start(*this); }
  void backend_is(backend::State state, const std::string&) override { open = state == backend::State::open; }
  void backend_readable() override {
    const net::Io io = backend_.read(sip_);
    if (io.kind == net::Io::Kind::moved) received += as_text(BytesView(sip_).first(io.bytes));
  }
  void backend_remarks(const std::string&) override {}
  void backend_writable() override {}
  bool open = false;
  std::string received;

 private:
  backend::Backend& backend_;
  Bytes sip_;
};

/// Patience that costs a test no time; `connect_timeout` is what a test of it waits for.
inline backend::Patience impatient() {
  return {std::chrono::milliseconds(200), std::chrono::milliseconds(2), std::chrono::milliseconds(20)};
}

/// The place of a console that has a configured address.
inline std::unique_ptr<backend::Locator> fixed(address::Backend at) {
  return std::make_unique<backend::FixedPlace>(std::move(at));
}

}  // namespace charmux::test
