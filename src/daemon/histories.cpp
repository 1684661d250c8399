// SPDX-License-Identifier: Apache-2.0
#include "daemon/histories.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "charmux/base/text.hpp"
#include "charmux/history/time_index.hpp"

namespace charmux::daemon {

using history::TimeIndex;

std::string Histories::path_of(const std::string& name) const {
  return fmt::format("{}/{}.ring", directory_, percent_encoded(name));
}

void Histories::make_folder() {
  if (::mkdir(directory_.c_str(), 0700) != 0 && errno != EEXIST)
    log_.warn("cannot make {}: {}; history is kept in memory only", directory_, errno_text(errno));
}

Result<history::Ring> Histories::open(const std::string& name, std::uint64_t size) {
  Result<history::Ring::Opened> opened = history::Ring::open(path_of(name), size);
  if (!opened) return tl::unexpected(opened.error());
  for (const std::string& remark : opened->remarks) log_.warn("console {}: {}", name, remark);
  return std::move(opened->ring);
}

void Histories::rename(const std::string& from, const std::string& to) {
  const std::string before = path_of(from);
  const std::string after = path_of(to);
  if (std::rename(before.c_str(), after.c_str()) != 0 && errno != ENOENT)
    log_.warn("console {}: its history stays in {}: {}", to, before, errno_text(errno));
  (void)std::rename(log_place(from).c_str(), log_place(to).c_str());
  (void)std::rename(TimeIndex::path_beside(before).c_str(), TimeIndex::path_beside(after).c_str());
}

void Histories::remove(const std::string& name) {
  const std::string path = path_of(name);
  ::unlink(path.c_str());
  forget_log(name);
  ::unlink(TimeIndex::path_beside(path).c_str());
}

}  // namespace charmux::daemon
