// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "backend/libvirt_pty.hpp"
#include "backend/line.hpp"
#include "kit/chardev.hpp"
#include "kit/console_session.hpp"
#include "kit/opened_by.hpp"
#include "kit/sink.hpp"
#include "kit/world.hpp"

namespace charmux::test {

/// Where libvirt locks that pty.
inline std::string console_lock_of(const PtyMaster& qemu) {
  return "/var/lock/LCK.._pts_" + std::filesystem::path(qemu.slave()).filename().string();
}

inline std::string text_of_file(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// Whether this process has the slave open.
inline bool is_open(const PtyMaster& qemu) {
  std::error_code gone;
  for (const auto& each : std::filesystem::directory_iterator("/proc/self/fd"))
    if (std::filesystem::read_symlink(each, gone) == qemu.slave()) return true;
  return false;
}

/// The console of a libvirt guest on a pty.
struct AtLibvirtPty {
  using Settings = backend::LibvirtPty::Settings;
  explicit AtLibvirtPty(backend::Courtesy courtesy = backend::Courtesy::yield) { settings.courtesy = courtesy; }

  World world;
  PtyMaster qemu;
  const std::string lock = console_lock_of(qemu);
  Settings settings{qemu.slave()};
  backend::ConsoleLocks locks{world.loop};
  backend::Line line{world.loop, impatient(), std::make_unique<OpenedBy>([this](backend::Opener::Owner& owner) {
                       return std::make_unique<backend::LibvirtPty>(world.loop, settings, locks, owner);
                     })};
  std::unique_ptr<RecordingSink> sink;

  void start() { sink = std::make_unique<RecordingSink>(line); }
  void wait_for(backend::State state) {
    world.run_until("the backend's state", [&] { return sink->reached(state); });
  }
  void opened() {
    start();
    wait_for(backend::State::open);
  }
  void wait_received(const std::string& text) {
    world.run_until("that is read", [&] { return sink->received == text; });
  }
};

}  // namespace charmux::test
