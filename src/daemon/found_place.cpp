// SPDX-License-Identifier: Apache-2.0
#include "daemon/found_place.hpp"

#include <utility>

#include "discovery/location.hpp"

namespace charmux::daemon {
namespace {

using backend::Location;
using backend::State;
using discovery::kNotRunning;

Location without_address(State state, std::string reason) { return {state, std::nullopt, std::move(reason)}; }

}  // namespace

void FoundPlace::locate(std::function<void(Location)> answer) {
  // It is asked for, so it is not open any more.
  if (finding_->guest == Finding::Guest::unseen) finding_->guest = Finding::Guest::ended;
  switch (finding_->guest) {
    case Finding::Guest::unseen:
    case Finding::Guest::ended: return answer(without_address(State::closed, kNotRunning));
    case Finding::Guest::hidden:
      return answer(without_address(is_busy(finding_->reason) ? State::waiting : State::refused, finding_->reason));
    case Finding::Guest::without_it:
      return answer(without_address(State::gone, fmt::format("its guest has no chardev {} any more", finding_->label)));
    case Finding::Guest::unknown:
    case Finding::Guest::shut_off: return answer(without_address(State::off, kNotRunning));
    case Finding::Guest::undefined: return answer(without_address(State::gone, "there is no such domain any more"));
    case Finding::Guest::running:
      return source_.locate(finding_->source, finding_->label, std::exchange(force_, false),
                            [answer = std::move(answer)](discovery::Located located) {
                              answer(discovery::location_of(std::move(located)));
                            });
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
