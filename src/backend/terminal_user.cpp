// SPDX-License-Identifier: Apache-2.0
#include "backend/terminal_user.hpp"

#include <dirent.h>
#include <fmt/core.h>
#include <sys/sysmacros.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>

#include "charmux/base/text.hpp"

namespace charmux::backend {
namespace {

/// tty_nr as the kernel writes it: minor in bits 31-20 and 7-0, major in bits 15-8 (proc(5)).
int tty_number(dev_t device) {
  const unsigned low = minor(device);
  return static_cast<int>((low & 0xFFU) | (major(device) << 8U) | ((low & ~0xFFU) << 12U));
}

/// The process's name when that is its terminal.
std::optional<std::string> name_if_on(const char* pid, int tty) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string stat;
  std::getline(file, stat);
  // The name stands in parentheses and may hold any byte; what follows the last one is numbers.
  const std::size_t begin = stat.find('(');
  const std::size_t end = stat.rfind(')');
  if (begin == std::string::npos || end == std::string::npos) return std::nullopt;
  char state = 0;
  int parent = 0, group = 0, session = 0, on = 0;
  if (std::sscanf(stat.c_str() + end + 1, " %c %d %d %d %d", &state, &parent, &group, &session, &on) != 5)
    return std::nullopt;
  if (on != tty) return std::nullopt;
  return printable(stat.substr(begin + 1, end - begin - 1));
}

}  // namespace

std::optional<std::string> terminal_user(dev_t device) {
  const std::unique_ptr<DIR, int (*)(DIR*)> processes(::opendir("/proc"), &::closedir);
  if (!processes) return std::nullopt;
  while (const dirent* entry = ::readdir(processes.get())) {
    if (entry->d_name[0] < '0' || entry->d_name[0] > '9') continue;
    if (const auto name = name_if_on(entry->d_name, tty_number(device)))
      return fmt::format("{}, pid {}", *name, entry->d_name);
  }
  return std::nullopt;
}

}  // namespace charmux::backend
