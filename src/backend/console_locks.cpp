// SPDX-License-Identifier: Apache-2.0
#include "backend/console_locks.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace charmux::backend {
namespace {

constexpr std::chrono::milliseconds kLook{1000};

}  // namespace

ConsoleLocks::ConsoleLocks(loop::Loop& loop, std::string directory)
    : loop_(loop), directory_(std::move(directory)), look_(loop, [this] { heard({}); }) {}

std::string ConsoleLocks::path_for(const std::string& pty) const {
  constexpr std::string_view kDev = "/dev";
  std::error_code unresolved;
  std::string name = std::filesystem::canonical(pty, unresolved).string();
  if (unresolved) name = pty;
  if (name.rfind(kDev, 0) == 0) name.erase(0, kDev.size());
  std::replace(name.begin(), name.end(), '/', '_');
  return directory_ + "/LCK.." + name;
}

std::optional<LockHolder> ConsoleLocks::holder(const std::string& lock) {
  const std::optional<LockHolder> holder = uucp_lock_holder(lock);
  return holder && holder->pid == ::getpid() ? std::nullopt : holder;
}

ConsoleLocks::Watch ConsoleLocks::watch(std::string lock, std::function<void()> changed) {
  std::erase_if(watched_, [](const auto& each) { return each.expired(); });
  auto watched = std::make_shared<const Watched>(Watched{std::move(lock), std::move(changed)});
  watched_.push_back(watched);
  if (!notifier_) {
    notifier_.emplace(loop_, [this](const std::vector<std::string>& paths) { heard(paths); });
    follow();
  }
  if (blind_ && !look_.running()) look_.start(kLook);
  return watched;
}

std::optional<std::string> ConsoleLocks::take_remark() { return std::exchange(remark_, std::nullopt); }

void ConsoleLocks::follow() {
  std::error_code ignored;
  Status followed;
  // It may come between the look and the watch for it; and it is often a link, to a directory that is made at boot.
  for (int look = 0; look < 2; ++look) {
    const bool is_there = std::filesystem::is_directory(directory_, ignored);
    followed = notifier_->follow(is_there ? std::set<std::string>{directory_} : loop::directories_to(directory_));
    if (is_there) break;
  }
  if (followed || blind_) return;
  blind_ = true;
  remark_ = fmt::format("libvirt's console locks are only looked at every second: {}", followed.error().text);
}

void ConsoleLocks::heard(const std::vector<std::string>& paths) {
  const auto is_lock = [this](const std::string& path) { return path.rfind(directory_ + "/", 0) == 0; };
  const bool all = paths.empty() || !std::all_of(paths.begin(), paths.end(), is_lock);
  if (all && !blind_) follow();
  tell(all ? std::vector<std::string>{} : paths);
  std::erase_if(watched_, [](const auto& each) { return each.expired(); });
  if (blind_ && !watched_.empty()) look_.start(kLook);
}

/// None: all of them.
void ConsoleLocks::tell(const std::vector<std::string>& locks) {
  const auto watched = watched_;
  for (const auto& each : watched) {
    const std::shared_ptr<const Watched> wanted = each.lock();
    if (!wanted) continue;
    if (locks.empty() || std::find(locks.begin(), locks.end(), wanted->lock) != locks.end()) wanted->changed();
  }
}

}  // namespace charmux::backend
