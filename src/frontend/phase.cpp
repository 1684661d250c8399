// SPDX-License-Identifier: Apache-2.0
#include "frontend/phase.hpp"

#include <array>
#include <cstddef>

namespace charmux::frontend {
namespace {

using enum Phase;

// Rows: Phase; columns: Happening.
constexpr std::array<std::array<Phase, 4>, 6> kNext = {{
    // peer_ended, told_to_stop, all_sent, over
    {watching, finishing, attached, closed},  // attached
    {watching, draining, watching, closed},   // watching
    {draining, finishing, leaving, closed},   // finishing
    {draining, draining, closed, closed},     // draining
    {closed, leaving, leaving, closed},       // leaving
    {closed, closed, closed, closed},         // closed
}};
constexpr std::array<std::string_view, 6> kNames = {"attached", "watching", "finishing",
                                                    "draining", "leaving",  "closed"};

}  // namespace

std::string_view name_of(Phase phase) { return kNames[static_cast<std::size_t>(phase)]; }

Phase next_phase(Phase phase, Happening happening) {
  return kNext[static_cast<std::size_t>(phase)][static_cast<std::size_t>(happening)];
}

}  // namespace charmux::frontend
