// SPDX-License-Identifier: Apache-2.0
#include "daemon/journald.hpp"

#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <vector>

// Where in the source an event is written concerns nobody who reads it.
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

namespace charmux::daemon {

std::unique_ptr<Journald> Journald::behind(int fd, const char* stream) {
  struct stat file {};
  if (stream == nullptr || ::fstat(fd, &file) != 0) return nullptr;
  if (fmt::format("{}:{}", file.st_dev, file.st_ino) != stream) return nullptr;
  return std::unique_ptr<Journald>(new Journald());
}

bool Journald::write(LogLevel level, const std::string& text, const Log::Fields& fields) {
  std::vector<std::string> lines;
  lines.reserve(2 + fields.size());
  lines.push_back("MESSAGE=" + text);
  lines.push_back(fmt::format("PRIORITY={}", static_cast<int>(level)));
  for (const Log::Field& field : fields) lines.push_back(field.name + "=" + field.value);
  std::vector<iovec> pieces;
  pieces.reserve(lines.size());
  for (std::string& line : lines) pieces.push_back({line.data(), line.size()});
  return ::sd_journal_sendv(pieces.data(), static_cast<int>(pieces.size())) == 0;
}

}  // namespace charmux::daemon
