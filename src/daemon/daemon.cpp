// SPDX-License-Identifier: Apache-2.0
#include "daemon/daemon.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <csignal>

#include "backend/pty.hpp"
#include "backend/socket.hpp"
#include "charmux/base/text.hpp"
#include "daemon/open_files.hpp"
#include "daemon/systemd.hpp"

namespace charmux::daemon {
namespace {

using namespace std::chrono_literals;

/// Descriptors kept for all that is not a client: log, loop, locks, name look-ups, a file being set aside.
constexpr std::size_t kReservedFiles = 64;
/// And for each console: its history, its time index, its backend and the next one being opened.
constexpr std::size_t kFilesPerConsole = 4;
constexpr auto kStopLook = 5ms;
/// How long histories may take to reach the disk; what is not there by then is as after a kill: whole, but for a power
/// cut.
constexpr auto kSyncTime = 2s;

std::size_t most_viewers(const config::Config& config, std::size_t open_files) {
  const std::size_t kept = kReservedFiles + kFilesPerConsole * config.consoles.size() + config.listens.size();
  const std::size_t room = open_files > kept ? open_files - kept : 0;
  return config.limits.viewers == 0 ? room : std::min<std::size_t>(room, config.limits.viewers);
}

std::string count(std::size_t number, std::string_view what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

}  // namespace

Daemon::Daemon(config::Config config, Log& log)
    : config_(std::move(config)),
      log_(log),
      open_files_(raise_open_files()),
      fanout_(loop_),
      sessions_(loop_, log, config_.limits.outbox),
      terminate_(loop_, SIGTERM, [this] { stop(); }),
      interrupt_(loop_, SIGINT, [this] { stop(); }),
      hangup_(loop_, SIGHUP,
              [this] { log_.warn("SIGHUP: nothing to reload in this version; restart to apply a change"); }),
      stop_look_(loop_, [this] { look_whether_stopped(); }) {}

int Daemon::run() {
  const Started started = start();
  if (started) {
    const std::string ready =
        fmt::format("{}, {}", count(consoles_.all().size(), "console"), count(doors_.size(), "listener"));
    log_.info("ready: {}", ready);
    notify_ready(ready);
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

void Daemon::close_histories() {
  const MonoTime end = std::chrono::steady_clock::now() + kSyncTime;
  std::size_t late = 0;
  for (const auto& console : consoles_.all()) {
    if (std::chrono::steady_clock::now() < end)
      console->close_history();
    else
      ++late;
  }
  if (late > 0) log_.warn("the disk is slow: {} could not be made safe against a power cut", count(late, "history"));
}

// --- starting ---

Daemon::Started Daemon::start() {
  return hold_directories()
      .and_then([this] { return open_consoles(); })
      .and_then([this] { return open_doors(); })
      .map([this] {
        for (const auto& console : consoles_.all()) console->start();
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

Daemon::Started Daemon::open_consoles() {
  const std::string directory = config_.state_dir + "/history";
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST)
    log_.warn("cannot make {}: {}; history is kept in memory only", directory, errno_text(errno));
  for (const config::Console& each : config_.consoles) {
    const std::string file = fmt::format("{}/{}.ring", directory, percent_encoded(each.name));
    Result<history::Ring::Opened> opened = history::Ring::open(file, each.size);
    if (!opened) return tl::unexpected(Failure{kCouldNotStart, opened.error()});
    for (const std::string& remark : opened->remarks) log_.warn("console {}: {}", each.name, remark);
    consoles_.add(std::make_unique<console::Console>(
        console::Console::Settings{each.name, each.replay, config_.limits.input_queue}, std::move(opened->ring),
        make_backend(each.backend), fanout_, log_));
  }
  return {};
}

Daemon::Started Daemon::open_doors() {
  const frontend::Door::Limits limits{most_viewers(config_, open_files_), config_.limits.notice_wait};
  for (const config::Listen& listen : config_.listens) {
    const auto* const host = std::get_if<address::HostPort>(&listen.place);
    const auto path = [&] {
      return net::endpoint(std::get<address::SocketPath>(listen.place)).map([](const net::Endpoint& at) {
        return std::vector{at};
      });
    };
    const Result<std::vector<net::Endpoint>> at = host != nullptr ? net::resolve(*host) : path();
    if (!at)
      return tl::unexpected(Failure{kCouldNotStart,
                                    {fmt::format("cannot listen on {}: {}; correct it or use an address",
                                                 config::door_text(listen), at.error().text)}});
    if (const Status closed = frontend::check_exposure(listen, *at); !closed)
      return tl::unexpected(Failure{kBadConfiguration, closed.error()});
    auto door = std::make_unique<frontend::Door>(listen, limits, *consoles_.find(listen.console), sessions_);
    if (const Status opened = door->open(loop_, *at); !opened)
      return tl::unexpected(Failure{kCouldNotStart, opened.error()});
    doors_.push_back(std::move(door));
    log_.info("listening: {} for console {}", config::door_text(listen), listen.console);
  }
  return {};
}

std::unique_ptr<backend::Backend> Daemon::make_backend(const address::Backend& address) {
  const config::Limits& limits = config_.limits;
  const backend::Patience patience{limits.connect_timeout, limits.reopen_first, limits.reopen_most};
  if (const auto* pty = std::get_if<address::Pty>(&address))
    return std::make_unique<backend::Pty>(loop_, patience, pty->path);
  if (const auto* unix_socket = std::get_if<address::Unix>(&address))
    return std::make_unique<backend::Socket>(loop_, patience, *unix_socket);
  return std::make_unique<backend::Socket>(loop_, patience, std::get<address::Tcp>(address));
}

// --- stopping ---

void Daemon::stop() {
  if (stop_deadline_) return;
  log_.info("stopping");
  notify_stopping();
  doors_.clear();
  sessions_.stop();
  for (const auto& console : consoles_.all()) console->stop();
  stop_deadline_ = loop_.now() + config_.limits.stop_drain;
  look_whether_stopped();
}

void Daemon::look_whether_stopped() {
  if (sessions_.count() > 0 && loop_.now() >= *stop_deadline_)
    sessions_.expire_all("it did not take its last bytes before charmuxd stopped");
  const auto& all = consoles_.all();
  if (sessions_.count() == 0 && std::all_of(all.begin(), all.end(), [](const auto& each) { return each->stopped(); }))
    return loop_.stop();
  stop_look_.start(kStopLook);
}

}  // namespace charmux::daemon
