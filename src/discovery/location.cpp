// SPDX-License-Identifier: Apache-2.0
#include "discovery/location.hpp"

#include <utility>

namespace charmux::discovery {
namespace {

using backend::Location;
using backend::State;

Location without_address(State state, std::string reason) { return {state, std::nullopt, std::move(reason)}; }

}  // namespace

Location location_of(Located located) {
  using Is = Located::Kind;
  switch (located.kind) {
    case Is::here: return {State::open, std::move(located.at), {}, located.ours_alone, std::move(located.opener)};
    case Is::held: return without_address(State::waiting, "held by another client");
    case Is::ended: return without_address(State::closed, kNotRunning);
    case Is::gone: return without_address(State::gone, std::move(located.reason));
    case Is::away: return without_address(State::waiting, std::move(located.reason));
    case Is::refused: return without_address(State::refused, std::move(located.reason));
  }
  return without_address(State::refused, "of an unknown kind");
}

}  // namespace charmux::discovery
