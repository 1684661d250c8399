// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "backend/descriptor.hpp"
#include "charmux/address/backend_address.hpp"

namespace charmux::backend {

/// A connected stream socket, UNIX or TCP, whoever connected.
class StreamChannel : public Descriptor {
 public:
  /// `text` is the address, for people. `queued`: it may wait in its server's backlog.
  StreamChannel(loop::Loop& loop, UniqueFd fd, std::string text, bool queued);
  ~StreamChannel() override;

  [[nodiscard]] bool part() override;
  [[nodiscard]] std::string why_ended(const net::Io& io) const override;
  [[nodiscard]] bool may_be_queued() const override { return queued_; }
  void send_break(std::function<void(Status)> answer) override;

 private:
  const std::string text_;
  const bool queued_;
  const bool is_tcp_;
};

}  // namespace charmux::backend
