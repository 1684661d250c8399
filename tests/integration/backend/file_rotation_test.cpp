// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <memory>

#include "kit/followed_log.hpp"
#include "kit/hung_disk.hpp"
#include "kit/privileges.hpp"
#include "kit/texts.hpp"

using namespace charmux;
using namespace charmux::test;
using backend::State;

TEST_CASE("rotation in the middle of a flood loses no byte: the old file is read to its end first") {
  AtFile at;
  auto writer = std::make_unique<LogWriter>(at.path);
  at.opened();
  std::string all;
  for (int round = 0; round < 40; ++round) {
    const auto write = [&](int from, int to) {
      const std::string lines = numbered_lines(round * 10'000 + from, round * 10'000 + to);
      writer->write(lines);
      all += lines;
    };
    const std::size_t before = all.size();
    write(0, 4'000);
    // Two rotations in one moment would take a file away that nobody has seen.
    at.world.run_until("the new file is read", [&] { return at.sink->received.size() > before; });
    std::filesystem::rename(at.path, at.path + ".1");
    // Its writer is told later.
    write(4'000, 8'000);
    if (round % 2 == 0) at.world.turn();
    if (round % 3 == 0) (void)LogWriter(at.path);
    if (round % 4 == 0) at.world.turn();
    write(8'000, 10'000);
    writer = std::make_unique<LogWriter>(at.path);
  }
  writer->write("the end\n");
  at.wait_received(all + "the end\n");
  CHECK(at.sink->states.size() == 1);
  CHECK(at.sink->remarks.empty());
}

TEST_CASE("a renamed file is read on as long as nothing is in the new one") {
  AtFile at;
  LogWriter qemu(at.path);
  at.opened();
  std::filesystem::rename(at.path, at.path + ".1");
  const LogWriter empty(at.path);
  CHECK(at.world.turns_left_alone() < World::kCalm);
  qemu.write("QEMU never asks for its name again\n");
  at.wait_received("QEMU never asks for its name again\n");
}

TEST_CASE("a file that is truncated is read from its beginning, which is said") {
  AtFile at;
  LogWriter qemu(at.path);
  qemu.write("the first part\n");
  at.opened();
  at.wait_received("the first part\n");
  std::filesystem::resize_file(at.path, 0);
  at.world.run_until("it is noticed", [&] { return !at.sink->remarks.empty(); });
  CHECK(at.sink->remarks.front() ==
        at.path + " was truncated: read from its beginning; what came last before is perhaps lost");
  qemu.write("the second part, longer\n");
  at.wait_received("the first part\nthe second part, longer\n");
  CHECK(at.sink->states.size() == 1);
}

TEST_CASE("the hole that a writer leaves who goes on where it was in a truncated file is not read as NUL bytes") {
  for (const int size : {100, 1'000'000}) {
    AtFile at;
    LogWriter qemu(at.path, 0);
    const std::string first(static_cast<std::size_t>(size), 'x');
    at.opened();
    qemu.write(first);
    at.wait_received(first);
    std::filesystem::resize_file(at.path, 0);
    at.world.run_until("it is noticed", [&] { return !at.sink->remarks.empty(); });
    qemu.write("and on");
    at.wait_received(first + "and on");
    qemu.write(std::string("\0, NUL", 6));
    at.wait_received(first + "and on" + std::string("\0, NUL", 6));
  }
}
