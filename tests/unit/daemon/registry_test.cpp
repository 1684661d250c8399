// SPDX-License-Identifier: Apache-2.0
#include "daemon/registry.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

using namespace charmux;
using namespace charmux::daemon;
using namespace std::chrono_literals;

namespace {

constexpr unsigned kRange = 999;
const WallTime kNow{std::chrono::milliseconds(1'790'000'000'123)};
const std::string kA = "11111111-1111-1111-1111-111111111111";
const std::string kB = "22222222-2222-2222-2222-222222222222";
const std::string kC = "33333333-3333-3333-3333-333333333333";

/// A registry without a file, with what it has said so far.
struct House {
  Registry registry{"/nowhere/consoles.json"};
  Registry::Told told;
  unsigned most = kRange;

  const Registry::Entry& admit(const std::string& uuid, const std::string& guest, std::optional<unsigned> pinned = {},
                               WallTime now = kNow) {
    return registry.admit({uuid + "/serial/0", guest, guest, "/run/" + uuid.substr(0, 1) + ".qmp", pinned}, most, now,
                          told);
  }
  const Registry::Entry& fixed(const std::string& name, std::optional<unsigned> pinned = {}) {
    return registry.admit({"console/" + name, "", name, "the configuration", pinned}, most, kNow, told);
  }
  void depart(const std::string& uuid, WallTime now = kNow) { registry.depart(uuid + "/serial/0", now); }
  std::vector<std::string> said() { return std::exchange(told.remarks, {}); }
};

using Said = std::vector<std::string>;

}  // namespace

TEST_CASE("consoles get the lowest free numbers in the order in which they come, and keep them") {
  House house;
  CHECK(house.admit(kA, "alpha").number == 1);
  CHECK(house.admit(kB, "beta").number == 2);
  CHECK(house.fixed("switch").number == 3);
  house.depart(kA);
  CHECK(house.admit(kC, "gamma").number == 4);  // alpha is remembered
  CHECK(house.admit(kA, "alpha").number == 1);
  CHECK(house.admit(kA, "alpha").name == "alpha");
  CHECK(house.said().empty());
  CHECK(house.told.changes.empty());
}

TEST_CASE("an entry stays where it is, whatever comes after it") {
  House house;
  const Registry::Entry& alpha = house.admit(kA, "alpha");
  for (int i = 0; i < 500; ++i) house.fixed("switch-" + std::to_string(i));
  CHECK(&alpha == house.registry.find(kA + "/serial/0"));
  CHECK(alpha.name == "alpha");
  CHECK(house.registry.entries().size() == 501);
  CHECK(house.registry.find("other") == nullptr);
}

TEST_CASE("a name that a present console has gets ~2 and a remark, and keeps it for good") {
  House house;
  house.admit(kA, "alpha");
  CHECK(house.admit(kB, "alpha").name == "alpha~2");
  CHECK(house.said() == Said{"console alpha: the name is taken by /run/1.qmp; this one is alpha~2"});
  CHECK(house.admit(kC, "alpha").name == "alpha~3");
  CHECK(house.said() == Said{"console alpha: the name is taken by /run/1.qmp; this one is alpha~3"});
  house.depart(kA);
  house.depart(kB);
  CHECK(house.admit(kB, "alpha").name == "alpha~2");
  CHECK(house.admit(kA, "alpha").name == "alpha");
  CHECK(house.said().empty());
}

TEST_CASE("a name follows the guest's, unless somebody else has that") {
  House house;
  house.admit(kA, "alpha");
  CHECK(house.admit(kA, "renamed").name == "renamed");
  CHECK(house.admit(kA, "renamed").number == 1);
  CHECK(house.admit(kB, "alpha").name == "alpha");
  CHECK(house.admit(kA, "alpha").name == "alpha~2");
  CHECK(house.said().size() == 1);
}

TEST_CASE("a name that only an absent console has is taken from it, and who had it is told") {
  House house;
  house.admit(kA, "alpha");
  house.depart(kA);
  CHECK(house.fixed("alpha").name == "alpha");
  CHECK(house.said() ==
        Said{"console alpha: the name goes to the configuration; the one of /run/1.qmp, which is not there, is "
             "alpha~2 now"});
  CHECK(house.told.changes == std::vector<Registry::Change>{{kA + "/serial/0", "alpha", 1}});
  CHECK(house.admit(kA, "alpha").name == "alpha~2");
  CHECK(house.admit(kA, "alpha").number == 1);
}

TEST_CASE("a new guest of an old one's name inherits its name and number, console by console") {
  House house;
  const auto wish = [](const std::string& uuid, const std::string& place, const std::string& name) {
    return Registry::Wish{uuid + place, "alpha", name, "/run/x.qmp", {}};
  };
  house.fixed("first");
  house.registry.admit(wish(kA, "/serial/0", "alpha"), kRange, kNow, house.told);
  const Registry::Entry& old = house.registry.admit(wish(kA, "/serial/1", "alpha.serial1"), kRange, kNow, house.told);
  house.registry.depart(kA + "/serial/0", kNow);
  // While one console of the old guest is there, it is no former guest.
  CHECK(house.registry.admit(wish(kB, "/serial/0", "alpha"), kRange, kNow, house.told).number == 4);
  house.registry.depart(kA + "/serial/1", kNow);
  CHECK(house.registry.admit(wish(kC, "/serial/1", "alpha.serial1"), kRange, kNow, house.told).number == 3);
  CHECK(&old == house.registry.find(kC + "/serial/1"));
  CHECK(old.key == kC + "/serial/1");
  CHECK(house.registry.find(kA + "/serial/1") == nullptr);
  // Another kind or position is another console.
  CHECK(house.registry.admit(wish(kC, "/console/0", "alpha.console0"), kRange, kNow, house.told).number == 5);
}

TEST_CASE("of several former guests the last to go leaves its number, and one without a UUID is one too") {
  House house;
  house.admit(kA, "alpha");
  house.admit(kB, "alpha");
  house.depart(kB, kNow + 1h);
  house.depart(kA, kNow + 2h);
  CHECK(house.admit(kC, "alpha", {}, kNow + 3h).number == 1);
  CHECK(house.admit("name:alpha", "alpha", {}, kNow + 3h).number == 2);
  CHECK(house.admit("name:al/pha", "al/pha").number == 3);
  house.depart("name:al/pha");
  CHECK(house.admit("44444444-4", "al/pha").number == 3);
}

TEST_CASE("a pinned number is the console's, and whoever has it moves") {
  House house;
  house.admit(kA, "alpha");
  house.admit(kB, "beta");
  house.told = {};
  CHECK(house.admit(kC, "gamma", 1).number == 1);
  CHECK(house.registry.find(kA + "/serial/0")->number == 3);
  CHECK(house.said() == Said{"console alpha: its number 1 is pinned to console gamma; it has 3 now"});
  CHECK(house.told.changes == std::vector<Registry::Change>{{kA + "/serial/0", "alpha", 1}});
  CHECK(house.admit(kC, "gamma", 1).number == 1);
  CHECK(house.admit(kB, "beta", 7).number == 7);
  CHECK(house.fixed("switch").number == 2);
  CHECK(house.said().empty());
}

TEST_CASE("a number that is pinned to two consoles is the first one's") {
  House house;
  house.admit(kA, "alpha", 5);
  CHECK(house.admit(kB, "beta", 5).number == 1);
  CHECK(house.admit(kB, "beta", 5).number == 1);
  CHECK(house.said() ==
        Said{"console beta: its number 5 is pinned to console alpha too, which has it; give each its own port"});
  house.depart(kA);
  CHECK(house.admit(kB, "beta", 5).number == 5);
}

TEST_CASE("a reserved number is nobody's but the one's that pins it") {
  House house;
  house.registry.reserve({1, 3});
  CHECK(house.admit(kA, "alpha").number == 2);
  CHECK(house.admit(kB, "beta").number == 4);
  CHECK(house.admit(kC, "gamma", 1).number == 1);
  house.registry.reserve({1, 2});
  CHECK(house.admit(kA, "alpha").number == 3);
  CHECK(house.said() == Said{"console alpha: its number 2 is pinned to another or beyond all ports=; it has 3 now"});
}

TEST_CASE("when all numbers are taken, that of the console that is gone for longest is used again") {
  House house;
  house.most = 2;
  house.admit(kA, "alpha");
  house.admit(kB, "beta");
  CHECK(house.admit(kC, "gamma").number == 0);
  CHECK(house.admit(kC, "gamma").number == 0);
  CHECK(house.said() ==
        Said{"console gamma: all 2 numbers are taken by consoles that are there: it has no port; widen a listener's "
             "ports="});
  house.depart(kB, kNow + 1h);
  house.depart(kA, kNow + 2h);
  CHECK(house.admit(kC, "gamma").number == 2);
  CHECK(house.said() ==
        Said{"console gamma: every number is taken; it has 2 of console beta, which is gone for longest"});
  CHECK(house.told.changes == std::vector<Registry::Change>{{kB + "/serial/0", "beta", 2}});
  CHECK(house.admit(kB, "beta").number == 1);
  CHECK(house.admit(kA, "alpha").number == 0);
}

TEST_CASE("a number beyond a range that was narrowed is exchanged for one that has a place") {
  House house;
  house.most = 0;  // no range: as many as there are
  house.admit(kA, "alpha");
  house.admit(kB, "beta");
  house.registry.forget_older_than(0ms, kNow);
  house.admit(kC, "gamma", 1000);
  house.most = 5;
  CHECK(house.admit(kC, "gamma").number == 3);
  CHECK(house.said() == Said{"console gamma: its number 1000 is pinned to another or beyond all ports=; it has 3 now"});
}

TEST_CASE("what was not there for longer than it is kept is forgotten, and its name and number are free") {
  House house;
  house.admit(kA, "alpha");
  house.admit(kB, "beta");
  house.depart(kA, kNow + 1h);
  CHECK(house.registry.forget_older_than(30 * 24h, kNow + 1h + 30 * 24h).empty());
  const auto forgotten = house.registry.forget_older_than(30 * 24h, kNow + 1h + 1ms + 30 * 24h);
  REQUIRE(forgotten.size() == 1);
  CHECK(forgotten[0].name == "alpha");
  CHECK(forgotten[0].number == 1);
  CHECK(house.admit(kC, "alpha").number == 1);
  CHECK(house.registry.forget_older_than(0ms, kNow + 10000h).empty());  // all are there
  CHECK(house.said().empty());
}

TEST_CASE("since when output is missing goes with a console to its heir and its new name, and is forgotten with it") {
  House house;
  const Registry::Entry& alpha = house.admit(kA, "alpha");
  CHECK_FALSE(alpha.missing_since.has_value());
  house.registry.missing_since("alpha", kNow);
  house.depart(kA);
  house.fixed("alpha");
  CHECK_FALSE(house.registry.find("console/alpha")->missing_since.has_value());
  house.registry.missing_since("alpha~2", kNow + 1h);
  CHECK(alpha.missing_since == kNow + 1h);
  CHECK(house.admit(kB, "alpha").missing_since == kNow + 1h);
  house.depart(kB);
  CHECK(house.registry.forget_older_than(24h, kNow + 25h).size() == 1);
  CHECK_FALSE(house.admit(kB, "alpha").missing_since.has_value());
}

TEST_CASE("two thousand consoles of one name each have a name and a number") {
  House house;
  house.most = 2000;
  for (int i = 0; i < 2000; ++i) house.admit("uuid-" + std::to_string(i), "alpha");
  CHECK(house.registry.entries().size() == 2000);
  CHECK(house.registry.find("uuid-1999/serial/0")->name == "alpha~2000");
  CHECK(house.registry.find("uuid-1999/serial/0")->number == 2000);
  CHECK(house.admit("one-more", "beta").number == 0);
}
