// SPDX-License-Identifier: Apache-2.0
// A daemon whose configuration has changed.
#include "charmux/config/reload.hpp"
#include "daemon/daemon.hpp"

namespace charmux::daemon {

void Daemon::reload(const std::string& user, std::function<void(Status)> done) {
  log_.info("{} reloads", user);
  reload_.begin(std::move(done));
}

std::vector<std::string> Daemon::open_listeners_texts() const {
  std::vector<std::string> all;
  for (const frontend::Listeners::Listed& each : listeners_.all()) all.push_back(each.address);
  return all;
}

Status Daemon::apply(Reading reading) {
  const std::vector<std::string> waits = config::keep_until_restart(config_, reading.config);
  if (Status changed = listeners_.change(reading.listeners, reading.config); !changed) return changed;
  // Nothing fails from here on.
  const config::Config before = std::exchange(config_, std::move(reading.config));
  gate_.set_limits(config_.limits);
  gate_.set_rules(access::Rules(config_.users, config_.groups));
  show_tls(std::move(reading.tls));
  tls_files_.follow(config_.tls, std::move(reading.looks));
  passwords_.set_limits({config_.limits.login_address, config_.limits.login_user, config_.limits.login_queue});
  sessions_.set(session_settings());
  roster_.change(before);
  sessions_.reconsider();
  for (const std::string& each : waits) log_.warn("{} has changed, which holds after a restart only", each);
  log_.info("reloaded: {}", before == config_ ? "nothing has changed" : ready_text());
  return {};
}

void Daemon::show_tls(TlsFiles::Profiles profiles) {
  for (const auto& [name, context] : profiles)
    for (const std::string& warning : context.warnings()) log_.warn("[tls.{}]: {}", name, warning);
  gate_.set_tls(std::move(profiles));
}

/// A file of TLS has changed.
void Daemon::renew(TlsFiles::Profiles profiles) {
  show_tls(std::move(profiles));
  sessions_.reconsider();
  log_.info("certificates read again: their files have changed");
}

}  // namespace charmux::daemon
