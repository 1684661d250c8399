// SPDX-License-Identifier: Apache-2.0
#include "cli/bridge.hpp"

#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "backend/line.hpp"
#include "charmux/base/open_files.hpp"
#include "charmux/history/ring.hpp"
#include "cli/hex_view.hpp"

namespace charmux::cli {
namespace {

using namespace std::chrono_literals;

/// Descriptors kept for all that is not a client: the backend and the next one being opened, history, loop, look-ups.
constexpr std::size_t kReservedFiles = 64;

/// With --once, those who have closed their sending side count as gone after so much silence; how often it is looked
/// at.
constexpr auto kSilence = 2s;
constexpr auto kSilenceLook = 250ms;

/// One direction of what passes, shown on stderr.
std::function<void(BytesView)> show(char direction) {
  return [direction, offset = std::uint64_t{0}](BytesView bytes) mutable {
    std::fputs(hex_view({direction, std::chrono::system_clock::now(), offset, bytes}).c_str(), stderr);
    offset += bytes.size();
  };
}

bool is_ignored(int number) {
  struct sigaction action {};
  return ::sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

/// Nobody being there is how those begin that wait for the other side to connect.
bool listens(const address::Backend& backend) {
  return std::holds_alternative<address::UnixListen>(backend) || std::holds_alternative<address::TcpListen>(backend);
}

Failure cannot_listen(const frontend::Listeners::Refusal& refusal) {
  const std::string text = "bridge: " + refusal.why.text;
  if (refusal.exposed) return {kUsage, text};
  switch (refusal.why.number) {
    case EADDRINUSE: return {kBusy, text};
    case EACCES:
    case EPERM: return {kNotAllowed, text};
    default: return {kCannotListen, text};
  }
}

}  // namespace

Bridge::Bridge(const config::Config& config, const Settings& settings, Log& log)
    : config_(config),
      backend_(config.consoles.front()),
      settings_(settings),
      log_(log),
      open_files_(raise_open_files()),
      libvirts_(loop_, log, no_sink_),
      fanout_(loop_),
      gate_(loop_, log, {[this] { return most_viewers(); }, config.limits}),
      sessions_(loop_, log,
                {config.limits.outbox, config.history.send_queue,
                 frontend::Overdue{config.limits.viewer_stalled_timeout, config.limits.viewer_dead_timeout}}),
      listeners_(loop_, log, consoles_, sessions_, gate_),
      closing_(loop_, consoles_, listeners_, sessions_, "charmux bridge"),
      over_(loop_,
            [this] {
              if (!closing_.begun()) closing_.begin(std::nullopt);
            }),
      silence_(loop_, [this] { look_for_silence(); }) {}

Outcome<void> Bridge::run() {
  if (auto made = make_console(); !made) return made;
  if (auto opened = open_listeners(); !opened) return opened;
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) catch_signal(number);
  if (settings_.once) {
    sessions_.when_empty([this] {
      if (!closing_.begun()) closing_.begin(config_.limits.stop_drain);
    });
    look_for_silence();
  }
  consoles_.all().front()->start();
  loop_.run();
  return ended_;
}

Outcome<void> Bridge::make_console() {
  Result<history::Ring> ring = history::Ring::in_memory(backend_.size);
  if (!ring)
    return stop(kCannotListen, "bridge: no memory for a history of {} bytes: {}", backend_.size, ring.error().text);
  const config::Limits& limits = config_.limits;
  auto line = std::make_unique<backend::Line>(
      loop_, backend::Patience{limits.connect_timeout, limits.reopen_first, limits.reopen_most}, place());
  console::Console::Settings settings{
      backend_.name,           backend_.replay, limits.input_queue, backend_.max_guest_pause, config_.history.min_rate,
      config_.history.coalesce};
  consoles_.add(std::make_unique<console::Console>(std::move(settings), std::move(*ring),
                                                   std::make_unique<Tapped>(std::move(line), ear()), fanout_, log_));
  return {};
}

std::unique_ptr<backend::Locator> Bridge::place() {
  const auto* const libvirt = std::get_if<address::Libvirt>(&backend_.backend);
  if (libvirt == nullptr) return std::make_unique<backend::FixedPlace>(backend_.backend);
  auto place = libvirts_.place_of(*libvirt);
  libvirts_.start();
  return place;
}

Tapped::Ear Bridge::ear() {
  Tapped::Ear ear;
  if (settings_.verbose) ear.written = show('>');
  ear.read = [this, shown = settings_.verbose ? show('<') : std::function<void(BytesView)>()](BytesView bytes) {
    silent_since_ = loop_.now();
    if (shown) shown(bytes);
  };
  ear.became = [this](backend::State state, const std::string& reason) { return backend_became(state, reason); };
  return ear;
}

Outcome<void> Bridge::open_listeners() {
  for (const config::Listen& listen : config_.listens)
    if (const auto opened = listeners_.open(listen, config_); !opened)
      return tl::unexpected(cannot_listen(opened.error()));
  return {};
}

std::size_t Bridge::most_viewers() const {
  const std::size_t kept = kReservedFiles + listeners_.descriptors();
  return open_files_ > kept ? open_files_ - kept : 0;
}

// --- its end ---

void Bridge::catch_signal(int number) {
  // What the parent has set to be ignored (nohup) stays ignored.
  if (is_ignored(number)) return;
  signals_.push_back(std::make_unique<loop::Signal>(loop_, number, [this, number] { signalled(number); }));
}

void Bridge::signalled(int number) {
  if (closing_.begun() && told_) {
    cut_short_by_ = number;
    return loop_.stop();
  }
  told_ = true;
  log_.info("stopping");
  if (closing_.begun()) return closing_.hurry(config_.limits.stop_drain);
  closing_.begin(config_.limits.stop_drain);
}

/// Called from inside the backend. False: it is over, which the console learns when it is told to stop.
bool Bridge::backend_became(backend::State state, const std::string& reason) {
  if (!settings_.once || closing_.begun()) return true;
  if (state == backend::State::open) was_open_ = true;
  if (state == backend::State::open || state == backend::State::connecting) return true;
  if (!was_open_ && state == backend::State::closed && listens(backend_.backend)) return true;
  if (was_open_)
    log_.info("console {}: {}: {}", backend_.name, backend::name_of(state), reason);
  else
    not_opened(state, reason);
  over_.start(0ms);
  return false;
}

/// A TCP client that has gone looks like one that has closed its sending side and reads on, until it is sent something.
void Bridge::look_for_silence() {
  if (closing_.begun()) return;
  if (!sessions_.all_only_watch()) silent_since_ = loop_.now();
  if (loop_.now() - silent_since_ >= kSilence) return closing_.begin(std::nullopt);
  silence_.start(kSilenceLook);
}

void Bridge::not_opened(backend::State state, const std::string& reason) {
  if (state == backend::State::refused)
    ended_ = stop(kNoBackend, "bridge: refused: {}", reason);
  else
    ended_ = stop(state == backend::State::waiting ? kBusy : kNoBackend, "bridge: {}; leave --once out to wait for it",
                  reason);
}

}  // namespace charmux::cli
