// SPDX-License-Identifier: Apache-2.0
#include "daemon/found_place.hpp"

namespace charmux::daemon {
namespace {

using backend::Location;
using backend::State;

constexpr const char* kNotRunning = "its guest is not running";

Location without_address(State state, std::string reason) { return {state, std::nullopt, std::move(reason), false}; }

Location location_of(discovery::Located located) {
  using Kind = discovery::Located::Kind;
  switch (located.kind) {
    case Kind::here: return {State::open, std::move(located.at), {}, true};
    case Kind::held: return without_address(State::waiting, "held by another client");
    case Kind::ended: return without_address(State::closed, kNotRunning);
    case Kind::gone: return without_address(State::gone, std::move(located.reason));
    case Kind::refused: return without_address(State::refused, std::move(located.reason));
  }
  return without_address(State::refused, "of an unknown kind");
}

}  // namespace

void FoundPlace::locate(std::function<void(Location)> answer) {
  // It is asked for, so it is not open any more.
  if (finding_->guest == Finding::Guest::unseen) finding_->guest = Finding::Guest::ended;
  switch (finding_->guest) {
    case Finding::Guest::unknown:
    case Finding::Guest::unseen:
    case Finding::Guest::ended: return answer(without_address(State::closed, kNotRunning));
    case Finding::Guest::hidden:
      return answer(without_address(is_busy(finding_->reason) ? State::waiting : State::refused, finding_->reason));
    case Finding::Guest::without_it:
      return answer(without_address(State::gone, fmt::format("its guest has no chardev {} any more", finding_->label)));
    case Finding::Guest::running:
      return source_.locate(
          finding_->source, finding_->label,
          [answer = std::move(answer)](discovery::Located located) { answer(location_of(std::move(located))); });
  }
}

void FoundPlace::send_break(std::function<void(Status)> answer) {
  if (finding_->guest == Finding::Guest::unseen)
    return answer(failure("no break: QEMU's monitor, which sends it, is not there"));
  if (finding_->guest == Finding::Guest::hidden) return answer(failure("no break: {}", finding_->reason));
  if (finding_->guest != Finding::Guest::running) return answer(failure("no break: {}", kNotRunning));
  if (!finding_->why_no_break.empty()) return answer(failure("no break: {}", finding_->why_no_break));
  source_.send_break(finding_->source, finding_->label, [answer = std::move(answer)](const Status& sent) {
    answer(sent ? sent : failure("no break: {}", sent.error().text));
  });
}

}  // namespace charmux::daemon
