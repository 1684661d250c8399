// SPDX-License-Identifier: Apache-2.0
#include "backend/telnet.hpp"

namespace charmux::backend {
namespace {

/// How long a server may take to greet before it counts as one that does not.
constexpr std::chrono::seconds kGreeting{1};

}  // namespace

Telnet::Telnet(loop::Loop& loop, const MakeBelow& make_below, Opener::Owner& owner)
    : loop_(loop), owner_(owner), below_(make_below(*this)), patience_(loop, [this] { hand_over(); }) {}

void Telnet::opened(std::unique_ptr<Channel> channel, std::size_t) {
  quiet_ = std::make_unique<TelnetChannel>(loop_, std::move(channel));
  if (const Status started = quiet_->start(*this); !started) {
    quiet_.reset();
    return owner_.failed(State::refused, started.error().text);
  }
  quiet_->want(loop::kReadable);
  patience_.start(kGreeting);
}

void Telnet::channel_ready(unsigned) {
  quiet_->has_greeted();
  hand_over();
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
