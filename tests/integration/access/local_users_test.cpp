// SPDX-License-Identifier: Apache-2.0
#include "access/local_users.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "kit/name_service.hpp"
#include "kit/world.hpp"

using namespace charmux;
using namespace charmux::access;
using namespace charmux::test;

namespace {

/// No distribution gives it to anybody.
constexpr uid_t kNobodys = 3'999'999'999;

struct Asking {
  void ask(uid_t uid, const std::shared_ptr<const int>& wanted) {
    users->ask(uid, wanted, [this](const Person& person) { answers.push_back(person.name); });
  }
  void wait_answers(std::size_t count) {
    world.run_until("they are known", [&] { return answers.size() >= count; });
  }
  void wait_asked(std::size_t count) {
    world.run_until("the name service is asked", [&] { return names.asked().size() >= count; });
  }

  World world;
  NameService names;
  std::shared_ptr<const int> here = std::make_shared<const int>();
  std::vector<std::string> answers;
  std::unique_ptr<LocalUsers> users = std::make_unique<LocalUsers>(world.loop, names.look());
};

}  // namespace

TEST_CASE("root is known by name, and has his groups") {
  const Person root = local_user(0);
  CHECK(root.kind == Person::Kind::local);
  CHECK(root.name == "root");
  CHECK(std::count(root.groups.begin(), root.groups.end(), "root") == 1);
  CHECK(local_name(0) == "root");
  CHECK(local_group("root") == gid_t{0});
}

TEST_CASE("a uid without a name is called by its number, and is in no group") {
  const Person nobody = local_user(kNobodys);
  CHECK(nobody.kind == Person::Kind::local);
  CHECK(nobody.name == "uid 3999999999");
  CHECK(nobody.groups.empty());
  CHECK(local_name(kNobodys) == "uid 3999999999");
  CHECK_FALSE(local_group("no group of that name"));
}

TEST_CASE("one look-up runs at a time, and those for one uid share it") {
  Asking it;
  for (const uid_t uid : {1U, 2U, 3U}) it.names.add(uid, std::string(1, static_cast<char>('a' + uid - 1)));
  it.names.hang();
  for (const uid_t uid : {1U, 2U, 1U, 3U, 2U}) it.ask(uid, it.here);
  it.wait_asked(1);
  (void)it.world.turns_left_alone();
  CHECK(it.names.asked() == std::vector<uid_t>{1});
  CHECK(it.answers.empty());
  it.names.go_on();
  it.wait_answers(5);
  // He who came again while the first look-up ran was looked up again: what that found may have been old.
  CHECK(it.names.asked() == std::vector<uid_t>{1, 2, 1, 3});
  CHECK(it.answers == std::vector<std::string>{"a", "b", "b", "a", "c"});
}

TEST_CASE("who has gone is not looked up any more, and is not answered") {
  Asking it;
  it.names.hang();
  auto gone = std::make_shared<const int>();
  it.ask(1, gone);
  it.ask(2, gone);
  it.ask(3, it.here);
  it.wait_asked(1);
  gone.reset();
  it.names.go_on();
  it.wait_answers(1);
  CHECK(it.answers == std::vector<std::string>{"uid 3"});
  CHECK(it.names.asked() == std::vector<uid_t>{1, 3});
}

TEST_CASE("nobody is answered by one that is no more, and the thread that still looks harms nothing") {
  Asking it;
  it.names.hang();
  it.ask(1, it.here);
  it.wait_asked(1);
  it.users.reset();
  CHECK(it.world.loop.has_pending_work());
  it.names.go_on();
  it.world.run_until("the thread is done", [&] { return !it.world.loop.has_pending_work(); });
  CHECK(it.answers.empty());
}
