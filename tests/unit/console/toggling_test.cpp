// SPDX-License-Identifier: Apache-2.0
#include "console/toggling.hpp"

#include <doctest/doctest.h>

using namespace charmux;
using charmux::console::Toggling;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// A round: open for `open`, then lost by itself.
void round(Toggling& toggling, MonoTime& now, milliseconds open) {
  toggling.opened(now);
  now += open;
  toggling.lost(now, true);
}

}  // namespace

TEST_CASE("a chardev toggles once it was lost within a second twice in a row, until it holds for one") {
  Toggling toggling;
  MonoTime now{};
  round(toggling, now, milliseconds(999));
  CHECK_FALSE(toggling.toggles());
  round(toggling, now, milliseconds(0));
  CHECK(toggling.toggles());
  round(toggling, now, seconds(1));
  CHECK_FALSE(toggling.toggles());
}

TEST_CASE("a chardev that somebody closes and opens does not toggle") {
  Toggling toggling;
  for (int i = 0; i < 3; ++i) {
    toggling.opened(MonoTime{});
    toggling.lost(MonoTime{}, false);
  }
  CHECK_FALSE(toggling.toggles());
}

TEST_CASE("of a chardev that toggles only what is new is said, and the rest once a minute with a count") {
  Toggling toggling;
  MonoTime now{};
  CHECK(toggling.news("closed", now) == "closed");
  CHECK(toggling.news("closed", now) == "closed");
  round(toggling, now, milliseconds(0));
  round(toggling, now, milliseconds(0));
  CHECK_FALSE(toggling.news("closed", now));
  CHECK(toggling.news("refused", now) == "refused; 1 changes before were not logged");
  now += seconds(59);
  CHECK_FALSE(toggling.news("closed", now));
  CHECK_FALSE(toggling.news("refused", now));
  CHECK(toggling.unsaid() == 2);
  now += seconds(1);
  CHECK(toggling.news("closed", now) == "closed; 2 changes before were not logged");
  CHECK_FALSE(toggling.news("closed", now));
  toggling.held();
  CHECK(toggling.news("closed", now) == "closed");
}
