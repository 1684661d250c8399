// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/ioctl.h>
#include <termios.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "backend/line.hpp"
#include "kit/chardev.hpp"
#include "kit/sink.hpp"
#include "kit/world.hpp"

namespace charmux::test {

/// The last part of a pty's path, as its lock file's name has it.
inline std::string lock_of(const PtyMaster& port) {
  return "/var/lock/LCK..pts_" + std::filesystem::path(port.slave()).filename().string();
}

inline std::string content(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

inline address::Serial serial_at(const std::string& path) {
  address::Serial at;
  at.path = path;
  return at;
}

inline termios settings_of(const PtyMaster& port) {
  termios settings{};
  ::tcgetattr(port.fd(), &settings);
  return settings;
}

/// A serial console at a path in a folder as udev's, where the test plugs a pty in. `pause`: between two tries.
struct AtPort {
  explicit AtPort(std::chrono::milliseconds pause = std::chrono::milliseconds(20), address::Serial at = {}) {
    at.path = link;
    const auto first = std::min(pause, std::chrono::milliseconds(2));
    const backend::Patience patience{std::chrono::milliseconds(200), pause < std::chrono::minutes(1) ? first : pause,
                                     pause};
    line = std::make_unique<backend::Line>(world.loop, patience, fixed(at));
  }
  World world;
  const std::string folder = world.directory / "by-id";
  const std::string link = folder + "/usb-port0";
  std::unique_ptr<backend::Line> line;
  std::unique_ptr<RecordingSink> sink;

  void plug_in(const std::string& device) {
    std::filesystem::create_directories(folder);
    std::filesystem::create_symlink(device, link);
  }
  void unplug() { std::filesystem::remove_all(folder); }
  void start() { sink = std::make_unique<RecordingSink>(*line); }
  void wait_for(backend::State state) {
    world.run_until("the backend's state", [&] { return sink->reached(state); });
  }
  void open(const PtyMaster& port) {
    plug_in(port.slave());
    start();
    wait_for(backend::State::open);
  }
  void stop() {
    line->stop();
    world.run_until("it has stopped", [&] { return line->stopped(); });
  }
};

}  // namespace charmux::test
