// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "access/passwords.hpp"
#include "charmux/base/log.hpp"
#include "charmux/config/config.hpp"
#include "console/directory.hpp"
#include "console/fanout.hpp"
#include "daemon/api_desk.hpp"
#include "daemon/directories.hpp"
#include "daemon/records.hpp"
#include "daemon/reload.hpp"
#include "daemon/roster.hpp"
#include "daemon/tls_files.hpp"
#include "frontend/closing.hpp"
#include "frontend/control_socket.hpp"
#include "frontend/gate.hpp"
#include "frontend/listeners.hpp"
#include "frontend/sessions.hpp"
#include "loop/loop.hpp"
#include "loop/signal.hpp"

namespace charmux::daemon {

/// The exit codes that charmuxd promises.
enum ExitCode { kStopped = 0, kBadConfiguration = 1, kCouldNotStart = 2 };

/// The composition root: makes consoles and doors of a configuration, runs the loop until told to stop, and stops in
/// order.
class Daemon {
 public:
  /// `read`: how `config` was read, for a reload.
  Daemon(config::Config config, Log& log, ReadConfig read);

  /// Starts all, runs, stops. What could not be started is in the log. Returns the exit code.
  [[nodiscard]] int run();
  /// The last thing: true when a name look-up or a call into libvirt still runs on a thread; then the process must end
  /// without waiting for it.
  [[nodiscard]] bool has_pending_work() { return roster_.end_sources() || loop_.has_pending_work(); }

 private:
  struct Failure {
    ExitCode code;
    Error why;
  };
  using Started = tl::expected<void, Failure>;
  [[nodiscard]] Started start();
  [[nodiscard]] Started hold_directories();
  [[nodiscard]] Started make_consoles();
  [[nodiscard]] Started open_listeners();
  [[nodiscard]] Started set_up_gate();
  [[nodiscard]] std::size_t most_viewers();
  [[nodiscard]] frontend::ControlSocket::Settings control_settings();
  [[nodiscard]] frontend::Sessions::Settings session_settings() const;
  [[nodiscard]] std::string ready_text() const;
  void close_histories();
  void hang_up();
  void reload(const std::string& user, std::function<void(Status)> done);
  [[nodiscard]] std::vector<std::string> open_listeners_texts() const;
  [[nodiscard]] Status apply(Reading reading);
  void show_tls(TlsFiles::Profiles profiles);
  void renew(TlsFiles::Profiles profiles);
  void stop();
  [[nodiscard]] bool others_stopped(std::chrono::nanoseconds overdue);

  config::Config config_;  ///< as it holds now: what refers to it sees a reload
  Log& log_;
  std::size_t open_files_;
  loop::Loop loop_;
  std::vector<OwnDirectory> directories_;
  Records records_;
  console::Fanout fanout_;
  console::Directory consoles_;
  access::Passwords passwords_;
  frontend::Gate gate_;
  frontend::Sessions sessions_;
  frontend::Listeners listeners_;
  Roster roster_;
  Reload reload_;
  TlsFiles tls_files_;
  ApiDesk api_desk_;
  frontend::ControlSocket control_;
  loop::Signal terminate_;
  loop::Signal interrupt_;
  loop::Signal hangup_;
  frontend::Closing closing_;
};

}  // namespace charmux::daemon
