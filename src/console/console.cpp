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
      input_queue_(settings.input_queue),
      ring_(std::move(ring)),
      save_(std::move(settings.save)),
      opened_(std::move(settings.opened)),
      backend_(std::move(backend)),
      fanout_(fanout),
      log_(log),
      holds_(fanout.loop(), [this] { has_held(); }),
      pace_({settings.max_guest_pause, settings.min_rate, ring_.size()}, fanout.loop(), readers_, *backend_),
      coalesce_(settings.coalesce),
      gathering_(fanout.loop(), [this] { tell_output(); }) {}

void Console::stop(std::string_view why) {
  if (!input_.empty()) drop_input(why);
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

void Console::backend_writable() {
  while (!input_.empty() && breaks_ == 0) {
    const net::Io io = give_guest(input_);
    if (io.kind != net::Io::Kind::moved) break;
    input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(io.bytes));
  }
  if (done_typing_ && input_.empty()) release_pen(*std::exchange(done_typing_, std::nullopt));
  if (Viewer* const typist = lock_.holder() ? find(*lock_.holder()) : nullptr) typist->input_may_go_on();
}

// --- who types ---

bool Console::may_type(const Viewer& viewer) const {
  return viewer.settings().may_type && backend_->why_no_input().empty();
}

bool Console::type(Viewer& viewer, BytesView bytes) {
  if (!may_type(viewer) || !lock_.type(viewer.id())) return false;
  if (input_.empty() && breaks_ == 0) {
    const net::Io io = give_guest(bytes);
    if (io.kind == net::Io::Kind::moved) bytes = bytes.subspan(io.bytes);
  }
  append(input_, bytes);
  return true;
}

net::Io Console::give_guest(BytesView bytes) {
  const net::Io io = backend_->write(bytes);
  if (io.kind == net::Io::Kind::moved) traffic_.to_guest += io.bytes;
  return io;
}

void Console::send_break(std::function<void(Status)> answer) {
  ++breaks_;
  backend_->send_break(
      [this, alive = std::weak_ptr<const void>(alive_), answer = std::move(answer)](const Status& sent) {
        if (!alive.expired()) {
          --breaks_;
          backend_writable();
        }
        answer(sent);
      });
}

std::size_t Console::input_room(const Viewer& viewer) const {
  if (lock_.holder() && *lock_.holder() != viewer.id()) return input_queue_;
  return input_queue_ - std::min(input_queue_, input_.size());
}

void Console::lay_pen_down(Viewer& viewer) {
  if (lock_.holder() == viewer.id() && !input_.empty())
    done_typing_ = viewer.id();
  else
    release_pen(viewer.id());
}

void Console::take_pen(Viewer& viewer) {
  const std::optional<WriterLock::Id> before = lock_.seize(viewer.id());
  if (!before) return;
  if (!input_.empty()) drop_input(fmt::format("{} took the pen before the guest read them", viewer.who()));
  // Who has finished typing does not wait to type again.
  if (done_typing_) (void)lock_.leave(*before);
  done_typing_.reset();
  if (Viewer* const loser = find(*before)) loser->notify(notices::pen_lost(viewer.who()));
}

void Console::release_pen(WriterLock::Id holder) {
  const std::optional<WriterLock::Id> next = lock_.leave(holder);
  Viewer* const heir = next ? find(*next) : nullptr;
  if (heir != nullptr) heir->notify(std::string(notices::kYouType));
}

void Console::drop_input(std::string_view why) {
  log_.warn("console {}: {} bytes of input did not reach the guest: {}", name_, input_.size(), why);
  input_.clear();
}

// --- viewers ---

void Console::attach(Viewer& viewer) {
  readers_.push_back(&viewer);
  if (viewer.settings().counts) viewers_.push_back(&viewer);
  pace_.reader_came();
  if (may_type(viewer)) viewer.settings().take_pen ? take_pen(viewer) : void(lock_.attach(viewer.id()));
  viewer.greet(status_for(viewer), notices::kLive);
  told_away_ = told_away_ || (viewer.settings().counts && state_ != backend::State::open);
  fanout_.wake(viewer);
}

void Console::detach(Viewer& viewer) {
  std::erase(readers_, &viewer);
  std::erase(viewers_, &viewer);
  if (viewer.in_the_way()) pace_.made_room();
  fanout_.forget(viewer);
  if (lock_.holder() == viewer.id()) {
    if (!input_.empty()) drop_input(fmt::format("{} left before the guest read them", viewer.who()));
    done_typing_.reset();
  }
  release_pen(viewer.id());
}

void Console::log_skip(const Viewer& viewer, std::uint64_t bytes) {
  log_.warn("console {}: {} reads too slowly: {} bytes skipped, {} in all", name_, viewer.who(), bytes,
            viewer.skipped());
}

void Console::announce(const std::string& notice) {
  for (Viewer* viewer : viewers_) viewer->notify(notice);
}

Viewer* Console::find(WriterLock::Id id) const {
  const auto at = std::find_if(viewers_.begin(), viewers_.end(), [id](const Viewer* v) { return v->id() == id; });
  return at == viewers_.end() ? nullptr : *at;
}

}  // namespace charmux::console
