// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <limits.h>

#include <memory>

#include "backend/fifos.hpp"
#include "backend/line.hpp"
#include "kit/privileges.hpp"
#include "kit/sink.hpp"
#include "kit/texts.hpp"
#include "kit/world.hpp"

using namespace charmux;
using namespace charmux::test;
using backend::State;
using namespace std::chrono_literals;

namespace {

struct AtPipe {
  explicit AtPipe(backend::Patience patience = impatient()) : line(world.loop, patience, fixed(address::Pipe{path})) {}
  World world;
  const std::string path = world.directory / "vm";
  const std::string in = path + ".in";
  const std::string out = path + ".out";
  backend::Line line;
  std::unique_ptr<RecordingSink> sink;

  void make_two() {
    make_fifo(in);
    make_fifo(out);
  }
  void start() { sink = std::make_unique<RecordingSink>(line); }
  void wait_for(State state) {
    world.run_until("the backend's state", [&] { return sink->reached(state); });
  }
  std::string why(State state) {
    start();
    wait_for(state);
    CHECK(world.turns_left_alone() < World::kCalm);
    return sink->reason();
  }
};

}  // namespace

TEST_CASE("a pipe without FIFOs is waited for, and how to make them is said") {
  AtPipe at;
  CHECK(at.why(State::closed) == at.out + ": No such file or directory; mkfifo " + at.path + ".in " + at.path +
                                     ".out, and start QEMU with -chardev pipe,path=" + at.path);
  at.make_two();
  const Connection in = open_fifo(at.in), out = open_fifo(at.out);
  at.wait_for(State::open);
}

TEST_CASE("a pipe whose FIFOs nobody has open is waited for, without a wait") {
  AtPipe at;
  at.make_two();
  CHECK(at.why(State::closed) == at.in + ": no QEMU has it open");
  const Connection in = open_fifo(at.in), out = open_fifo(at.out);
  at.wait_for(State::open);
}

TEST_CASE("a pipe of one FIFO is waited for until somebody writes, and its first byte is not lost") {
  // So patient that only the byte can be what it opens for.
  AtPipe at({200ms, 10min, 10min});
  make_fifo(at.path);
  CHECK(at.why(State::closed) == at.path + ": nobody writes into it");
  {
    Connection qemu = open_fifo(at.path);
    qemu.write("booting\n");
    at.wait_for(State::open);
    at.world.run_until("all has come", [&] { return at.sink->received == "booting\n"; });
  }
  at.wait_for(State::closed);
  CHECK(at.world.turns_left_alone() < World::kCalm);
}

TEST_CASE("one who opens a pipe's one FIFO and leaves without a word does not busy the loop") {
  AtPipe at({200ms, 10min, 10min});
  make_fifo(at.path);
  at.start();
  at.wait_for(State::closed);
  open_fifo(at.path).close();
  CHECK(at.world.turns_left_alone() < World::kCalm);
}

TEST_CASE("what is typed into a pipe of one FIFO goes nowhere, and does not come back") {
  AtPipe at;
  make_fifo(at.path);
  Connection qemu = open_fifo(at.path);
  at.start();
  at.wait_for(State::open);
  at.sink->write("root\n");
  qemu.write("login: ");
  at.world.run_until("its output has come", [&] { return at.sink->received.size() >= 7; });
  CHECK(at.sink->received == "login: ");
  CHECK(at.sink->unsent == "root\n");
  CHECK(at.world.turns_left_alone() < World::kCalm);
}

TEST_CASE("what waited in a pipe's FIFO before is read, and how much it was is known") {
  AtPipe at;
  at.make_two();
  const Connection in = open_fifo(at.in);
  Connection out = open_fifo(at.out);
  out.write("printed before charmux came\n");
  at.start();
  at.wait_for(State::open);
  CHECK(at.line.leftover() == 28);
  at.world.run_until("it has come", [&] { return at.sink->received == "printed before charmux came\n"; });
}

TEST_CASE("what is no FIFO is refused, and not opened") {
  AtPipe at;
  SUBCASE("of two") {
    make_fifo(at.in);
    std::filesystem::create_symlink("/dev/null", at.out);
    CHECK(at.why(State::refused) == at.out + " is not a FIFO; make one with mkfifo, and start QEMU anew");
  }
  SUBCASE("the one") {
    std::filesystem::create_directory(at.path);
    CHECK(at.why(State::refused) == at.path + " is not a FIFO; make one with mkfifo, and start QEMU anew");
  }
}

TEST_CASE("a FIFO that one has no permission for is refused with what to do") {
  AtPipe at;
  at.make_two();
  ::chmod(at.out.c_str(), 0);
  const WithoutPrivileges like_anybody;
  CHECK(at.why(State::refused) == at.out + ": Permission denied; run charmuxd as root or as the owner of the FIFO");
}

TEST_CASE("a reader that is gone from PATH.in ends a pipe, behind all that was printed") {
  AtPipe at;
  at.make_two();
  Connection in = open_fifo(at.in), out = open_fifo(at.out);
  at.start();
  at.wait_for(State::open);
  SUBCASE("while nobody types") {}
  SUBCASE("while typing waits") { at.sink->write(numbered_lines(0, 20000)); }
  SUBCASE("while it is held") { at.line.hold(true); }
  out.write("last words");
  in.close();
  (void)at.world.turns_left_alone();
  at.line.hold(false);
  at.wait_for(State::closed);
  CHECK(at.sink->received == "last words");
  CHECK(at.sink->reason() == at.out + ": its other side was closed");
  CHECK(at.world.turns_left_alone() < World::kCalm);
}

TEST_CASE("a full FIFO is writable again when it takes a whole piece, so that small ones are not tried in vain") {
  AtPipe at;
  at.make_two();
  Connection in = open_fifo(at.in);
  const Connection out = open_fifo(at.out);
  at.start();
  at.wait_for(State::open);
  std::string typed;
  while (at.sink->unsent.empty()) {
    typed += numbered_lines(0, 300);
    at.sink->write(numbered_lines(0, 300));
  }
  // Less than a page free: nothing more goes, and that is not looked at again and again.
  CHECK(in.take(PIPE_BUF / 2) == PIPE_BUF / 2);
  CHECK(at.world.turns_left_alone() < World::kCalm);
  at.world.run_until("all has come to the guest", [&] {
    in.poll();
    return in.received().size() >= typed.size();
  });
  CHECK(in.received() == typed);
}
