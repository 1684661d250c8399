// SPDX-License-Identifier: Apache-2.0
#include "loop/mailbox.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "kit/world.hpp"

using namespace charmux;
using namespace charmux::test;

TEST_CASE("what other threads post is called on the loop's thread, each one's in order") {
  World world;
  loop::Mailbox mailbox(world.loop);
  constexpr int kThreads = 4;
  constexpr int kEach = 1000;
  std::vector<std::vector<int>> called(kThreads);
  const auto here = std::this_thread::get_id();
  std::vector<std::thread> threads;
  for (std::size_t n = 0; n < kThreads; ++n) {
    threads.emplace_back([&called, here, n, sender = mailbox.sender()] {
      for (int post = 0; post < kEach; ++post) {
        sender.post([&called, here, n, post] {
          CHECK(std::this_thread::get_id() == here);
          called[n].push_back(post);
        });
      }
    });
  }
  world.run_until("all are called", [&] {
    std::size_t all = 0;
    for (const auto& each : called) all += each.size();
    return all == std::size_t{kThreads} * kEach;
  });
  for (auto& thread : threads) thread.join();
  for (const auto& each : called)
    for (int post = 0; post < kEach; ++post) REQUIRE(each[static_cast<std::size_t>(post)] == post);
}

TEST_CASE("what a call posts is called, too, and the loop turns in between") {
  World world;
  loop::Mailbox mailbox(world.loop);
  int calls = 0;
  const std::function<void()> again = [&] {
    if (++calls < 1000) mailbox.sender().post(again);
  };
  mailbox.sender().post(again);
  world.turn();
  CHECK(calls == 1);
  world.run_until("all are called", [&] { return calls == 1000; });
}

TEST_CASE("what is posted to a mailbox that is gone is dropped, and given up at once") {
  World world;
  std::optional<loop::Mailbox> mailbox(world.loop);
  const loop::Mailbox::Sender sender = mailbox->sender();
  const auto held = std::make_shared<int>(0);
  bool called = false;
  sender.post([&called, held] { called = true; });
  CHECK(held.use_count() == 2);
  mailbox.reset();
  CHECK(held.use_count() == 1);
  std::thread([&] { sender.post([&called, held] { called = true; }); }).join();
  CHECK(held.use_count() == 1);
  CHECK(world.turns_left_alone() < World::kCalm);
  CHECK(!called);
}

TEST_CASE("a mailbox may be destroyed in a call; what came behind it is dropped") {
  World world;
  std::optional<loop::Mailbox> mailbox(world.loop);
  const auto held = std::make_shared<int>(0);
  std::vector<int> called;
  mailbox->sender().post([&] {
    mailbox.reset();
    called.push_back(1);  // what the call holds is still there
  });
  mailbox->sender().post([&called, held] { called.push_back(2); });
  world.run_until("it is gone", [&] { return !mailbox; });
  CHECK(world.turns_left_alone() < World::kCalm);
  CHECK(called == std::vector<int>{1});
  CHECK(held.use_count() == 1);
}

TEST_CASE("what is dropped with a mailbox may post to it") {
  struct PostsWhenDropped {
    explicit PostsWhenDropped(loop::Mailbox::Sender to) : sender(std::move(to)) {}
    PostsWhenDropped(const PostsWhenDropped&) = delete;
    PostsWhenDropped& operator=(const PostsWhenDropped&) = delete;
    ~PostsWhenDropped() {
      sender.post([] {});
    }
    loop::Mailbox::Sender sender;
  };
  World world;
  std::optional<loop::Mailbox> mailbox(world.loop);
  mailbox->sender().post([held = std::make_shared<PostsWhenDropped>(mailbox->sender())] {});
  mailbox.reset();
  CHECK(world.turns_left_alone() < World::kCalm);
}
