// SPDX-License-Identifier: Apache-2.0
#include "backend/modem_lines.hpp"

#include <fmt/core.h>
#include <sys/ioctl.h>

#include <utility>

namespace charmux::backend {

std::optional<int> modem_lines(int fd) {
  int lines = 0;
  if (::ioctl(fd, TIOCMGET, &lines) != 0) return std::nullopt;
  return lines;
}

std::string shown_lines(int lines) {
  constexpr std::pair<int, const char*> kLines[] = {{TIOCM_DTR, "DTR"}, {TIOCM_RTS, "RTS"}, {TIOCM_CTS, "CTS"},
                                                    {TIOCM_DSR, "DSR"}, {TIOCM_CD, "CD"},   {TIOCM_RI, "RI"}};
  std::string on;
  std::string off;
  for (const auto& [line, name] : kLines) ((lines & line) != 0 ? on : off).append(name).append(" ");
  if (on.empty()) return off + "off";
  if (off.empty()) return on + "on";
  return fmt::format("{}on, {}off", on, off);
}

}  // namespace charmux::backend
