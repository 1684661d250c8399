// SPDX-License-Identifier: Apache-2.0
#include "daemon/daemon.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "charmux/base/open_files.hpp"
#include "daemon/systemd.hpp"
#include "daemon/tls_profiles.hpp"

namespace charmux::daemon {
namespace {

using namespace std::chrono_literals;

/// Descriptors kept for all that is not a client: log, loop, locks, name look-ups, a file being set aside; and for the
/// clients that the control socket lets in beyond the limit.
constexpr std::size_t kReservedFiles = 64 + frontend::ControlSocket::kOwnRoom;
/// And for each console: its history, its time index, its backend and the next one being opened, its ports and its
/// guest's monitor.
constexpr std::size_t kFilesPerConsole = 6;
/// And for each that is logged: its log, and where it stands how far that got.
constexpr std::size_t kFilesPerLog = 2;
/// How long histories may take to reach the disk; what is not there by then is as after a kill: whole, but for a power
/// cut.
constexpr auto kSyncTime = 1s;
/// How much longer than viewers the names and numbers of consoles may take.
constexpr auto kSaveTime = 500ms;

std::string count(std::size_t number, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", number, number == 1 ? one : many);
}

}  // namespace

Daemon::Daemon(config::Config config, Log& log, ReadConfig read)
    : config_(std::move(config)),
      log_(log),
      open_files_(raise_open_files()),
      records_(config_.audit, loop_, log),
      fanout_(loop_),
      passwords_(loop_, log, {config_.limits.login_address, config_.limits.login_user, config_.limits.login_queue}),
      gate_(loop_, log, {[this] { return most_viewers(); }, config_.limits}, &passwords_),
      sessions_(loop_, log, session_settings()),
      listeners_(loop_, log, consoles_, sessions_, gate_),
      roster_(config_, loop_, log, fanout_, consoles_, listeners_, records_),
      reload_(
          loop_, log, std::move(read),
          {[this] { return open_listeners_texts(); }, [this](Reading read_now) { return apply(std::move(read_now)); },
           [this] { return !roster_.retired().empty(); }}),
      tls_files_(loop_, log, [this](TlsFiles::Profiles profiles) { renew(std::move(profiles)); }),
      api_desk_(consoles_, roster_, listeners_,
                [this](const std::string& user, std::function<void(Status)> done) { reload(user, std::move(done)); }),
      control_(control_settings(), api_desk_, sessions_, gate_),
      terminate_(loop_, SIGTERM, [this] { stop(); }),
      interrupt_(loop_, SIGINT, [this] { stop(); }),
      hangup_(loop_, SIGHUP, [this] { hang_up(); }),
      closing_(loop_, consoles_, listeners_, sessions_, "charmuxd") {}

int Daemon::run() {
  const Started started = start();
  if (started) {
    log_.info("ready: {}", ready_text());
    notify_ready(ready_text());
    loop_.run();
  } else {
    log_.error("{}", started.error().why.text);
  }
  close_histories();
  directories_.clear();
  if (!started) return started.error().code;
  log_.info("stopped");
  return kStopped;
}

std::string Daemon::ready_text() const {
  return fmt::format("{}, {}", count(consoles_.all().size(), "console", "consoles"),
                     count(listeners_.count(), "listener", "listeners"));
}

void Daemon::close_histories() {
  const MonoTime end = std::chrono::steady_clock::now() + kSyncTime;
  std::size_t late = 0;
  for (const auto& console : consoles_.all()) {
    if (std::chrono::steady_clock::now() < end)
      console->close_history();
    else
      ++late;
  }
  if (late > 0)
    log_.warn("the disk is slow: {} could not be made safe against a power cut", count(late, "history", "histories"));
}

// --- starting ---

Daemon::Started Daemon::start() {
  return hold_directories()
      .map([this] { records_.start(); })
      .and_then([this] { return make_consoles(); })
      .and_then([this] { return set_up_gate(); })
      .and_then([this] { return open_listeners(); })
      .map([this] {
        roster_.retired().when_empty([this] { reload_.go_on(); });
        roster_.start();
      });
}

Daemon::Started Daemon::hold_directories() {
  // What is made from here on is for this user alone, but for what says otherwise.
  ::umask(077);
  for (const auto& [path, mode] : {std::pair(config_.state_dir, 0700U), std::pair(config_.runtime_dir, 0755U)}) {
    if (!directories_.empty() && directories_.front().path() == path) continue;
    Result<OwnDirectory> held = OwnDirectory::hold(path, mode);
    if (!held) return tl::unexpected(Failure{kCouldNotStart, held.error()});
    directories_.push_back(std::move(*held));
  }
  return {};
}

Daemon::Started Daemon::make_consoles() {
  if (const Status made = roster_.prepare(); !made) return tl::unexpected(Failure{kCouldNotStart, made.error()});
  return {};
}

Daemon::Started Daemon::set_up_gate() {
  TlsFiles::Looks looks = TlsFiles::looks_of(config_.tls);
  auto profiles = read_tls(config_.tls);
  if (!profiles) return tl::unexpected(Failure{kCouldNotStart, profiles.error()});
  show_tls(std::move(*profiles));
  tls_files_.follow(config_.tls, std::move(looks));
  gate_.set_rules(access::Rules(config_.users, config_.groups));
  gate_.set_audit(records_.audit());
  return {};
}

Daemon::Started Daemon::open_listeners() {
  for (const config::Listen& listen : config_.listens)
    if (const auto opened = listeners_.open(listen, config_); !opened)
      return tl::unexpected(Failure{opened.error().exposed ? kBadConfiguration : kCouldNotStart, opened.error().why});
  if (const Status opened = control_.open(loop_, config_.runtime_dir + "/control.sock"); !opened)
    return tl::unexpected(Failure{kCouldNotStart, opened.error()});
  return {};
}

frontend::Sessions::Settings Daemon::session_settings() const {
  return {config_.limits.outbox, config_.history.send_queue,
          frontend::Overdue{config_.limits.viewer_stalled_timeout, config_.limits.viewer_dead_timeout}};
}

frontend::ControlSocket::Settings Daemon::control_settings() {
  const config::Limits& limits = config_.limits;
  // The group is the package's (conf/charmux.sysusers); a charmuxd that is not root is its user's alone.
  return {{{limits.api_header, limits.api_body}, limits.api_request, limits.api_idle},
          ::geteuid() == 0 ? "charmux" : "",
          [this] { return most_viewers(); }};
}

std::size_t Daemon::most_viewers() {
  const std::size_t kept = kReservedFiles + kFilesPerConsole * consoles_.all().size() +
                           kFilesPerLog * roster_.journals().count() + listeners_.descriptors();
  const std::size_t room = open_files_ > kept ? open_files_ - kept : 0;
  return config_.limits.viewers == 0 ? room : std::min<std::size_t>(room, config_.limits.viewers);
}

void Daemon::hang_up() {
  roster_.journals().reopen();
  records_.reopen();
  log_.info("SIGHUP: {} reopened; reloading", count(roster_.journals().count(), "log", "logs"));
  notify_reloading();
  reload_.begin([this](const Status&) { notify_ready(ready_text()); });
}

// --- stopping ---

void Daemon::stop() {
  if (closing_.begun()) return;
  log_.info("stopping");
  notify_stopping();
  reload_.stop();
  tls_files_.stop();
  control_.close();
  closing_.begin(config_.limits.stop_drain,
                 [this](std::chrono::nanoseconds overdue) { return others_stopped(overdue); });
  roster_.stop();
  roster_.journals().stop();
}

bool Daemon::others_stopped(std::chrono::nanoseconds overdue) {
  if (overdue >= 0ns) roster_.journals().give_up();
  // The last that is noted is that viewers leave.
  if (sessions_.count() == 0) records_.stop();
  const bool given_up = overdue >= kSaveTime;
  if (given_up) records_.give_up();
  if (given_up && !roster_.stopped()) log_.warn("the disk is slow: what is remembered of consoles may be old");
  return roster_.journals().stopped() && records_.stopped() && (given_up || roster_.stopped());
}

}  // namespace charmux::daemon
