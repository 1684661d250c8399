// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "kit/hung_disk.hpp"
#include "kit/log_capture.hpp"
#include "kit/person.hpp"

using namespace charmux;
using namespace charmux::test;
using config::WriterMode;
using Acts = std::vector<std::string>;

namespace {

/// A house that is audited, and the file.
struct Audited {
  explicit Audited(bool typed = false, Breaks* breaks = nullptr)
      : house({.log_level = LogLevel::info, .breaks = breaks, .audit = config::Audit{"audit", typed}}) {}
  /// The value of that member of each line: text without its quotes; "-": it has none.
  [[nodiscard]] Acts all(const std::string& name = "act") const {
    Acts values;
    std::ifstream file(path());
    for (std::string line; std::getline(file, line);) {
      const std::size_t at = line.find("\"" + name + "\":");
      if (at == std::string::npos) {
        values.emplace_back("-");
        continue;
      }
      const std::size_t from = at + name.size() + 3;
      const bool text = line[from] == '"';
      values.push_back(
          line.substr(from + (text ? 1 : 0), line.find_first_of(text ? "\"" : ",}", from + 1) - from - (text ? 1 : 0)));
    }
    return values;
  }
  void wait(const Acts& acts) {
    house.run_until("the acts are in the file", [&] { return all().size() >= acts.size(); });
    CHECK(all() == acts);
  }
  [[nodiscard]] std::string path() const { return house.world.directory / "audit"; }

  House house;
};

}  // namespace

TEST_CASE("who comes, takes the pen, and goes is in the audit, in order") {
  Audited at;
  Person ann(at.house, "ann");
  Person bob(at.house, "bob");
  CHECK(bob.ask() == console::PenAnswer::asked);
  at.house.console.spy(ann.viewer());
  CHECK(at.house.console.force_pen(ann.viewer()));
  bob.leave();
  ann.leave();
  at.wait({"attach", "pen", "attach", "pen lost", "pen", "pen lost", "pen", "detach", "detach"});
  CHECK(at.all("who") == Acts{"ann", "ann", "bob", "ann", "bob", "bob", "ann", "bob", "ann"});
  CHECK(at.all("how") == Acts{"-", "by attaching", "-", "-", "in line", "-", "by force", "-", "-"});
  CHECK(at.all("why") == Acts{"-", "-", "-", "laid it down", "-", "ann took it", "-", "-", "-"});
  CHECK(at.all("from")[0] == "10.0.0.1:4000");
  CHECK(at.all("door")[0] == "a door");
  CHECK(at.all("console")[0] == "vm");
  struct stat about {};
  REQUIRE(::stat(at.path().c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0600);
}

TEST_CASE("what is done to a console is in the audit, with what came of a break") {
  Breaks breaks;
  Audited at(false, &breaks);
  const console::ViewerOrigin root{"the API", "control.sock", "root"};
  at.house.console.send_break(root, [](const Status&) {});
  at.house.console.send_break(root, [](const Status&) {});
  breaks.at(1)(failure("no break: the monitor is busy"));
  breaks.at(0)(Status{});
  at.house.console.broadcast(root, "reboot in 5 min");
  at.house.console.put_down(root);
  at.house.console.reopen(root, true);
  at.wait({"break", "break", "broadcast", "down", "reopen"});
  CHECK(at.all("result") == Acts{"no break: the monitor is busy", "sent", "-", "-", "-"});
  CHECK(at.all("text")[2] == "reboot in 5 min");
  CHECK(at.all("how")[4] == "by force");
  CHECK(at.all("who") == Acts(5, "root"));
}

TEST_CASE("what is typed is in the audit only where that is switched on") {
  for (const bool typed : {false, true}) {
    Audited at(typed);
    Person ann(at.house, "ann");
    Person bob(at.house, "bob");
    CHECK(ann.type("ls\xff\r"));
    CHECK_FALSE(bob.type("in vain"));
    ann.leave();
    if (typed)
      at.wait({"attach", "pen", "attach", "typed", "detach", "pen"});
    else
      at.wait({"attach", "pen", "attach", "detach", "pen"});
    if (typed) CHECK(at.all("bytes")[3] == R"(ls\\xff\r)");
  }
}

TEST_CASE("a log's own viewer is nobody who attaches") {
  Audited at;
  console::ViewerSettings settings;
  settings.counts = false;
  settings.may_type = false;
  Person log(at.house, "log", settings);
  log.leave();
  const Person ann(at.house, "ann");
  at.wait({"attach", "pen"});
  CHECK(at.all("who")[0] == "ann");
}

TEST_CASE("on reopen() the audit goes on in the file that is at its path then") {
  Audited at;
  Person ann(at.house, "ann");
  at.wait({"attach", "pen"});
  const std::string aside = at.house.world.directory / "audit.1";
  std::filesystem::rename(at.path(), aside);
  at.house.audit->reopen();
  at.house.run_until("there is a new file", [&] { return std::filesystem::exists(at.path()); });
  ann.leave();
  at.wait({"detach"});
}

TEST_CASE("a file that cannot be written is said once, tried again, and loses nothing") {
  Audited at;
  const LogCapture log(at.house.world.directory / "log");
  Person ann(at.house, "ann");
  at.wait({"attach", "pen"});
  std::filesystem::remove(at.path());
  std::filesystem::create_directory(at.path());
  at.house.audit->reopen();
  at.house.run_until("the log says so", [&] { return log.has("stopped: it is not a regular file; move that away"); });
  ann.leave();
  (void)at.house.world.turns_left_alone();
  std::filesystem::remove(at.path());
  at.wait({"detach"});
  at.house.run_until("the log says so", [&] { return log.has(" goes on"); });
  CHECK(log.count("audit stopped: ") == 1);
}

TEST_CASE("a hung disk keeps nobody waiting; what there is no room for is counted in the file") {
  Audited at(true);
  const LogCapture log(at.house.world.directory / "log");
  Person ann(at.house, "ann");
  at.wait({"attach", "pen"});
  HungDisk disk;
  const std::string read(4000, 'x');
  int typed = 0;
  at.house.run_until("more is typed than there is room for", [&] {
    CHECK(ann.type(read));
    (void)at.house.typed();
    return ++typed == 400;
  });
  at.house.run_until("the log says so", [&] { return log.has("stopped: the disk does not answer"); });
  disk.release();
  at.house.run_until("the file says what is missing", [&] {
    const Acts acts = at.all();
    return !acts.empty() && acts.back() == "missing";
  });
  const Acts acts = at.all();
  const auto kept = std::count(acts.begin(), acts.end(), "typed");
  CHECK(kept > 200);
  CHECK(kept < 300);
  CHECK(at.all("acts").back() == std::to_string(400 - kept));
  CHECK(ann.type("again"));
  at.house.run_until("it goes on", [&] { return at.all().back() == "typed"; });
}

TEST_CASE("at the end the last acts are in the file, and then it has stopped") {
  Audited at;
  Person ann(at.house, "ann");
  ann.leave();
  at.house.audit->stop();
  at.house.run_until("it has stopped", [&] { return at.house.audit->stopped(); });
  CHECK(at.all() == Acts{"attach", "pen", "detach"});
}
