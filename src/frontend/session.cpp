// SPDX-License-Identifier: Apache-2.0
#include "frontend/session.hpp"

#include <utility>

#include "console/audit.hpp"

namespace charmux::frontend {

Session::Session(const Context& context, net::Stream stream, console::ViewerOrigin origin)
    : Connection(context, std::move(stream)), origin_(std::move(origin)) {}

Session::~Session() { say_detached(); }

void Session::attach(console::Console& console, const console::ViewerSettings& settings) {
  log_.write(LogLevel::info, fmt::format("console {}: {} attached by {}", console.name(), origin_.who(), origin_.door),
             console::fields_of({console.name(), "attach", origin_}));
  viewer_.emplace(console, static_cast<console::Wire&>(*this), settings, origin_);
}

void Session::detach() {
  say_detached();
  departed_ = false;
  viewer_.reset();
}

void Session::say_detached() {
  if (viewer_ && !departed_) console::log_act(log_, {viewer_->console().name(), "detach", origin_});
}

Log::Fields Session::departure() {
  if (!viewer_ || std::exchange(departed_, true)) return {};
  return console::fields_of({viewer_->console().name(), "detach", origin_});
}

void Session::reconsider() {
  if (!judge_ || (phase() != Phase::attached && phase() != Phase::watching)) return;
  const Standing standing = judge_->look(origin_, viewer_ ? &console() : nullptr, tls());
  if (!standing.why_not.empty()) return turn_out(standing.why_not);
  if (viewer_) console().set_may_type(*viewer_, standing.may_type);
}

void Session::end_for_typing() {
  if (const std::string_view why = console().why_no_input(); !why.empty())
    return end(fmt::format("it typed, and {}", why));
  const console::Viewer* const typist = console().writer();
  if (viewer().settings().may_type && typist != nullptr)
    end(fmt::format("it typed while {} has the pen", typist->who()));
  else
    end("it typed, and may only watch here (access=watch, or its user's rules)");
}

std::size_t Session::read_room() const { return viewer_->console().input_room(*viewer_); }

void Session::half_closed() {
  if (viewer_) console().lay_pen_down(*viewer_);
}

void Session::stopping() {
  // A viewer is given the rest of its console first, when that is told to stop, and then is finished().
  if (!viewer_) end_after_outbox();
}

void Session::writable() { viewer_ ? viewer_->writable() : Connection::writable(); }

std::string Session::subject() const {
  return viewer_ ? fmt::format("console {}: {}", viewer_->console().name(), viewer_->who()) : origin_.who();
}

std::string Session::last_remark() const {
  if (!viewer_ || viewer_->skipped() == 0) return {};
  return fmt::format("; it was not given {} bytes", viewer_->skipped());
}

}  // namespace charmux::frontend
