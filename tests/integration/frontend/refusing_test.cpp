// SPDX-License-Identifier: Apache-2.0
// How often the log and the audit say that somebody was not let in.
#include "frontend/gate.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "console/scribes.hpp"
#include "kit/log_capture.hpp"
#include "kit/world.hpp"

using namespace charmux;
using namespace charmux::test;

namespace {

int lines_of(const std::string& path) {
  std::ifstream file(path);
  return static_cast<int>(std::count(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>(), '\n'));
}

}  // namespace

TEST_CASE("of each listener and reason the log tells the first refusal, then how many more; the audit tells each") {
  World world(LogLevel::info);
  const LogCapture log(world.directory / "log");
  console::Scribes scribes(world.loop);
  config::Audit kept;
  kept.file = world.directory / "audit";
  console::Audit audit(world.loop, world.log, scribes, kept);
  frontend::Gate::Settings settings{[] { return std::size_t{1}; }};
  settings.refusals = std::chrono::milliseconds(50);
  frontend::Gate gate(world.loop, world.log, settings);
  gate.set_audit(&audit);
  const console::ViewerOrigin here{"192.0.2.1:1", "telnet:*:7001", std::nullopt};
  const console::ViewerOrigin there{"192.0.2.2:2", "raw:*:7002", "ann"};
  for (int i = 0; i < 813; ++i) gate.refused(here, "it does not speak TLS");
  gate.refused(here, "another reason");
  gate.refused(there, "it does not speak TLS");
  CHECK(log.text() ==
        "<6>telnet:*:7001: 192.0.2.1:1 is refused: it does not speak TLS\n"
        "<6>telnet:*:7001: 192.0.2.1:1 is refused: another reason\n"
        "<6>raw:*:7002: 192.0.2.2:2 is refused as ann: it does not speak TLS\n");
  world.run_until("the others are told",
                  [&] { return log.has("<6>refused 812 more at telnet:*:7001: it does not speak TLS\n"); });
  CHECK(log.count("\n") == 4);
  world.run_until("the audit has each", [&] { return lines_of(kept.file) >= 815; });
  CHECK(lines_of(kept.file) == 815);
}
