// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "charmux/base/log.hpp"
#include "charmux/config/access.hpp"
#include "loop/directory_watch.hpp"
#include "loop/timer.hpp"
#include "loop/work.hpp"
#include "net/tls_context.hpp"

namespace charmux::daemon {

/// Sees when one of the files of TLS profiles becomes another, and reads them again, on another thread, once nothing
/// has happened for kPause: whoever renews a certificate writes several. What cannot be used is in the log, and what
/// there was goes on. For the loop's thread.
class TlsFiles {
 public:
  static constexpr std::chrono::milliseconds kPause{500};
  using Profiles = std::map<std::string, net::TlsContext>;

  /// `renewed` gets all of them.
  TlsFiles(loop::Loop& loop, Log& log, std::function<void(Profiles)> renewed);

  /// Of each file what tells it from what was there before; empty: it is not there.
  using Looks = std::vector<std::string>;
  /// For any thread; to be asked before they are read.
  [[nodiscard]] static Looks looks_of(const std::vector<config::TlsProfile>& profiles);
  /// From now on it is these, as they were when they were read.
  void follow(std::vector<config::TlsProfile> profiles, Looks looks);
  void stop();

 private:
  void look();

  loop::Loop& loop_;
  Log& log_;
  const std::function<void(Profiles)> renewed_;
  std::vector<config::TlsProfile> profiles_;
  Looks looks_;
  loop::DirectoryWatch watch_;
  loop::Timer pause_;
  loop::Work work_;
};

}  // namespace charmux::daemon
