// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "backend/channel.hpp"
#include "backend/unpolled.hpp"
#include "loop/loop.hpp"
#include "net/stream.hpp"

namespace charmux::backend {

/// A connection inside TLS, its handshake done.
class TlsChannel final : public Channel {
 public:
  /// `text` is the address, for people. `why` words what TLS found wrong.
  TlsChannel(loop::Loop& loop, net::Stream stream, std::string text,
             std::function<std::string(const net::TlsSession&)> why);
  TlsChannel(const TlsChannel&) = delete;
  TlsChannel& operator=(const TlsChannel&) = delete;
  ~TlsChannel() override;

  [[nodiscard]] Status start(Owner& owner) override;
  void want(unsigned interest) override;
  [[nodiscard]] net::Io read(BytesSpan room) override;
  [[nodiscard]] net::Io write(BytesView bytes) override;
  [[nodiscard]] bool part() override;
  [[nodiscard]] std::string why_ended(const net::Io& io) const override;
  void send_break(std::function<void(Status)> answer) override;

 private:
  void ready(unsigned ready);
  /// Polls for what its owner and TLS want now.
  void watch();

  loop::Loop& loop_;
  net::Stream stream_;
  const std::string text_;
  const std::function<std::string(const net::TlsSession&)> why_;
  Owner* owner_ = nullptr;
  unsigned interest_ = 0;
  bool failed_ = false;  ///< the descriptor is in error: what is owed is not waited for any more.
  loop::Poll poll_;
  Unpolled pending_;  ///< bytes that are inside OpenSSL already.
};

}  // namespace charmux::backend
