// SPDX-License-Identifier: Apache-2.0
// What people are told of a console.
#include "console/console.hpp"
#include "console/notices.hpp"

namespace charmux::console {

std::string Console::condition() const {
  std::string text;
  switch (state_) {
    case backend::State::connecting: text = "connecting"; break;
    case backend::State::open: text = heard_ || !backend_->may_be_queued() ? "" : "connected, nothing heard yet"; break;
    case backend::State::closed:
      text = backend_->ended_as().empty() ? "shut off" : fmt::format("shut off: {}", backend_->ended_as());
      break;
    case backend::State::off: text = "shut off"; break;
    case backend::State::waiting:
    case backend::State::down: text = reason_; break;
    case backend::State::refused: text = fmt::format("refused: {}", reason_); break;
    case backend::State::gone: text = "gone"; break;
  }
  for (const std::string& more : {history_trouble(), remark()})
    if (!more.empty()) text += (text.empty() ? "" : "; ") + more;
  return text;
}

std::string Console::history_trouble() const {
  return ring_.not_kept().empty() ? "" : fmt::format("history not kept: {}", ring_.not_kept());
}

std::string Console::remark() const {
  if (also_read_by_.empty()) return remark_;
  return fmt::format("{}{}also read by {}", remark_, remark_.empty() ? "" : "; ", also_read_by_);
}

std::string_view Console::state_text() const {
  if (state_ == backend::State::down) return "waiting";
  return state_ == backend::State::closed ? "shut off" : backend::name_of(state_);
}

/// Why an open console may look dead; empty: no reason to think so.
std::string Console::silence() const {
  const std::optional<WallTime> last = last_output();
  // "nothing heard yet" says as much; and a history without a time is no proof of silence.
  const bool said = !last && (offset() > 0 || (backend_->may_be_queued() && !heard_));
  return is_open() && !said ? notices::silence(last, std::chrono::system_clock::now()) : std::string();
}

std::string Console::status_for(const Viewer& viewer) const {
  const Viewer* const typist = writer();
  const std::string keys = viewer.keys() ? config::text_of(*viewer.keys()) : "";
  const notices::Company company{viewers_.size(), typist == nullptr ? "" : std::string_view(typist->who()),
                                 may_write(viewer), may_type(viewer), keys};
  std::string text = condition();
  if (const std::string silent = silence(); !silent.empty()) text += (text.empty() ? "" : "; ") + silent;
  return notices::attached(name_, company, text);
}

std::string Console::why_not_typed(const Viewer& viewer) const {
  if (const std::string_view why = backend_->why_no_input(); !why.empty()) return std::string(why);
  const Viewer* const typist = writer();
  if (viewer.settings().may_type && viewer.spies()) return "you spy";
  if (!viewer.settings().may_type || typist == nullptr) return "this door only lets you watch";
  return typist->who() + " types";
}

std::string Console::how_to_type(const Viewer& viewer) const {
  if (!viewer.keys() || !may_type(viewer)) return {};
  const Viewer* const typist = writer();
  return notices::how_to_type(config::text_of(*viewer.keys()),
                              typist == nullptr || typist == &viewer ? "" : std::string_view(typist->who()));
}

}  // namespace charmux::console
