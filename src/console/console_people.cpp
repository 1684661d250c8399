// SPDX-License-Identifier: Apache-2.0
// Who is at a console, and what they do there.
#include <algorithm>

#include "console/console.hpp"
#include "console/fanout.hpp"
#include "console/notices.hpp"

namespace charmux::console {

// --- what is typed ---

bool Console::may_type(const Viewer& viewer) const {
  return viewer.settings().may_type && backend_->why_no_input().empty();
}

bool Console::type(Viewer& viewer, BytesView bytes) {
  if (!may_type(viewer) || !pen_.type(viewer)) return false;
  if (bytes.empty()) return true;
  if (audit_ != nullptr && audit_->typed())
    record({name_, "typed", viewer.origin(), "bytes", std::string(as_text(bytes))});
  input_.type(viewer.id(), bytes);
  return true;
}

net::Io Console::give_guest(BytesView bytes) {
  const net::Io io = backend_->write(bytes);
  if (io.kind == net::Io::Kind::moved) traffic_.to_guest += io.bytes;
  return io;
}

void Console::backend_writable() { input_.writable(); }

std::size_t Console::input_room(const Viewer& viewer) const { return input_.room(viewer.id()); }

Input::Owner Console::input_owner() {
  return {[this](BytesView bytes) { return give_guest(bytes); }, [this](Pen::Id writer) { input_moved(writer); }};
}

void Console::input_moved(Pen::Id writer) {
  pen_.input_went(writer);
  if (Viewer* const typist = find(writer)) typist->input_may_go_on();
}

void Console::input_dropped(std::size_t bytes, std::string_view why) {
  log_.warn("console {}: {} bytes of input did not reach the guest: {}", name_, bytes, why);
}

void Console::send_break(const ViewerOrigin& by, std::function<void(Status)> answer) {
  input_.hold();
  backend_->send_break(
      [this, by, alive = std::weak_ptr<const void>(alive_), answer = std::move(answer)](const Status& sent) {
        if (!alive.expired()) {
          const std::string failed =
              sent ? "" : fmt::format("console {}: {} sent a break: {}", name_, by.who(), sent.error().text);
          note({name_, "break", by, "result", sent ? "sent" : sent.error().text}, failed);
          input_.release();
        }
        answer(sent);
      });
}

// --- who types ---

Pen::Owner Console::pen_owner() {
  return {[this](Pen::Id id) { return find(id); },
          [this](const Viewer&, std::size_t bytes, const std::string& why) { input_dropped(bytes, why); },
          [this](const Viewer& viewer, bool got, const std::string& how) {
            note({name_, got ? "pen" : "pen lost", viewer.origin(), got ? "how" : "why", how});
          }};
}

PenAnswer Console::ask_for_pen(Viewer& viewer) { return may_type(viewer) ? pen_.ask(viewer) : PenAnswer::refused; }

bool Console::force_pen(Viewer& viewer) {
  if (!may_type(viewer)) return false;
  pen_.force(viewer);
  return true;
}

void Console::spy(Viewer& viewer) {
  viewer.set_spying(true);
  pen_.lay_down(viewer);
}

void Console::lay_pen_down(Viewer& viewer) { pen_.lay_down(viewer); }

void Console::set_may_type(Viewer& viewer, bool may_type) {
  if (viewer.settings().may_type == may_type) return;
  viewer.set_may_type(may_type);
  note({name_, "rights", viewer.origin(), "may", may_type ? "type" : "watch"},
       fmt::format("console {}: {} may {} from now on", name_, viewer.who(), may_type ? "type" : "only watch"));
  viewer.notify(notices::sentence(may_type ? "you may type from now on" : "you may only watch from now on"));
  if (may_type) return;
  drop_typed(viewer, fmt::format("{} may only watch from now on", viewer.who()));
  pen_.lay_down(viewer);
}

bool Console::may_act(Viewer& viewer) {
  if (!may_type(viewer)) return false;
  return pen_.may_write(viewer) || (!pen_.holder() && pen_.type(viewer));
}

void Console::drop_typed(const Viewer& viewer, std::string_view why) {
  const std::size_t bytes = input_.drop(viewer.id());
  if (bytes == 0) return;
  input_dropped(bytes, why);
  input_moved(viewer.id());
}

// --- what is done with its chardev ---

void Console::put_down(const ViewerOrigin& by) {
  note({name_, "down", by}, fmt::format("console {}: put down by {}", name_, by.who()));
  backend_->put_down("put down by " + by.who());
}

void Console::reopen(const ViewerOrigin& by, bool force) {
  note({name_, "reopen", by, force ? "how" : "", force ? "by force" : ""},
       fmt::format("console {}: reopened by {}{}", name_, by.who(), force ? ", by force" : ""));
  backend_->reopen(force);
}

// --- viewers ---

void Console::attach(Viewer& viewer) {
  readers_.push_back(&viewer);
  if (viewer.settings().counts) {
    viewers_.push_back(&viewer);
    comings_.came(viewer);
    record({name_, "attach", viewer.origin()});
  }
  pace_.reader_came();
  if (may_type(viewer)) pen_.attach(viewer);
  viewer.greet(status_for(viewer), notices::kLive);
  viewer.knows_writer = pen_.holder().value_or(0);
  told_away_ = told_away_ || (viewer.settings().counts && state_ != backend::State::open);
  fanout_.wake(viewer);
  comings_.tell();
}

void Console::detach(Viewer& viewer) {
  std::erase(readers_, &viewer);
  std::erase(viewers_, &viewer);
  if (viewer.in_the_way()) pace_.made_room();
  fanout_.forget(viewer);
  if (!viewer.settings().counts) return;
  record({name_, "detach", viewer.origin()});
  comings_.left(viewer);
  pen_.leave(viewer);
  comings_.tell();
}

void Console::log_skip(const Viewer& viewer, std::uint64_t bytes) {
  log_.warn("console {}: {} reads too slowly: {} bytes skipped, {} in all", name_, viewer.who(), bytes,
            viewer.skipped());
}

void Console::announce(const std::string& notice) {
  for (Viewer* viewer : viewers_) viewer->notify(notice);
}

void Console::broadcast(const ViewerOrigin& by, const std::string& text, const Viewer* except) {
  note({name_, "broadcast", by, "text", text});
  for (Viewer* viewer : viewers_)
    if (viewer != except) viewer->notify(notices::broadcast(by.who(), text));
}

Viewer* Console::find(Pen::Id id) const {
  const auto at = std::find_if(viewers_.begin(), viewers_.end(), [id](const Viewer* v) { return v->id() == id; });
  return at == viewers_.end() ? nullptr : *at;
}

void Console::record(const Act& act) {
  if (audit_ != nullptr) audit_->note(act);
}

/// Also in the log: as that line, or, without one, where the log keeps fields.
void Console::note(const Act& act, const std::string& line) {
  line.empty() ? log_act(log_, act) : log_.write(LogLevel::info, line, fields_of(act));
  record(act);
}

}  // namespace charmux::console
