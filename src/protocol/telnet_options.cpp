// SPDX-License-Identifier: Apache-2.0
#include "charmux/protocol/telnet_options.hpp"

#include <algorithm>
#include <span>

namespace charmux::protocol {
namespace {

using enum OptionState;

constexpr std::size_t kStates = 6;
using Row = std::array<OptionStep, kStates>;

// Columns in the order of OptionState: no, yes, want_no, want_no_opposite, want_yes, want_yes_opposite.
constexpr Row kHeardOn = {{{yes, OptionWord::on},
                           {yes, OptionWord::nothing},
                           {no, OptionWord::nothing},   // an error of the peer's: our off answered by on
                           {yes, OptionWord::nothing},  // the same
                           {yes, OptionWord::nothing},
                           {want_no, OptionWord::off}}};
constexpr Row kHeardOff = {{{no, OptionWord::nothing},
                            {no, OptionWord::off},
                            {no, OptionWord::nothing},
                            {want_yes, OptionWord::on},
                            {no, OptionWord::nothing},
                            {no, OptionWord::nothing}}};
constexpr Row kWantedOn = {{{want_yes, OptionWord::on},
                            {yes, OptionWord::nothing},
                            {want_no_opposite, OptionWord::nothing},
                            {want_no_opposite, OptionWord::nothing},
                            {want_yes, OptionWord::nothing},
                            {want_yes, OptionWord::nothing}}};
constexpr Row kWantedOff = {{{no, OptionWord::nothing},
                             {want_no, OptionWord::off},
                             {want_no, OptionWord::nothing},
                             {want_no, OptionWord::nothing},
                             {want_yes_opposite, OptionWord::nothing},
                             {want_yes_opposite, OptionWord::nothing}}};

constexpr auto kMark = static_cast<std::uint8_t>(TelnetOption::timing_mark);

struct Grant {
  TelnetOption option;
  bool ours;
  bool peers;
};
constexpr std::array<Grant, 5> kServerGrants = {{{TelnetOption::echo, true, false},
                                                 {TelnetOption::suppress_go_ahead, true, true},
                                                 {TelnetOption::binary, true, true},
                                                 {TelnetOption::window_size, false, true},
                                                 {TelnetOption::terminal_type, false, true}}};
// The last two only with a terminal.
constexpr std::array<Grant, 5> kClientGrants = {{{TelnetOption::echo, false, true},
                                                 {TelnetOption::suppress_go_ahead, true, true},
                                                 {TelnetOption::binary, true, true},
                                                 {TelnetOption::window_size, true, false},
                                                 {TelnetOption::terminal_type, true, false}}};
constexpr std::size_t kWithoutTerminal = 3;

bool is_among(std::span<const Grant> grants, std::uint8_t option, bool our_side) {
  return std::any_of(grants.begin(), grants.end(), [&](const Grant& grant) {
    return static_cast<std::uint8_t>(grant.option) == option && (our_side ? grant.ours : grant.peers);
  });
}

void say(TelnetCommand verb, std::uint8_t option, Bytes& out) {
  out.insert(out.end(), {std::byte{static_cast<std::uint8_t>(TelnetCommand::iac)},
                         std::byte{static_cast<std::uint8_t>(verb)}, std::byte{option}});
}

bool in_force(const auto& side, TelnetOption option) {
  const auto index = static_cast<std::size_t>(option);
  return index < side.size() && side[index] == yes;
}

}  // namespace

OptionStep option_heard(OptionState state, bool on, bool agree) {
  if (on && state == no && !agree) return {no, OptionWord::off};
  return (on ? kHeardOn : kHeardOff)[static_cast<std::size_t>(state)];
}

OptionStep option_wanted(OptionState state, bool on) {
  return (on ? kWantedOn : kWantedOff)[static_cast<std::size_t>(state)];
}

bool TelnetOptions::granted(std::uint8_t option, bool our_side) const {
  if (option == static_cast<std::uint8_t>(TelnetOption::com_port)) return com_port_;
  if (role_ == TelnetRole::server) return is_among(kServerGrants, option, our_side);
  const std::span<const Grant> grants(kClientGrants);
  return is_among(has_terminal_ ? grants : grants.first(kWithoutTerminal), option, our_side);
}

void TelnetOptions::want(States& side, TelnetCommand on, TelnetOption option, Bytes& replies) {
  OptionState& state = side[static_cast<std::size_t>(option)];
  const OptionStep step = option_wanted(state, true);
  state = step.next;
  if (step.say == OptionWord::on) say(on, static_cast<std::uint8_t>(option), replies);
}

void TelnetOptions::greet_as_port(Bytes& replies) {
  const bool client = role_ == TelnetRole::client;
  if (client) want(ours_, TelnetCommand::will, TelnetOption::com_port, replies);
  for (const TelnetOption option : {TelnetOption::binary, TelnetOption::suppress_go_ahead}) {
    want(ours_, TelnetCommand::will, option, replies);
    want(peers_, TelnetCommand::do_, option, replies);
  }
  if (!client) want(peers_, TelnetCommand::do_, TelnetOption::com_port, replies);
}

void TelnetOptions::greet(Bytes& replies) {
  if (wants_com_port_) return greet_as_port(replies);
  if (role_ == TelnetRole::client) return;
  want(ours_, TelnetCommand::will, TelnetOption::echo, replies);
  want(ours_, TelnetCommand::will, TelnetOption::suppress_go_ahead, replies);
  want(ours_, TelnetCommand::will, TelnetOption::binary, replies);
  want(peers_, TelnetCommand::do_, TelnetOption::binary, replies);
  want(peers_, TelnetCommand::do_, TelnetOption::window_size, replies);
  want(peers_, TelnetCommand::do_, TelnetOption::terminal_type, replies);
}

void TelnetOptions::heard(TelnetCommand verb, std::uint8_t option, Bytes& replies) {
  const bool of_peer = verb == TelnetCommand::will || verb == TelnetCommand::wont;
  const bool of_us = verb == TelnetCommand::do_ || verb == TelnetCommand::dont;
  if ((!of_peer && !of_us) || answers_ >= kMaxAnswers) return;

  const bool on = verb == TelnetCommand::will || verb == TelnetCommand::do_;
  OptionState untracked = no;
  OptionState& state = option < kTracked ? (of_us ? ours_ : peers_)[option] : untracked;
  const OptionStep step = option_heard(state, on, granted(option, of_us));
  state = step.next;
  if (step.say == OptionWord::nothing) return;
  const bool refusal = on && step.next == no;
  if (refusal && refused_before(option, of_us)) return;
  ++answers_;
  const bool say_on = step.say == OptionWord::on;
  if (of_us)
    say(say_on ? TelnetCommand::will : TelnetCommand::wont, option, replies);
  else
    say(say_on ? TelnetCommand::do_ : TelnetCommand::dont, option, replies);
}

bool TelnetOptions::asks_mark(TelnetCommand verb, std::uint8_t option) {
  const bool asked = role_ == TelnetRole::server && verb == TelnetCommand::do_ && option == kMark;
  if (!asked || answers_ >= kMaxAnswers) return false;
  ++answers_;
  return true;
}

/// A mark that a client does not give is refused each time: it is an event, and each is waited for.
bool TelnetOptions::refused_before(std::uint8_t option, bool our_side) {
  auto refused = (our_side ? refused_ours_ : refused_peers_)[option];
  const bool before = refused && option != kMark;
  refused = true;
  return before;
}

bool TelnetOptions::asked(TelnetOption option) const { return ours_.at(static_cast<std::size_t>(option)) == want_yes; }

bool TelnetOptions::ours(TelnetOption option) const { return in_force(ours_, option); }

bool TelnetOptions::peers(TelnetOption option) const { return in_force(peers_, option); }

}  // namespace charmux::protocol
