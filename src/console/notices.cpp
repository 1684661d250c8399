// SPDX-License-Identifier: Apache-2.0
#include "console/notices.hpp"

#include <fmt/core.h>

#include "charmux/base/text.hpp"
#include "charmux/base/units.hpp"

namespace charmux::console::notices {

std::string attached(std::string_view console, const Company& company, std::string_view condition) {
  std::string text = fmt::format("[charmux: {}, {} watching, ", printable(console), company.watching);
  const bool keys = !company.keys.empty();
  if (company.you_type) {
    text += "you type";
    if (keys) text += fmt::format("; {}? helps", company.keys);
  } else {
    text += fmt::format("{} types; read-only", company.typist.empty() ? "nobody" : company.typist);
    if (keys && company.may_type)
      text += fmt::format(": {}{}, {}? helps", company.keys, company.typist.empty() ? "a to type" : "f takes over",
                          company.keys);
    else if (keys)
      text += fmt::format(": {}? helps", company.keys);
  }
  if (!condition.empty()) text += fmt::format("; {}", printable(condition));
  return text + "]";
}

std::string silence(std::optional<WallTime> last_output, WallTime now) {
  if (!last_output) return "never heard";
  const auto age = now - *last_output;
  if (age < std::chrono::minutes(1)) return {};
  const std::string day = age > std::chrono::hours(24) ? date_text(*last_output) + " " : "";
  return fmt::format("silent since {}{}", day, clock_text(*last_output));
}

std::string skipped(std::uint64_t bytes) { return fmt::format("[charmux: {} bytes skipped]", bytes); }

std::string mark(const history::Mark& mark) {
  switch (mark.kind) {
    case history::MarkKind::not_recorded:
      return fmt::format("[charmux: not recorded {} - {}]", clock_text(mark.from), clock_text(mark.to));
    case history::MarkKind::leftover:
      return fmt::format("[charmux: the next {} bytes were there already at {}, and may be older]", mark.bytes,
                         clock_text(mark.to));
    case history::MarkKind::unverified:
      return "[charmux: history before this point is unverified: the host went down without a stop]";
  }
  return "[charmux: a mark of an unknown kind]";
}

std::string away(std::string_view console, std::string_view condition) {
  return fmt::format("[charmux: {} is {}; waiting]", printable(console), printable(condition));
}

std::string back(std::string_view console) { return fmt::format("[charmux: {} is back]", printable(console)); }

std::string unheard(std::string_view console) {
  return fmt::format("[charmux: {} is connected, nothing heard yet]", printable(console));
}

std::string how_to_type(std::string_view keys, std::string_view typist) {
  return typist.empty() ? fmt::format("{}a to type", keys) : fmt::format("{0}f takes over, {0}a asks", keys);
}

std::string read_only(std::string_view why, std::string_view how) {
  return fmt::format("[charmux: read-only: {}{}{}]", why, how.empty() ? "" : "; ", how);
}

std::string pen_lost(std::string_view to) { return fmt::format("[charmux: read-only: {} took the pen]", to); }

std::string pen_idle(std::chrono::milliseconds idle, std::string_view to) {
  const std::string what = to.empty() ? "typing takes the pen again" : fmt::format("{} types now", to);
  return fmt::format("[charmux: you typed nothing for {}: {}]", format_duration(idle), what);
}

std::string asks_to_type(std::string_view who, std::string_view keys) {
  if (keys.empty()) return fmt::format("[charmux: {} asks to type]", who);
  return fmt::format("[charmux: {} asks to type: {} hands over]", who, keys);
}

std::string types_now(std::string_view who) { return fmt::format("[charmux: {} types now]", who); }

std::string came_or_left(std::string_view who, bool came, std::size_t watching) {
  return fmt::format("[charmux: {} {}, {} watching]", who, came ? "watches" : "left", watching);
}

std::string came_and_left(std::size_t came, std::size_t left, std::size_t watching) {
  const std::string in = came == 0 ? "" : fmt::format("{} came, ", came);
  const std::string out = left == 0 ? "" : fmt::format("{} left, ", left);
  return fmt::format("[charmux: {}{}{} watching]", in, out, watching);
}

std::string happened(std::string_view console, std::string_view what) {
  return fmt::format("[charmux: {} {}]", printable(console), what);
}

std::string broadcast(std::string_view from, std::string_view text) {
  return fmt::format("[charmux: {}: {}]", from, printable(text));
}

std::string sentence(std::string_view text) { return fmt::format("[charmux: {}]", printable(text)); }

}  // namespace charmux::console::notices
