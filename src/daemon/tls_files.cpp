// SPDX-License-Identifier: Apache-2.0
#include "daemon/tls_files.hpp"

#include <sys/stat.h>

#include <set>

#include "daemon/tls_profiles.hpp"

namespace charmux::daemon {
namespace {

std::vector<std::string> paths_of(const std::vector<config::TlsProfile>& profiles) {
  std::set<std::string> all;
  for (const config::TlsProfile& profile : profiles) {
    for (const config::TlsProfile::Pair& pair : profile.pairs) all.insert({pair.cert, pair.key});
    all.insert({profile.client_ca, profile.crl});
  }
  all.erase("");
  return {all.begin(), all.end()};
}

}  // namespace

TlsFiles::TlsFiles(loop::Loop& loop, Log& log, std::function<void(Profiles)> renewed)
    : loop_(loop),
      log_(log),
      renewed_(std::move(renewed)),
      watch_(
          loop, [this](const std::vector<std::string>&) { pause_.start(kPause); }, loop::DirectoryWatch::Of::contents),
      pause_(loop, [this] { look(); }) {}

TlsFiles::Looks TlsFiles::looks_of(const std::vector<config::TlsProfile>& profiles) {
  Looks looks;
  for (const std::string& path : paths_of(profiles)) {
    struct stat now {};
    const bool there = ::stat(path.c_str(), &now) == 0;
    looks.push_back(!there ? ""
                           : fmt::format("{} {} {} {} {}", now.st_dev, now.st_ino, now.st_size, now.st_mtim.tv_sec,
                                         now.st_mtim.tv_nsec));
  }
  return looks;
}

void TlsFiles::follow(std::vector<config::TlsProfile> profiles, Looks looks) {
  profiles_ = std::move(profiles);
  looks_ = std::move(looks);
  work_ = {};
  std::set<std::string> directories;
  for (const std::string& path : paths_of(profiles_)) directories.merge(loop::directories_to(path));
  if (const Status watched = watch_.follow(directories); !watched)
    log_.warn("changed certificates are not noticed, a reload reads them: {}", watched.error().text);
  // What has changed since they were read, and before they were watched, nobody told.
  if (!profiles_.empty()) pause_.start(kPause);
}

void TlsFiles::stop() {
  pause_.stop();
  work_ = {};
}

void TlsFiles::look() {
  struct Seen {
    Looks looks;
    std::optional<Result<Profiles>> profiles;
  };
  const auto seen = std::make_shared<Seen>();
  work_ = loop::Work(
      loop_,
      [seen, profiles = profiles_, before = looks_] {
        seen->looks = looks_of(profiles);
        if (seen->looks != before) seen->profiles = read_tls(profiles);
      },
      [this, seen] {
        looks_ = seen->looks;
        if (!seen->profiles) return;
        if (!*seen->profiles) return log_.error("{}; what there was before is used on", seen->profiles->error().text);
        follow(profiles_, seen->looks);  // a symbolic link may lead elsewhere
        renewed_(std::move(**seen->profiles));
      });
}

}  // namespace charmux::daemon
