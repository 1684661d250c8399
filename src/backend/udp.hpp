// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backend/opener.hpp"
#include "loop/work.hpp"
#include "net/endpoint.hpp"

namespace charmux::backend {

/// QEMU's `-chardev udp,host=H,port=P,localaddr=A,localport=L`, which sends to H:P, our `bind`, from A:L, our `host`.
/// There is no connection: it is open as soon as there is a socket, and nothing shows that the peer is there but its
/// first byte. Only the peer's datagrams are taken. Their boundaries mean nothing (QEMU 7.2, char-udp.c).
class Udp final : public Opener {
 public:
  Udp(loop::Loop& loop, address::Udp at, std::string text, Owner& owner);

  void begin() override;
  void abandon() override { lookup_ = {}; }

 private:
  using Endpoints = std::vector<net::Endpoint>;
  void open(const Endpoints& peers, const Endpoints& binds);

  loop::Loop& loop_;
  const address::Udp at_;
  const std::string text_;
  Owner& owner_;
  loop::Work lookup_;
};

}  // namespace charmux::backend
