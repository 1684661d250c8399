// SPDX-License-Identifier: Apache-2.0
#include "access/passwords.hpp"

#include <doctest/doctest.h>
#include <time.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "access/password_hash.hpp"
#include "kit/log_capture.hpp"
#include "kit/world.hpp"

using namespace charmux;
using namespace charmux::test;
using access::Passwords;
using Verdict = Passwords::Verdict;
using Limits = Passwords::Limits;

namespace {

address::IpBytes ip(const char* text) { return address::parse_network(text).value().address; }

/// Doors that ask: oncall has the password "secret", locked has "!", and open has none.
struct Doors {
  explicit Doors(const Limits& limits = {}) : passwords(std::in_place, world.loop, world.log, limits) {
    oncall.name = "oncall";
    oncall.password = access::hash_password("secret").value();
    locked.name = "locked";
    locked.password = "!" + oncall.password;
    open.name = "open";
  }

  /// Asks, and does not wait for the answer.
  void ask(const config::User* user, const std::string& password, const char* from = "192.0.2.7",
           const std::string& name = "") {
    std::optional<address::IpBytes> address;
    if (from != nullptr) address = ip(from);
    const std::string typed = !name.empty() ? name : user == nullptr ? "nobody" : user->name;
    passwords->check({typed, user, password, address}, wanted, [this](Verdict verdict) { answers.push_back(verdict); });
  }
  /// Asks, and waits.
  Verdict verdict(const config::User* user, const std::string& password, const char* from = "192.0.2.7",
                  const std::string& name = "") {
    const std::size_t before = answers.size();
    ask(user, password, from, name);
    world.run_until("there is an answer", [&] { return answers.size() > before; });
    return answers.back();
  }
  void run_until_answered(std::size_t count) {
    world.run_until("all are answered", [&] { return answers.size() >= count; });
  }
  [[nodiscard]] std::size_t count(Verdict verdict) const {
    return static_cast<std::size_t>(std::count(answers.begin(), answers.end(), verdict));
  }

  World world{LogLevel::info};
  config::User oncall;
  config::User locked;
  config::User open;
  std::shared_ptr<int> wanted = std::make_shared<int>();
  std::vector<Verdict> answers;
  std::optional<Passwords> passwords;
};

}  // namespace

TEST_CASE("the right password is good, and nothing else is") {
  Doors doors;
  CHECK(doors.verdict(&doors.oncall, "secret") == Verdict::good);
  CHECK(doors.verdict(&doors.oncall, "Secret") == Verdict::wrong);
  CHECK(doors.verdict(&doors.oncall, "") == Verdict::wrong);
  CHECK(doors.verdict(&doors.oncall, std::string("secret\0", 7)) == Verdict::wrong);
  CHECK(doors.verdict(&doors.locked, "secret") == Verdict::wrong);
  CHECK(doors.verdict(&doors.open, "") == Verdict::wrong);
  CHECK(doors.verdict(nullptr, "secret") == Verdict::wrong);
}

TEST_CASE("a password or a name that is longer than there may be is wrong") {
  Doors doors;
  const std::string longest(Passwords::kMostPassword, 'x');
  doors.oncall.password = access::hash_password(longest).value();
  CHECK(doors.verdict(&doors.oncall, longest) == Verdict::good);
  CHECK(doors.verdict(&doors.oncall, longest + "x") == Verdict::wrong);
  CHECK(doors.verdict(&doors.oncall, longest, "192.0.2.7", std::string(Passwords::kMostName + 1, 'n')) ==
        Verdict::wrong);
}

TEST_CASE("the loop goes on while a password is looked at, one at a time") {
  Doors doors;
  for (int i = 0; i < 5; ++i) doors.ask(&doors.oncall, "secret");
  CHECK(doors.answers.empty());
  int turns = 0;
  doors.world.run_until("all are answered", [&] {
    ++turns;
    return doors.answers.size() == 5;
  });
  CHECK(doors.count(Verdict::good) == 5);
  CHECK(turns > 20);
}

TEST_CASE("hashes take a third of a processor at most, however many wait") {
  Doors doors;
  const auto processor = [] {
    timespec used{};
    REQUIRE(::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == 0);
    return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
  };
  const auto used = processor();
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < 15; ++i) doors.ask(&doors.oncall, "wrong", "192.0.2.7");
  doors.run_until_answered(15);
  // The loop's own turns are in it, too; without the rest it is all of one.
  CHECK((processor() - used) * 10 < (std::chrono::steady_clock::now() - began) * 5);
}

TEST_CASE("a login that comes while there is a rest is looked at after it") {
  Doors doors({20, 60, 0});
  CHECK(doors.verdict(&doors.oncall, "wrong") == Verdict::wrong);
  CHECK(doors.verdict(&doors.oncall, "secret") == Verdict::good);
}

TEST_CASE("who tries too often from an address is refused at once, and others are not") {
  Doors doors({3, 60, 16});
  for (int i = 0; i < 3; ++i) CHECK(doors.verdict(&doors.oncall, "wrong") == Verdict::wrong);
  doors.ask(&doors.oncall, "secret");
  REQUIRE(doors.answers.size() == 4);  // unlooked at: the answer came from inside
  CHECK(doors.answers.back() == Verdict::too_often);
  CHECK(doors.verdict(&doors.oncall, "secret", "192.0.2.8") == Verdict::good);
}

TEST_CASE("of IPv6 a whole /64 is one address") {
  Doors doors({2, 60, 16});
  CHECK(doors.verdict(&doors.oncall, "wrong", "2001:db8:0:1::1") == Verdict::wrong);
  CHECK(doors.verdict(&doors.oncall, "wrong", "2001:db8:0:1::2") == Verdict::wrong);
  CHECK(doors.verdict(&doors.oncall, "wrong", "2001:db8:0:1:ffff::") == Verdict::too_often);
  CHECK(doors.verdict(&doors.oncall, "wrong", "2001:db8:0:2::1") == Verdict::wrong);
}

TEST_CASE("a success gives its address the tries back") {
  Doors doors({3, 60, 16});
  for (int i = 0; i < 2; ++i) CHECK(doors.verdict(&doors.oncall, "wrong") == Verdict::wrong);
  CHECK(doors.verdict(&doors.oncall, "secret") == Verdict::good);
  for (int i = 0; i < 3; ++i) CHECK(doors.verdict(&doors.oncall, "wrong") == Verdict::wrong);
  CHECK(doors.verdict(&doors.oncall, "wrong") == Verdict::too_often);
}

TEST_CASE("who is tried too often is refused from everywhere, whether he is a user or not") {
  Doors doors({20, 2, 16});
  CHECK(doors.verdict(&doors.oncall, "wrong", "192.0.2.1") == Verdict::wrong);
  CHECK(doors.verdict(&doors.oncall, "wrong", nullptr) == Verdict::wrong);
  CHECK(doors.verdict(&doors.oncall, "secret", "192.0.2.3") == Verdict::too_often);
  CHECK(doors.verdict(&doors.oncall, "secret", nullptr) == Verdict::too_often);
  for (int i = 0; i < 2; ++i) CHECK(doors.verdict(nullptr, "x", "192.0.2.1", "ghost") == Verdict::wrong);
  CHECK(doors.verdict(nullptr, "x", "192.0.2.2", "ghost") == Verdict::too_often);
}

TEST_CASE("this machine's own address is none to be limited") {
  Doors doors({1, 60, 16});
  for (int i = 0; i < 3; ++i) CHECK(doors.verdict(&doors.oncall, "wrong", nullptr) == Verdict::wrong);
}

TEST_CASE("another limit holds for the next try") {
  Doors doors({1, 60, 16});
  CHECK(doors.verdict(&doors.oncall, "wrong") == Verdict::wrong);
  CHECK(doors.verdict(&doors.oncall, "wrong") == Verdict::too_often);
  doors.passwords->set_limits({0, 60, 16});
  CHECK(doors.verdict(&doors.oncall, "secret", "192.0.2.8") == Verdict::too_often);
  doors.passwords->set_limits({20, 60, 0});
  doors.ask(&doors.oncall, "secret", "192.0.2.9");
  CHECK(doors.verdict(&doors.oncall, "secret", "192.0.2.9") == Verdict::busy);
  doors.run_until_answered(5);
}

TEST_CASE("where too many wait the next is refused at once, and those who wait are answered in their order") {
  Doors doors({100, 100, 4});
  for (int i = 0; i < 8; ++i) doors.ask(&doors.oncall, i == 4 ? "wrong" : "secret");
  CHECK(doors.answers == std::vector<Verdict>{Verdict::busy, Verdict::busy, Verdict::busy});
  doors.run_until_answered(8);
  CHECK(doors.answers == std::vector<Verdict>{Verdict::busy, Verdict::busy, Verdict::busy, Verdict::good, Verdict::good,
                                              Verdict::good, Verdict::good, Verdict::wrong});
}

TEST_CASE("whoever has gone is not answered, and his place is free") {
  Doors doors({100, 100, 2});
  doors.ask(&doors.oncall, "secret");
  auto others = std::make_shared<int>();
  bool answered = false;
  for (int i = 0; i < 2; ++i)
    doors.passwords->check({"oncall", &doors.oncall, "secret", ip("192.0.2.9")}, others,
                           [&](Verdict) { answered = true; });
  others.reset();
  doors.ask(&doors.oncall, "secret");
  doors.run_until_answered(2);
  CHECK(doors.answers == std::vector<Verdict>{Verdict::good, Verdict::good});
  CHECK_FALSE(answered);
}

TEST_CASE("who goes while his password is looked at is not answered") {
  Doors doors;
  doors.ask(&doors.oncall, "secret");
  doors.wanted.reset();
  doors.wanted = std::make_shared<int>();
  doors.ask(&doors.oncall, "wrong");
  doors.run_until_answered(1);
  CHECK(doors.answers == std::vector<Verdict>{Verdict::wrong});
}

TEST_CASE("it can be destroyed while a password is looked at and others wait") {
  Doors doors;
  for (int i = 0; i < 4; ++i) doors.ask(&doors.oncall, "secret");
  doors.passwords.reset();
  doors.world.run_until("the thread has ended", [&] { return !doors.world.loop.has_pending_work(); });
  CHECK(doors.answers.empty());
}

TEST_CASE("it can be destroyed by its own answer") {
  Doors doors;
  bool answered = false;
  doors.passwords->check({"oncall", &doors.oncall, "secret", {}}, doors.wanted, [&](Verdict) {
    doors.passwords.reset();
    answered = true;
  });
  doors.ask(&doors.oncall, "secret");
  doors.world.run_until("it is answered", [&] { return answered; });
  doors.world.run_until("the thread has ended", [&] { return !doors.world.loop.has_pending_work(); });
  CHECK(doors.answers.empty());
}

TEST_CASE("an answer may ask again") {
  Doors doors;
  doors.passwords->check({"oncall", &doors.oncall, "wrong", {}}, doors.wanted,
                         [&](Verdict) { doors.ask(&doors.oncall, "secret"); });
  doors.run_until_answered(1);
  CHECK(doors.answers.back() == Verdict::good);
}

TEST_CASE(
    "ten thousand tries are a few lines in the log, with their number and without a password or a stranger's name") {
  Doors doors({20, 60, 16});
  const LogCapture log(doors.world.directory / "log");
  for (int i = 0; i < 10000; ++i) {
    doors.ask(nullptr, "PASSWORD", "192.0.2.7", "typed-too-early");
    if (i % 100 == 0) doors.world.turn();
  }
  doors.run_until_answered(10000);
  CHECK(doors.verdict(&doors.oncall, "PASSWORD", "192.0.2.8") == Verdict::wrong);
  CHECK(log.count("\n") <= 4);
  CHECK(log.count("login of an unknown user from 192.0.2.7 refused: more than 20 tries in a minute from there") == 1);
  CHECK(log.count("login of an unknown user from 192.0.2.7 refused: wrong name or password") == 1);
  doors.passwords.reset();
  CHECK(log.count("\n") <= 8);
  CHECK(log.has("refused 9979 more logins: too many tries from one address"));
  CHECK_FALSE(log.has("PASSWORD"));
  CHECK_FALSE(log.has("typed-too-early"));
}

TEST_CASE("the log says which user was refused, and how it came from this machine") {
  Doors doors({20, 1, 0});
  const LogCapture log(doors.world.directory / "log");
  CHECK(doors.verdict(&doors.locked, "x", nullptr) == Verdict::wrong);
  CHECK(log.has("login of user locked, here refused: wrong name or password"));
  CHECK(doors.verdict(&doors.locked, "x", "2001:db8::1") == Verdict::too_often);
  CHECK(log.has("login of user locked from 2001:db8::1 refused: more than 1 tries in a minute for that name"));
  doors.ask(&doors.oncall, "secret");
  CHECK(doors.verdict(&doors.open, "x") == Verdict::busy);
  CHECK(log.has("login of user open from 192.0.2.7 refused: 0 others wait"));
  doors.run_until_answered(4);
}
