// SPDX-License-Identifier: Apache-2.0
#include "frontend/last_lines.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "charmux/protocol/terminal_queries.hpp"
#include "charmux/protocol/text_boundary.hpp"
#include "console/notices.hpp"

namespace charmux::frontend {
namespace {

constexpr std::byte kLf{'\n'};
constexpr std::byte kEscape{0x1B};
/// Bytes of a UTF-8 character that may be there before it is whole.
constexpr std::size_t kMostOfCharacter = 3;

/// The same without a sequence that is open at its end.
BytesView finished(BytesView bytes) {
  for (std::size_t i = 0; i <= kMostOfCharacter && i <= bytes.size(); ++i) {
    const BytesView without = bytes.first(bytes.size() - i);
    if (!protocol::position_after(without).inside_sequence) return without;
  }
  // Any other sequence that is open began with the last ESC.
  const auto escape = std::find(bytes.rbegin(), bytes.rend(), kEscape);
  return escape == bytes.rend() ? bytes : bytes.first(static_cast<std::size_t>(bytes.rend() - escape) - 1);
}

/// Where its last `lines` lines begin; 0 where it has no more than these.
std::size_t beginning_of_last(BytesView bytes, std::size_t lines) {
  std::size_t at = bytes.size();
  if (at > 0 && bytes[at - 1] == kLf) --at;
  for (; at > 0; --at)
    if (bytes[at - 1] == kLf && --lines == 0) return at;
  return 0;
}

std::string title(std::size_t lines, std::size_t shown, bool cut) {
  const std::string wanted = lines == 1 ? "the last line" : fmt::format("the last {} lines", lines);
  return cut ? fmt::format("[charmux: the last {} bytes of {}]", shown, wanted) : fmt::format("[charmux: {}]", wanted);
}

}  // namespace

std::string last_lines(const history::Ring& ring, std::size_t lines) {
  const std::uint64_t kept = ring.head() - ring.tail();
  // Twice as much, so that where the replay begins is known to lie in no sequence.
  const std::uint64_t looked_at = std::min<std::uint64_t>(kept, 2 * kMostShownAgain);
  const BytesView all = finished(ring.view(ring.head() - looked_at, looked_at));
  std::size_t from = beginning_of_last(all, lines);
  const bool cut = all.size() - from > kMostShownAgain || (from == 0 && looked_at < kept);
  if (cut) from = protocol::replay_start(all, std::min(all.size(), kMostShownAgain), 0, false);
  // What the guest asked of terminals was answered then, or not.
  const Bytes shown = protocol::without_terminal_queries(all.subspan(from));
  const std::string_view text = as_text(shown);
  const bool ends_line = text.empty() || text.back() == '\n';
  return fmt::format("{}\r\n{}{}{}", title(lines, all.size() - from, cut), text, ends_line ? "" : "\r\n",
                     console::notices::kLive);
}

}  // namespace charmux::frontend
