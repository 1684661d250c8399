// SPDX-License-Identifier: Apache-2.0
#include "console/journal.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "console/fanout.hpp"

namespace charmux::console {
namespace {

/// The most that is written at once, and so the most that is held beside the ring.
constexpr std::size_t kPiece = 256 * KiB;

/// After a power cut the history goes on so much further on (see history::Ring): a log that is half of it behind is not
/// said to have missed all that.
constexpr std::uint64_t kAnotherLife = std::uint64_t{1} << 39;

/// What shares a disk, as far as that is known.
std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

ViewerSettings settings_of(const Console& console, std::uint64_t since) {
  ViewerSettings settings;
  settings.may_type = false;
  settings.told = Told::gaps;
  settings.counts = false;
  settings.on_lag = OnLag::skip;
  settings.since = since;
  // After a skip it goes on as far back as it may.
  settings.replay = console.terms().ring;
  return settings;
}

}  // namespace

Journal::Journal(Console& console, JournalPaths paths, Scribes& scribes, Log& log, std::chrono::milliseconds pause)
    : console_(console),
      head_(console.offset()),
      paths_(std::move(paths)),
      scribes_(scribes),
      log_(log),
      pause_(pause),
      logged_(head_),
      alarm_(console.fanout().loop(), [this] { alarm(); }) {
  work(false);
}

void Journal::begin(std::optional<std::uint64_t> where) {
  if (where && *where <= head_ && head_ - *where < kAnotherLife) logged_ = *where;
  viewer_.emplace(console_, static_cast<Wire&>(*this), settings_of(console_, logged_), ViewerOrigin{"its log", "", {}});
  if (stopping_) viewer_->finish({});
  work(false);  // so that it stands on the disk where it begins
}

Journal::~Journal() {
  console_.set_remark({});
  if (!file_) return;
  const auto file = std::make_shared<UniqueFd>(std::move(file_));
  (void)scribes_.give(
      folder_of(paths_.log), [file] { file->reset(); }, [] {});
}

// --- what the viewer has for the file ---

Wire::Sent Journal::send(BytesView bytes, std::uint64_t offset) {
  const BytesView piece = bytes.first(std::min(bytes.size(), kPiece - text_.size()));
  append(text_, piece);
  under_way_ += piece.size();
  logged_ = offset + piece.size();
  const bool full = text_.size() == kPiece;
  if (full)
    work(false);
  else if (!alarm_.running())
    alarm_.start(kGather);
  return {piece.size(), full};
}

void Journal::tell(std::string_view notice, bool off_line_start) {
  if (off_line_start) append(text_, as_bytes("\r\n"));
  append(text_, as_bytes(notice));
  append(text_, as_bytes("\r\n"));
  own_ = text_.size() - under_way_;
}

bool Journal::flush() {
  if (state_ == State::idle && own_ == 0) return true;
  if (state_ == State::idle) work(false);
  return false;
}

void Journal::finished() {
  if (state_ == State::idle) work(true);
}

void Journal::expire(const std::string& reason) {
  // Nothing ends a viewer that skips.
  log_.warn("console {}: log {} ended: {}", console_.name(), paths_.log, reason);
}

// --- the file ---

void Journal::work(bool last) {
  state_ = State::at_work;
  const auto task = std::make_shared<JournalTask>();
  task->paths = paths_;
  (std::exchange(outworn_, false) ? task->outworn : task->file) = std::move(file_);
  task->bytes = std::exchange(text_, {});
  task->last = last;
  // A skip is told before the cursor goes on; what comes behind it is where the cursor is now.
  if (viewer_) task->at = {logged_ - under_way_, under_way_, own_, console_.offset() - viewer_->lag()};
  order_ = scribes_.give(
      folder_of(paths_.log), [task] { carry_out(*task); }, [this, task] { came_back(*task); });
  alarm_.start(pause_);
}

void Journal::came_back(JournalTask& task) {
  alarm_.stop();
  file_ = std::move(task.file);
  text_ = task.bytes.empty() ? Bytes{} : std::move(task.bytes);  // and no room is kept for the next
  own_ = std::min(own_, text_.size());
  under_way_ = text_.size() - own_;
  if (task.trouble) {
    complain(task.paths.log, *task.trouble);
    state_ = State::stuck;
    if (stopping_) return give_up();
    return outworn_ ? work(false) : alarm_.start(pause_);
  }
  recovered();
  if (task.at) logged_ = task.at->end();
  state_ = task.last ? State::over : State::idle;
  if (task.last) return;
  if (!viewer_) return begin(task.found);
  if (outworn_) return work(false);
  viewer_->writable();
}

void Journal::alarm() {
  if (state_ != State::at_work) return work(false);
  complain(paths_.log, order_.begun() ? FileTrouble{"the disk does not answer", "see what it waits for"}
                                      : FileTrouble{"the disk of other logs does not answer, and it waits for them",
                                                    "see what they wait for"});
}

void Journal::complain(const std::string& path, const FileTrouble& trouble) {
  if (std::exchange(trouble_, trouble.reason) == trouble.reason) return;
  log_.warn("console {}: log {} stopped: {}; {}, and it goes on by itself", console_.name(), path, trouble.reason,
            trouble.remedy);
  console_.set_remark("log stopped: " + trouble.reason);
}

void Journal::recovered() {
  if (trouble_.empty()) return;
  trouble_.clear();
  log_.info("console {}: log {} goes on", console_.name(), paths_.log);
  console_.set_remark({});
}

void Journal::reopen() {
  if (stopping_) return;
  outworn_ = true;
  if (state_ != State::at_work) work(false);
}

void Journal::move_to(JournalPaths paths) {
  if (paths == paths_) return;
  paths_ = std::move(paths);
  reopen();
}

// --- the end ---

void Journal::stop() {
  stopping_ = true;
  if (state_ == State::stuck) work(false);
}

void Journal::give_up() {
  if (state_ == State::over) return;
  alarm_.stop();
  order_ = {};
  state_ = State::over;
  const std::uint64_t missing = console_.offset() - logged_ + under_way_;
  if (missing == 0) return;
  log_.warn("console {}: log {}: charmuxd stopped before its last {} bytes were written{}", console_.name(), paths_.log,
            missing, viewer_ ? "; the next one writes what is kept of them" : "");
}

}  // namespace charmux::console
