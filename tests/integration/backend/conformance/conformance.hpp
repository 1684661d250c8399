// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <memory>

#include "backend/line.hpp"
#include "kit/sink.hpp"
#include "kit/world.hpp"
#include "peer.hpp"

namespace charmux::test {

/// A console and the far side of it, on one loop. `directory` of the world is the peer's to use.
template <class Kind>
struct Conformance {
  World world;
  Kind peer{world};
  backend::Line line{world.loop, impatient(), peer.locator()};
  std::unique_ptr<RecordingSink> sink;
};

/// A console under test, without its peer's type.
struct Bench {
  World& world;
  Peer& peer;
  backend::Line& line;
  std::unique_ptr<RecordingSink>& sink;
};

/// Plays the scenario, or prints `n/a: ` and the peer's reason, which tests/run counts apart.
void play(Scenario scenario, const Bench& bench);

template <class Kind>
void conform(Scenario scenario) {
  Conformance<Kind> test;
  play(scenario, {test.world, test.peer, test.line, test.sink});
}

}  // namespace charmux::test

/// The suite for one kind: CONFORMS("tcp", TcpPeer). The peer is made from the test's World.
#define CONFORMS(kind, PeerType)                                                                       \
  TEST_CASE("conformance: " kind ": it is waited for, and opened when it is there") {                  \
    charmux::test::conform<PeerType>(charmux::test::Scenario::open);                                   \
  }                                                                                                    \
  TEST_CASE("conformance: " kind ": a flood arrives whole and in order") {                             \
    charmux::test::conform<PeerType>(charmux::test::Scenario::flood);                                  \
  }                                                                                                    \
  TEST_CASE("conformance: " kind ": however much has come, the loop goes on between two reads") {      \
    charmux::test::conform<PeerType>(charmux::test::Scenario::turns);                                  \
  }                                                                                                    \
  TEST_CASE("conformance: " kind ": silence costs nothing") {                                          \
    charmux::test::conform<PeerType>(charmux::test::Scenario::silence);                                \
  }                                                                                                    \
  TEST_CASE("conformance: " kind ": when the peer closes, its last words are read and the end told") { \
    charmux::test::conform<PeerType>(charmux::test::Scenario::peer_closes);                            \
  }                                                                                                    \
  TEST_CASE("conformance: " kind ": when the peer vanishes, that is told") {                           \
    charmux::test::conform<PeerType>(charmux::test::Scenario::peer_vanishes);                          \
  }                                                                                                    \
  TEST_CASE("conformance: " kind ": a peer that says no more is read to the end") {                    \
    charmux::test::conform<PeerType>(charmux::test::Scenario::half_open);                              \
  }                                                                                                    \
  TEST_CASE("conformance: " kind ": it is opened again, by itself and when told") {                    \
    charmux::test::conform<PeerType>(charmux::test::Scenario::reopen);                                 \
  }                                                                                                    \
  TEST_CASE("conformance: " kind ": all byte values pass both ways") {                                 \
    charmux::test::conform<PeerType>(charmux::test::Scenario::all_bytes);                              \
  }                                                                                                    \
  TEST_CASE("conformance: " kind ": what a peer does not read waits, and arrives in order") {          \
    charmux::test::conform<PeerType>(charmux::test::Scenario::back_pressure);                          \
  }                                                                                                    \
  TEST_CASE("conformance: " kind ": a break arrives where it was sent, or why not is said") {          \
    charmux::test::conform<PeerType>(charmux::test::Scenario::send_break);                             \
  }
