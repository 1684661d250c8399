// SPDX-License-Identifier: Apache-2.0
#include "console/notices.hpp"

#include <fmt/core.h>

#include "charmux/base/text.hpp"
#include "charmux/base/units.hpp"

namespace charmux::console::notices {

std::string attached(std::string_view console, const Company& company, std::string_view condition) {
  std::string text = fmt::format("[charmux: {}, {} watching, ", printable(console), company.watching);
  if (company.you_type)
    text += "you type";
  else
    text += fmt::format("{} types; read-only", company.typist.empty() ? "nobody" : company.typist);
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

std::string read_only(std::string_view why) { return fmt::format("[charmux: read-only: {}]", why); }

std::string pen_lost(std::string_view to) { return fmt::format("[charmux: read-only: {} took the pen]", to); }

std::string happened(std::string_view console, std::string_view what) {
  return fmt::format("[charmux: {} {}]", printable(console), what);
}

std::string broadcast(std::string_view from, std::string_view text) {
  return fmt::format("[charmux: {}: {}]", from, printable(text));
}

std::string sentence(std::string_view text) { return fmt::format("[charmux: {}]", printable(text)); }

}  // namespace charmux::console::notices
