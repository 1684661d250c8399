// SPDX-License-Identifier: Apache-2.0
#include "console/console.hpp"

#include <algorithm>

#include "charmux/base/text.hpp"
#include "console/fanout.hpp"
#include "console/notices.hpp"

namespace charmux::console {
namespace {

/// The most that is read from one backend in one turn: no more than each viewer may be sent in one, or a flood would
/// leave behind even those who take all they are given; and a quarter of the ring, so that no turn laps it.
std::size_t read_budget(const history::Ring& ring) {
  return static_cast<std::size_t>(std::min<std::uint64_t>(Viewer::kTurnBudget, ring.size() / 4));
}

/// Behind what a UART prints there is nothing more yet; a flood comes by more (a pty gives 4095 bytes at once).
constexpr std::size_t kLittleRead = 1 * KiB;

/// Output that is gathered waits no longer once there is so much: it is no more a matter of single characters.
constexpr std::uint64_t kEnoughToSend = 16 * KiB;

WallTime wall_now() { return std::chrono::system_clock::now(); }

}  // namespace

Console::Console(Settings settings, history::Ring ring, std::unique_ptr<backend::Backend> backend, Fanout& fanout,
                 Log& log)
    : name_(std::move(settings.name)),
      replay_(settings.replay),
      typing_(settings.typing),
      audit_(settings.audit),
      ring_(std::move(ring)),
      save_(std::move(settings.save)),
      opened_(std::move(settings.opened)),
      backend_(std::move(backend)),
      fanout_(fanout),
      log_(log),
      holds_(fanout.loop(), [this] { has_held(); }),
      pace_({settings.max_guest_pause, settings.min_rate, ring_.size()}, fanout.loop(), readers_, *backend_),
      coalesce_(settings.coalesce),
      gathering_(fanout.loop(), [this] { tell_output(); }),
      input_({settings.input_queue, {typing_.input_rate, typing_.input_cr_delay}}, fanout.loop(), input_owner()),
      comings_(fanout.loop(), viewers_),
      pen_(typing_.writer_idle, fanout.loop(), input_, comings_, pen_owner()) {}

void Console::configure(std::uint64_t replay, const config::Typing& typing) {
  replay_ = replay;
  typing_ = typing;
  input_.set_pace({typing.input_rate, typing.input_cr_delay});
  pen_.set_idle(typing.writer_idle);
}

void Console::stop(std::string_view why) {
  for (const Viewer* viewer : viewers_)
    if (const std::size_t bytes = input_.drop(viewer->id()); bytes > 0) input_dropped(bytes, why);
  pen_.stop();
  holds_.stop();
  backend_->stop();
  tell_output();
  ring_.end_recording(wall_now());
  for (Viewer* reader : readers_) reader->finish(notices::sentence(why));
}

// --- the backend ---

void Console::backend_is(backend::State state, const std::string& reason) {
  const bool was_open = state_ == backend::State::open;
  state_ = state;
  reason_ = reason;
  uart_.backend_is();
  if (state == backend::State::open) return came_up();
  also_read_by_.clear();
  pace_.go_on();
  if (was_open) {
    ring_.end_recording(wall_now());
    holds_.stop();
    toggling_.lost(fanout_.now(), state == backend::State::closed);
  }
  // What somebody ordered is always news.
  if (state == backend::State::down || state == backend::State::connecting) toggling_.held();
  if (state == backend::State::off)
    say(LogLevel::info, std::string(backend::name_of(state)));
  else
    say(LogLevel::warn, fmt::format("{}: {}{}", backend::name_of(state), reason,
                                    state == backend::State::down ? "" : "; trying again"));
  // The reason may change while the console is away (closed, then no such file); viewers are told what that means to
  // them.
  if (std::exchange(away_as_, condition()) == condition()) return;
  announce(notices::away(name_, condition()));
  told_away_ = told_away_ || !viewers_.empty();
}

void Console::came_up() {
  heard_ = false;
  ring_.begin_recording(wall_now());
  if (opened_) opened_(*this);
  if (const std::size_t bytes = backend_->leftover(); bytes > 0)
    ring_.add_mark(history::MarkKind::leftover, wall_now(), wall_now(), bytes);
  say(LogLevel::info, backend_->may_be_queued() ? "open: connected, nothing heard yet" : "open");
  toggling_.opened(fanout_.now());
  // One that toggles is as good as away until it holds, and viewers know that it is away.
  if (toggling_.toggles())
    holds_.start(Toggling::kHeld);
  else
    tell_back();
  backend_writable();
}

void Console::tell_back() {
  const bool unsure = backend_->may_be_queued() && !heard_;
  away_as_.clear();
  if (told_away_) announce(unsure ? notices::unheard(name_) : notices::back(name_));
  told_away_ = told_away_ && unsure;
}

void Console::has_held() {
  const unsigned unsaid = toggling_.unsaid();
  toggling_.held();
  if (unsaid > 0) log_.info("console {}: open, and holds; {} changes before were not logged", name_, unsaid);
  tell_back();
}

void Console::say(LogLevel level, const std::string& sentence) {
  if (const auto news = toggling_.news(sentence, fanout_.now()))
    log_.write(level, fmt::format("console {}: {}", name_, *news));
  else
    log_.debug("console {}: {}", name_, sentence);
}

void Console::backend_readable() {
  const WallTime now = wall_now();
  const std::uint64_t before = ring_.head();
  for (std::size_t left = read_budget(ring_); left > 0 && pace_.may_read();) {
    const BytesSpan window = ring_.window();
    const net::Io io = backend_->read(window.first(std::min(left, window.size())));
    if (io.kind == net::Io::Kind::moved && !ring_.begun() && !begin_history()) break;
    ring_.commit(io.kind == net::Io::Kind::moved ? io.bytes : 0, now);
    pace_.read(io.kind == net::Io::Kind::moved ? io.bytes : 0);
    if (io.kind != net::Io::Kind::moved || io.bytes < kLittleRead) break;
    left -= io.bytes;
  }
  if (ring_.head() == before) return;
  if (!heard_ && told_away_ && !holds_.running()) {
    told_away_ = false;
    for (Viewer* viewer : viewers_) viewer->notify_at(notices::back(name_), before);
  }
  heard_ = true;
  traffic_.from_guest += ring_.head() - before;
  traffic_.last_output = now;
  gathered_ += ring_.head() - before;
  if (coalesce_.count() == 0 || gathered_ >= kEnoughToSend) return tell_output();
  if (!gathering_.running()) gathering_.start(coalesce_);
}

/// The first byte has come. False: there is no memory to keep it in.
bool Console::begin_history() {
  const Result<std::vector<std::string>> remarks = ring_.begin();
  if (!remarks) backend_->put_down("put down: " + remarks.error().text);
  if (!remarks) return false;
  for (const std::string& remark : *remarks) log_.warn("console {}: {}", name_, remark);
  if (!ring_.not_kept().empty()) announce(notices::sentence(history_trouble()));
  if (save_ && ring_.not_kept().empty()) save_(ring_.saver());
  return true;
}

void Console::tell_output() {
  gathering_.stop();
  if (std::exchange(gathered_, 0) == 0) return;
  for (Viewer* reader : readers_) reader->output_came();
}

}  // namespace charmux::console
