// SPDX-License-Identifier: Apache-2.0
#include "console/second_readers.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <optional>

#include "backend/line.hpp"
#include "charmux/history/ring.hpp"
#include "console/fanout.hpp"
#include "kit/chardev.hpp"
#include "kit/log_capture.hpp"
#include "kit/other_process.hpp"
#include "kit/world.hpp"

using namespace charmux;
using namespace charmux::test;

namespace {

/// One who watches, and keeps what he is told of other readers.
class Watcher final : private console::Wire {
 public:
  explicit Watcher(console::Console& console) : viewer_(console, wire(), {}, {"somebody", "a door", {}}) {}
  std::vector<std::string> told;

 private:
  Wire& wire() { return *this; }
  Sent send(BytesView bytes, std::uint64_t) override { return {bytes.size(), false}; }
  void tell(std::string_view notice, bool) override {
    if (notice.find("read by") != std::string_view::npos) told.emplace_back(notice);
  }
  bool flush() override { return true; }
  void input_may_go_on() override {}
  void finished() override {}
  void expire(const std::string&) override {}
  console::Viewer viewer_;
};

const console::SecondReaders::Settings kOften{std::chrono::milliseconds(20), std::chrono::milliseconds(5)};

/// A console at the pty of a guest.
struct AtPty {
  explicit AtPty(const console::SecondReaders::Settings& times = kOften)
      : readers(world.loop, world.log, consoles, times),
        console(consoles.add(std::make_unique<console::Console>(
            console::Console::Settings{"alpha", 32 * KiB, 4 * KiB, std::chrono::milliseconds(50), 1 * MiB,
                                       std::chrono::milliseconds(0), nullptr,
                                       [this](const console::Console& it) { readers.opened(it); }},
            std::move(history::Ring::open(world.directory / "alpha.ring", 64 * KiB)->ring),
            std::make_unique<backend::Line>(
                world.loop,
                backend::Patience{std::chrono::seconds(5), std::chrono::milliseconds(2), std::chrono::milliseconds(20)},
                std::make_unique<backend::FixedPlace>(address::Pty{link})),
            fanout, world.log))) {
    std::filesystem::create_symlink(qemu->slave(), link);
    console.start();
    run_until("it is open", [&] { return console.is_open(); });
  }
  template <class Holds>
  void run_until(const char* what, Holds holds) {
    world.run_until(what, holds);
  }
  [[nodiscard]] static std::string named(const OtherProcess& cat) { return "cat, pid " + std::to_string(cat.pid()); }

  World world{LogLevel::info};
  const LogCapture log{world.directory / "log"};
  const std::string link = world.directory / "pty";
  std::optional<PtyMaster> qemu{std::in_place};
  console::Fanout fanout{world.loop};
  console::Directory consoles;
  console::SecondReaders readers;
  console::Console& console;
};

}  // namespace

TEST_CASE(
    "who else reads a console's pty is said to the log, to those who watch and by the console; and that it is over") {
  AtPty at;
  Watcher watcher(at.console);
  std::optional<OtherProcess> cat(std::in_place, std::vector<std::string>{"cat"}, at.qemu->slave());
  const std::string who = AtPty::named(*cat);
  at.run_until("it is said", [&] { return !at.console.also_read_by().empty() && !watcher.told.empty(); });
  CHECK(at.console.also_read_by() == who);
  CHECK(at.console.remark() == "also read by " + who);
  CHECK(at.console.condition() == "also read by " + who);
  CHECK(watcher.told ==
        std::vector<std::string>{"[charmux: alpha is also read by " + who + ": output is torn between the two]"});
  const std::string line =
      "console alpha: its pty " + at.link + " is also read by " + who + ": output is torn between the two\n";
  CHECK(at.log.count(line) == 1);
  // Beside what else there is to say of it.
  at.console.set_remark("log stopped: disk full");
  CHECK(at.console.remark() == "log stopped: disk full; also read by " + who);
  at.console.set_remark({});

  cat.reset();
  at.run_until("that it is over", [&] { return at.console.also_read_by().empty() && watcher.told.size() == 2; });
  CHECK(at.console.remark().empty());
  CHECK(watcher.told[1] == "[charmux: alpha is read by nobody else any more]");
  CHECK(at.log.count(line) == 1);
  CHECK(at.log.has("console alpha: its pty " + at.link + " is read by nobody else any more\n"));
}

TEST_CASE("two other readers are both named") {
  AtPty at;
  const OtherProcess first({"cat"}, at.qemu->slave());
  const OtherProcess second({"cat"}, at.qemu->slave());
  const auto [low, high] = std::minmax({first.pid(), second.pid()});
  const std::string who = fmt::format("cat, pid {} and cat, pid {}", low, high);
  at.run_until("both are said", [&] { return at.console.also_read_by() == who; });
  CHECK(at.log.has("is also read by " + who + ": output is torn between them\n"));
}

TEST_CASE("what is closed is read by nobody else, and what is opened again is looked at anew") {
  AtPty at;
  const OtherProcess cat({"cat"}, at.qemu->slave());
  at.run_until("it is said", [&] { return !at.console.also_read_by().empty(); });
  at.console.put_down({"root", "a door", {}});
  at.run_until("it is down", [&] { return !at.console.is_open(); });
  CHECK(at.console.also_read_by().empty());
  CHECK(at.console.condition() == "put down by root");
  at.console.reopen({"root", "a door", {}});
  at.run_until("it is said again", [&] { return !at.console.also_read_by().empty(); });
}

TEST_CASE("one that only passes by is not told") {
  std::atomic<int> looks = 0;
  console::SecondReaders::Settings settings = kOften;
  settings.scan = [&](const std::vector<backend::PtyDevice>& ptys) {
    const std::string who = ++looks % 2 == 1 ? "stty, pid 812" : "stty, pid 813";
    return std::vector<std::vector<std::string>>(ptys.size(), {who});
  };
  AtPty at(settings);
  at.run_until("it has been looked at often", [&] { return looks > 6; });
  CHECK(at.console.also_read_by().empty());
}

TEST_CASE("nothing runs while no pty is open") {
  AtPty at({std::chrono::milliseconds(1), std::chrono::milliseconds(1), backend::pty_readers});
  at.console.put_down({"root", "a door", {}});
  at.run_until("it is down", [&] { return !at.console.is_open(); });
  at.run_until("it is closed", [&] { return !at.console.pty(); });
  at.run_until("the last look is over", [&] { return at.world.turns_left_alone() < World::kCalm; });
  CHECK(at.world.turns_left_alone() < World::kCalm);
}
