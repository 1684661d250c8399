// SPDX-License-Identifier: Apache-2.0
#include "daemon/records.hpp"

#include <csignal>

namespace charmux::daemon {

Records::Records(const config::Audit& audit, loop::Loop& loop, Log& log)
    : settings_(audit), loop_(loop), log_(log), scribes_(loop) {
  std::signal(SIGXFSZ, SIG_IGN);
}

void Records::start() {
  if (!settings_.file.empty()) audit_ = std::make_unique<console::Audit>(loop_, log_, scribes_, settings_);
}

void Records::reopen() {
  if (audit_) audit_->reopen();
}

void Records::stop() {
  if (audit_) audit_->stop();
}

void Records::give_up() {
  if (audit_) audit_->give_up();
}

}  // namespace charmux::daemon
