// SPDX-License-Identifier: Apache-2.0
#include "console/audit.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace charmux::console {

/// What is done on the disk at once; owns all it touches.
struct Audit::Task {
  std::string path;
  UniqueFd file{};
  UniqueFd outworn{};
  Bytes bytes{};
  bool last = false;
  int error = 0;

  void carry_out() {
    outworn.reset();
    error = file ? 0 : open_to_append(path, file);
    if (error == 0) error = append_all(file.get(), bytes);
    if (error == 0 && last && ::fsync(file.get()) != 0) error = errno;
    if (error != 0 || last) file.reset();
  }
};

Audit::Audit(loop::Loop& loop, Log& log, Scribes& scribes, config::Audit settings, std::chrono::milliseconds pause)
    : log_(log), scribes_(scribes), settings_(std::move(settings)), pause_(pause), alarm_(loop, [this] { alarm(); }) {
  work();  // so that what is wrong with the file is known before anybody does anything
}

void Audit::note(const Act& act) {
  if (state_ == State::over) return;
  const std::string line = line_of(act, std::chrono::system_clock::now());
  if (text_.size() + under_way_ + line.size() > kMost || missing_ > 0) {
    ++missing_;
    return;
  }
  append(text_, as_bytes(line));
  if (state_ == State::idle) work();
}

void Audit::work() {
  state_ = State::at_work;
  const auto task = std::make_shared<Task>();
  task->path = settings_.file;
  (std::exchange(outworn_, false) ? task->outworn : task->file) = std::move(file_);
  task->bytes = std::exchange(text_, {});
  task->last = stopping_;
  under_way_ = task->bytes.size();
  order_ = scribes_.give(
      settings_.file.substr(0, settings_.file.rfind('/')), [task] { task->carry_out(); },
      [this, task] { came_back(*task); });
  alarm_.start(pause_);
}

void Audit::came_back(Task& task) {
  alarm_.stop();
  file_ = std::move(task.file);
  under_way_ = 0;
  append(task.bytes, text_);
  text_ = std::move(task.bytes);
  if (task.error != 0) {
    complain(trouble_of(task.error, "give it a file of its own"));
    state_ = State::stuck;
    if (stopping_) return give_up();
    return outworn_ ? work() : alarm_.start(pause_);
  }
  if (!std::exchange(trouble_, {}).empty()) log_.info("audit {} goes on", settings_.file);
  tell_missing();
  state_ = task.last && text_.empty() ? State::over : State::idle;
  if (state_ != State::over && (!text_.empty() || outworn_ || stopping_)) work();
}

void Audit::tell_missing() {
  if (missing_ == 0) return;
  const ViewerOrigin nobody{"charmuxd", "", {}};
  append(text_, as_bytes(line_of({"", "missing", nobody, "acts", fmt::format("{}", std::exchange(missing_, 0))},
                                 std::chrono::system_clock::now())));
}

void Audit::alarm() {
  if (state_ != State::at_work) return work();
  complain(order_.begun() ? FileTrouble{"the disk does not answer", "see what it waits for"}
                          : FileTrouble{"the disk of other logs does not answer, and it waits for them",
                                        "see what they wait for"});
}

void Audit::complain(const FileTrouble& trouble) {
  if (std::exchange(trouble_, trouble.reason) == trouble.reason) return;
  log_.warn("audit {} stopped: {}; {}, and it goes on by itself", settings_.file, trouble.reason, trouble.remedy);
}

void Audit::reopen() {
  if (stopping_) return;
  outworn_ = true;
  if (state_ != State::at_work) work();
}

// --- the end ---

void Audit::stop() {
  if (std::exchange(stopping_, true)) return;
  if (state_ == State::idle || state_ == State::stuck) work();
}

void Audit::give_up() {
  if (state_ == State::over) return;
  alarm_.stop();
  order_ = {};
  state_ = State::over;
  if (const std::size_t bytes = text_.size() + under_way_; bytes + missing_ > 0)
    log_.warn("audit {}: charmuxd stopped before {} bytes of it were written, and {} acts after them", settings_.file,
              bytes, missing_);
}

}  // namespace charmux::console
