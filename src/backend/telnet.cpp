// SPDX-License-Identifier: Apache-2.0
#include "backend/telnet.hpp"

namespace charmux::backend {
namespace {

/// How long a server may take to greet before it counts as one that does not.
constexpr std::chrono::seconds kGreeting{1};

}  // namespace

Telnet::Telnet(loop::Loop& loop, const MakeBelow& make_below, std::string text, std::optional<address::RemotePort> port,
               Opener::Owner& owner, const TelnetPortTimes& times)
    : loop_(loop),
      text_(std::move(text)),
      port_(std::move(port)),
      times_(times),
      owner_(owner),
      below_(make_below(*this)),
      patience_(loop, [this] { hand_over(); }) {}

void Telnet::opened(std::unique_ptr<Channel> channel, std::size_t) {
  TelnetChannel::Maker& maker = *this;
  quiet_ = std::make_unique<TelnetChannel>(loop_, std::move(channel), port_, times_, maker);
  if (const Status started = quiet_->start(*this); !started) {
    quiet_.reset();
    return owner_.failed(State::refused, started.error().text);
  }
  quiet_->want(loop::kReadable);
  patience_.start(kGreeting);
}

void Telnet::channel_ready(unsigned) {
  quiet_->has_greeted();
  if (quiet_->knows_port()) return hand_over();
  quiet_->want(loop::kReadable);
}

void Telnet::hand_over() {
  patience_.stop();
  owner_.opened(std::move(quiet_), 0);
}

void Telnet::abandon() {
  patience_.stop();
  quiet_.reset();
  below_->abandon();
}

}  // namespace charmux::backend
