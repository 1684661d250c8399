// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "backend/descriptor.hpp"
#include "backend/opener.hpp"
#include "backend/seldom.hpp"
#include "backend/unpolled.hpp"

namespace charmux::backend {

/// A connected UDP socket, as a stream of bytes. Nothing that happens on the way to the peer is its end: what the peer
/// does not take is lost, and what finds no room here is; both are said.
class UdpChannel final : public Descriptor {
 public:
  /// `text` is the address, for people. The owner outlives it.
  UdpChannel(loop::Loop& loop, UniqueFd fd, std::string text, Opener::Owner& owner);

  [[nodiscard]] Status start(Owner& owner) override;
  void want(unsigned interest) override;
  [[nodiscard]] net::Io read(BytesSpan room) override;
  [[nodiscard]] net::Io write(BytesView bytes) override;
  [[nodiscard]] std::string why_ended(const net::Io& io) const override;
  [[nodiscard]] bool may_be_queued() const override { return true; }
  void send_break(std::function<void(Status)> answer) override;

 private:
  [[nodiscard]] net::Io receive(BytesSpan room);
  [[nodiscard]] net::Io send(BytesView piece);
  [[nodiscard]] std::size_t take_rest(BytesSpan room);
  void look_for_losses();
  void not_heard(int error_number);

  const std::string text_;
  const std::string peer_;
  Bytes rest_;  ///< of a datagram that was larger than the room there was; of fixed size,
  std::size_t rest_begin_ = 0;
  std::size_t rest_end_ = 0;
  unsigned interest_ = 0;
  Owner* told_ = nullptr;
  Unpolled rest_waits_;  ///< the socket does not say that there is a rest.
  std::uint32_t dropped_;
  Seldom lost_;
  int error_ = 0;  ///< the last that says that the peer did not get something.
  Seldom unheard_;
};

}  // namespace charmux::backend
