// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <memory>

#include "backend/line.hpp"
#include "charmux/base/unique_fd.hpp"
#include "kit/sink.hpp"
#include "kit/texts.hpp"
#include "kit/world.hpp"

using namespace charmux;
using namespace charmux::test;
using backend::State;

namespace {

/// A program of the test's, on a pty.
struct AtProgram {
  explicit AtProgram(std::vector<std::string> words)
      : line(std::make_unique<backend::Line>(world.loop, impatient(),
                                             fixed(address::Exec{"program", std::move(words), 132, 43}))) {}
  explicit AtProgram(const std::string& script) : AtProgram(std::vector<std::string>{"/bin/sh", "-c", script}) {}

  World world;
  std::unique_ptr<backend::Line> line;
  std::unique_ptr<RecordingSink> sink;

  void start() { sink = std::make_unique<RecordingSink>(*line); }
  void wait_for(State state) {
    world.run_until("the backend's state", [&] { return sink->reached(state); });
  }
  void wait_output(const std::string& text) {
    world.run_until(text.c_str(), [&] { return sink->received.find(text) != std::string::npos; });
  }
  /// The number behind `name` in its output.
  [[nodiscard]] pid_t number(const std::string& name) {
    wait_output(name + "=");
    const auto end = [&] { return sink->received.find('\r', sink->received.find(name + "=")); };
    world.run_until("the whole number", [&] { return end() != std::string::npos; });
    return std::stoi(sink->received.substr(sink->received.find(name + "=") + name.size() + 1));
  }
  void stop() {
    line->stop();
    world.run_until("it has stopped", [&] { return line->stopped(); });
  }
};

bool exists(pid_t pid) { return ::kill(pid, 0) == 0; }

/// Dead, though perhaps a zombie of whoever inherits it.
bool is_dead(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(stat, text);
  return text.empty() || text.find(") Z ") != std::string::npos || text.find(") X ") != std::string::npos;
}

bool has_children() {
  siginfo_t info{};
  return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

}  // namespace

TEST_CASE("a program leads a session on a terminal of the size that was asked for, cooked, with echo") {
  AtProgram at(
      "tty; stty size; stty -a | tr '\\n' ' '; ps -o sid= -o tpgid= -p $$ | sed 's/^ */ids /; s/  */ /g'; echo pid=$$; "
      "cat");
  at.start();
  at.wait_for(State::open);
  const std::string pid = std::to_string(at.number("pid"));
  CHECK(at.sink->received.rfind("/dev/pts/", 0) == 0);
  CHECK(at.sink->received.find("\r\n43 132\r\n") != std::string::npos);
  for (const std::string setting : {" icanon", " isig", " echo ", " opost", " onlcr", " icrnl"}) {
    CAPTURE(setting);
    CHECK(at.sink->received.find(setting) != std::string::npos);
  }
  CHECK(at.sink->received.find("ids " + pid + " " + pid + "\r\n") != std::string::npos);
  at.sink->write("hello\r");
  at.wait_output("hello\r\nhello\r\n");
}

TEST_CASE("its interrupt key interrupts it, and what it inherits is no signal that is ignored and no descriptor") {
  const UniqueFd any(::open("/dev/null", O_RDONLY));
  const UniqueFd inheritable(::fcntl(any.get(), F_DUPFD, 77));
  REQUIRE(inheritable.get() == 77);
  AtProgram at(
      "trap 'echo interrupted; exit 7' INT; grep SigIgn /proc/self/status; grep SigBlk /proc/self/status; "
      "[ -e /proc/$$/fd/77 ] || echo nothing inherited; echo ready; cat");
  at.start();
  at.wait_output("ready");
  INFO(at.sink->received);
  // Of the C library's own, 32 and 33, it may say what it likes.
  const std::size_t ignored = at.sink->received.find("SigIgn:\t");
  REQUIRE(ignored != std::string::npos);
  CHECK((std::stoull(at.sink->received.substr(ignored + 8, 16), nullptr, 16) & 0x7FFFFFFFU) == 0);
  CHECK(at.sink->received.find("SigBlk:\t0000000000000000") != std::string::npos);
  CHECK(at.sink->received.find("nothing inherited") != std::string::npos);
  // Not before cat runs: a shell that is just about to run it may take the key for itself.
  at.sink->write("is cat there?\r");
  at.wait_output("is cat there?\r\nis cat there?\r\n");
  at.sink->write("\x03");
  at.wait_output("interrupted");
  at.wait_for(State::closed);
  CHECK(at.sink->reason() == "exec:program ended with status 7");
}

TEST_CASE("all that a program printed before it ended is read, then how it ended is told, and it is started again") {
  AtProgram at("seq 100000 108191; exit 3");
  at.start();
  at.wait_for(State::open);
  at.wait_for(State::closed);
  CHECK(at.sink->reason() == "exec:program ended with status 3");
  CHECK(at.line->ended_as() == "ended with status 3");
  CHECK(count_of("\r\n", at.sink->received) == 8192);
  CHECK(at.sink->received.substr(at.sink->received.size() - 8) == "108191\r\n");
  at.wait_for(State::open);
  at.wait_for(State::closed);
  CHECK(count_of("\r\n", at.sink->received) == 16384);
}

TEST_CASE("a program that was killed is told as such") {
  AtProgram at("kill -9 $$");
  at.start();
  at.wait_for(State::closed);
  CHECK(at.sink->reason() == "exec:program was killed by signal 9 (Killed)");
}

TEST_CASE("a program that ends while the console is held is met when it may go on") {
  AtProgram at("read go; printf 'some output'; exit 0");
  at.start();
  at.wait_for(State::open);
  at.line->hold(true);
  at.sink->write("\r");
  CHECK(at.world.turns_left_alone() < World::kCalm);
  CHECK_FALSE(at.sink->reached(State::closed));
  at.line->hold(false);
  at.wait_for(State::closed);
  CHECK(at.sink->received == "\r\nsome output");
}

TEST_CASE("what cannot be run is said, with what to do") {
  const TempDir files;
  for (const char* name : {"no-program", "no-first-line"}) std::ofstream(files / name) << "echo hello\n";
  ::chmod((files / "no-first-line").c_str(), 0700);
  const struct {
    std::vector<std::string> words;
    std::string reason;
  } rows[] = {
      {{"/no/such"}, "exec:program: No such file or directory; give the program's absolute path"},
      {{"no-such-program"}, "exec:program: No such file or directory; give the program's absolute path"},
      {{files / "no-program"},
       "exec:program: Permission denied; make it executable, or run charmuxd as a user that may run it"},
      {{files / "no-first-line"}, "exec:program: Exec format error; a script begins with #! and its interpreter"},
      {{"/"}, "exec:program: Permission denied; make it executable, or run charmuxd as a user that may run it"},
  };
  for (const auto& row : rows) {
    AtProgram at(row.words);
    at.start();
    at.wait_for(State::refused);
    CHECK(at.sink->reason() == row.reason);
    CHECK_FALSE(has_children());
  }
}

TEST_CASE("a name without a slash is looked for in PATH; words are not split again") {
  AtProgram at(std::vector<std::string>{"printf", "<%s>", "a b", "", "$HOME"});
  at.start();
  at.wait_output("<a b><><$HOME>");
}

TEST_CASE("a program that closes its terminal and opens it again, as login does, goes on") {
  AtProgram at("t=$(tty); exec </dev/null >/dev/null 2>&1; sleep 0.05; exec <$t >$t 2>&1; echo back; cat");
  at.start();
  at.wait_output("back");
  CHECK_FALSE(at.sink->reached(State::closed));
}

TEST_CASE("a program that is put down is hung up, and nothing is left of it; opened again, it is a new one") {
  AtProgram at("trap 'echo >$HOME/hung-up; exit 0' HUP; sleep 600 & echo pid=$$; wait");
  ::setenv("HOME", (at.world.directory / "").c_str(), 1);
  at.start();
  const pid_t pid = at.number("pid");
  at.line->put_down("put down by root");
  at.wait_for(State::down);
  at.world.run_until("it is gone", [&] { return !exists(pid); });
  CHECK(::access((at.world.directory / "hung-up").c_str(), F_OK) == 0);
  at.world.run_until("nothing is left", [&] { return !has_children(); });
  at.line->reopen();
  at.wait_for(State::open);
}

TEST_CASE("nothing is left of a program that ignores being hung up, nor of its jobs in groups of their own") {
  const char* const kStubborn =
      "trap '' HUP TERM; set -m; (echo job=$(exec sh -c 'echo $PPID'); exec sleep 600) & "
      "sleep 0.05; echo pid=$$; while :; do sleep 600; done";
  AtProgram at(kStubborn);
  at.start();
  const pid_t pid = at.number("pid"), job = at.number("job");
  SUBCASE("when it is stopped") {
    at.stop();
    CHECK_FALSE(exists(pid));
  }
  SUBCASE("when it is destroyed") { at.line.reset(); }
  at.world.run_until("both are dead", [&] { return is_dead(pid) && is_dead(job); });
}

TEST_CASE("what a program leaves running when it ends does not outlive it") {
  AtProgram at("set -m; sleep 600 & echo job=$!; exit 0");
  at.start();
  const pid_t job = at.number("job");
  at.world.run_until("its job is dead", [&] { return is_dead(job); });
}

TEST_CASE("programs that end at once leave no zombies") {
  AtProgram at("exit 1");
  at.start();
  for (int times = 0; times < 5; ++times) at.wait_for(State::closed);
  at.stop();
  CHECK_FALSE(has_children());
}

TEST_CASE("a program gets no break, which is said") {
  AtProgram at("cat");
  at.start();
  at.wait_for(State::open);
  std::string answer;
  at.line->send_break([&](const Status& status) { answer = status.error().text; });
  CHECK(answer == "no break: a program on a pty gets none; type its interrupt key");
}
