// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "kit/connection.hpp"
#include "peer.hpp"

namespace charmux::test {

/// The far side of what is one descriptor, and how it ends; who connects to whom is the kind's own matter.
class StreamPeer : public Peer {
 public:
  void poll() override {
    if (!stream_) return;
    stream_.flush();
    if (reads_) stream_.poll();
    heard_ += stream_.take_received();
    if (stream_.ended()) stream_.close();
  }
  [[nodiscard]] bool connected() const override { return static_cast<bool>(stream_); }
  void say(std::string_view bytes) override { stream_.write(bytes); }
  [[nodiscard]] const std::string& heard() const override { return heard_; }
  void read_input(bool reads) override { reads_ = reads; }
  void close() override {
    stream_.close();
    gone();
  }
  void vanish() override {
    stream_.is_tcp() ? stream_.reset() : stream_.close();
    gone();
  }
  void half_close() override { stream_.half_close(); }

 protected:
  /// What else goes with it.
  virtual void gone() {}
  Connection stream_;

 private:
  bool reads_ = true;
  std::string heard_;
};

}  // namespace charmux::test
