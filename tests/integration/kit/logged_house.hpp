// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "console/journal.hpp"
#include "kit/client.hpp"
#include "kit/house.hpp"
#include "kit/log_capture.hpp"
#include "kit/texts.hpp"

namespace charmux::test {

using console::Journal;
using console::Scribes;

inline std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::uint64_t told_skipped(std::string_view text) {
  std::uint64_t sum = 0;
  for (const std::string& notice : notices_in(text))
    if (const std::size_t end = notice.find(" bytes skipped"); end != std::string::npos)
      sum += std::stoull(notice.substr(0, end));
  return sum;
}

inline bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

/// A house whose console is logged.
struct LoggedHouse {
  explicit LoggedHouse(const HouseSettings& settings = {.log_level = LogLevel::info},
                       std::chrono::milliseconds pause = Journal::kPause)
      : house(settings),
        captured(house.world.directory / "stderr"),
        scribes(house.world.loop),
        path(house.world.directory / "vm.log"),
        journal(house.console, {path, house.world.directory / "place"}, scribes, house.world.log, pause) {}

  void print(const std::string& text) {
    for (std::size_t at = 0; at < text.size(); at += 4096) house.print(text.substr(at, 4096));
  }
  void wait_for_end(const std::string& end) {
    house.run_until("the log has the end", [&] { return ends_with(contents(path), end); });
  }

  House house;
  LogCapture captured;
  Scribes scribes;
  const std::string path;
  Journal journal;
};

}  // namespace charmux::test
