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
    case backend::State::waiting:
    case backend::State::down: text = reason_; break;
    case backend::State::refused: text = fmt::format("refused: {}", reason_); break;
    case backend::State::gone: text = "gone"; break;
  }
  for (const std::string& more : {history_trouble(), remark_})
    if (!more.empty()) text += (text.empty() ? "" : "; ") + more;
  return text;
}

std::string Console::history_trouble() const {
  return ring_.not_kept().empty() ? "" : fmt::format("history not kept: {}", ring_.not_kept());
}

std::string_view Console::state_text() const {
  if (state_ == backend::State::down) return "waiting";
  return state_ == backend::State::closed ? "shut off" : backend::name_of(state_);
}

std::string Console::status_for(const Viewer& viewer) const {
  const Viewer* const typist = writer();
  const notices::Company company{viewers_.size(), typist == nullptr ? "" : std::string_view(typist->who()),
                                 typist == &viewer};
  return notices::attached(name_, company, condition());
}

std::string Console::why_not_typed(const Viewer& viewer) const {
  if (const std::string_view why = backend_->why_no_input(); !why.empty()) return std::string(why);
  const Viewer* const typist = writer();
  if (!viewer.settings().may_type || typist == nullptr) return "this door only lets you watch";
  return typist->who() + " types";
}

}  // namespace charmux::console
