// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace charmux::frontend {

/// Where a client's session stands.
enum class Phase {
  attached,   ///< it reads, and types if it has the pen.
  watching,   ///< it has closed its sending side: it types no more but reads on.
  finishing,  ///< charmuxd stops: it is being sent what there is.
  draining,   ///< the same for one that has closed its sending side.
  leaving,    ///< all is sent and said to be all; its own goodbye is waited for.
  closed,     ///< nothing more happens; it is destroyed at the end of the turn.
};

/// What happens to a session.
enum class Happening {
  peer_ended,    ///< the client closed its sending side and may go on reading.
  told_to_stop,  ///< charmuxd stops.
  all_sent,      ///< everything up to the stop has been sent.
  over,          ///< the client is gone, or breaks a rule, or the time for stopping is up.
};

[[nodiscard]] std::string_view name_of(Phase phase);

/// The phase that follows. Total: what cannot matter in a phase leaves it as it is.
[[nodiscard]] Phase next_phase(Phase phase, Happening happening);

}  // namespace charmux::frontend
