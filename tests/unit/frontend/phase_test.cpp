// SPDX-License-Identifier: Apache-2.0
#include "frontend/phase.hpp"

#include <doctest/doctest.h>

using charmux::frontend::Happening;
using charmux::frontend::next_phase;
using charmux::frontend::Phase;

namespace {

constexpr Phase kAll[] = {Phase::attached, Phase::watching, Phase::finishing,
                          Phase::draining, Phase::leaving,  Phase::closed};

}  // namespace

TEST_CASE("a client that ends its input and may go on reading watches on") {
  CHECK(next_phase(Phase::attached, Happening::peer_ended) == Phase::watching);
  CHECK(next_phase(Phase::watching, Happening::peer_ended) == Phase::watching);
}

TEST_CASE("a stop is: send what there is, say that it is all, wait for the goodbye") {
  CHECK(next_phase(Phase::attached, Happening::told_to_stop) == Phase::finishing);
  CHECK(next_phase(Phase::finishing, Happening::all_sent) == Phase::leaving);
  CHECK(next_phase(Phase::leaving, Happening::peer_ended) == Phase::closed);
}

TEST_CASE("one that has ended its input already is closed once it has everything") {
  CHECK(next_phase(Phase::watching, Happening::told_to_stop) == Phase::draining);
  CHECK(next_phase(Phase::finishing, Happening::peer_ended) == Phase::draining);
  CHECK(next_phase(Phase::draining, Happening::all_sent) == Phase::closed);
}

TEST_CASE("every phase ends when it is over, and nothing follows the end") {
  for (const Phase phase : kAll) {
    CHECK(next_phase(phase, Happening::over) == Phase::closed);
    CHECK_FALSE(name_of(phase).empty());
  }
  for (const Happening happening :
       {Happening::peer_ended, Happening::told_to_stop, Happening::all_sent, Happening::over})
    CHECK(next_phase(Phase::closed, happening) == Phase::closed);
}
