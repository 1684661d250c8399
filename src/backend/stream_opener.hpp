// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "backend/opener.hpp"

namespace charmux::backend {

/// What all stream sockets have in common once they are connected, whoever connected.
class StreamOpener : public Opener {
 public:
  [[nodiscard]] bool part(int fd) const override;
  void before_close(int fd) override;
  [[nodiscard]] std::string why_ended(const net::Io& io) const override;
  [[nodiscard]] std::string_view why_no_break() const override;

 protected:
  explicit StreamOpener(const address::Backend& at);
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool is_tcp() const { return is_tcp_; }

 private:
  const std::string text_;
  const bool is_tcp_;
};

}  // namespace charmux::backend
