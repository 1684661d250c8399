// SPDX-License-Identifier: Apache-2.0
#include "charmux/protocol/terminal_queries.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "protocol/terminal_query_text.hpp"

namespace charmux::protocol {
namespace {

constexpr std::byte kEnq{0x05};
constexpr std::byte kBel{0x07};
constexpr std::byte kCan{0x18};
constexpr std::byte kSub{0x1A};
constexpr std::byte kEsc{0x1B};
constexpr std::byte kDel{0x7F};

std::size_t find(BytesView bytes, std::size_t from, std::byte wanted) {
  if (from >= bytes.size()) return bytes.size();
  const void* const at = std::memchr(bytes.data() + from, std::to_integer<int>(wanted), bytes.size() - from);
  return at == nullptr ? bytes.size() : static_cast<std::size_t>(static_cast<const std::byte*>(at) - bytes.data());
}

/// What became of a sequence.
enum class Fate {
  query,
  other,        ///< it is none, whatever follows.
  interrupted,  ///< it could have become one, had no ESC begun another.
  unfinished,   ///< it may become one.
};
struct Sequence {
  Fate fate;
  std::size_t end;  ///< behind its last byte, as far as that was looked at.
};

/// Reads the sequence whose ESC stands at `begin`, until it is clear what it is. Controls in it are carried out by
/// terminals as if they were not there (ECMA-48; DEC STD 070), and so are passed over.
class Reader {
 public:
  Reader(BytesView window, std::size_t begin) : window_(window), begin_(begin) {}

  [[nodiscard]] Sequence read() {
    const std::size_t most = std::min(window_.size() - begin_, kLongestTerminalQuery);
    for (std::size_t at = begin_ + 1; at < begin_ + most; ++at) {
      const std::byte byte = window_[at];
      if (byte == kEsc) return interrupted(at);
      if (byte == kEnq) return {Fate::query, at + 1};
      if (byte == kCan || byte == kSub || (byte == kBel && kind_ == ']')) return ended(at + 1);
      if (byte < std::byte{0x20} || byte == kDel) continue;
      if (const std::optional<Fate> fate = pass(std::to_integer<char>(byte))) return {*fate, at + 1};
    }
    return {most < kLongestTerminalQuery ? Fate::unfinished : Fate::other, begin_ + most};
  }

 private:
  /// An ESC within. Of a string it is the end, whether its second half follows or not: some terminals act on it as soon
  /// as that (tmux, xterm.js).
  [[nodiscard]] Sequence interrupted(std::size_t at) const {
    const bool string = kind_ != 0 && kind_ != '[';
    if (string && at + 1 == window_.size()) return {Fate::unfinished, at + 1};
    if (string && window_[at + 1] == std::byte{'\\'}) return ended(at + 2);
    return asks() ? Sequence{Fate::query, at} : Sequence{Fate::interrupted, at};
  }

  [[nodiscard]] Sequence ended(std::size_t end) const { return {asks() ? Fate::query : Fate::other, end}; }
  [[nodiscard]] bool asks() const { return kind_ != 0 && kind_ != '[' && string_asks(kind_, text()); }
  [[nodiscard]] std::string_view text() const { return {text_.data(), length_}; }

  /// A byte of the sequence itself. Its fate, once that is known.
  [[nodiscard]] std::optional<Fate> pass(char byte) {
    if (kind_ == 0) {
      kind_ = byte;
      if (byte == 'Z') return Fate::query;
      return byte == '[' || byte == ']' || byte == 'P' || byte == '_' ? std::nullopt : std::optional(Fate::other);
    }
    text_[length_++] = byte;
    if (kind_ != '[') return string_may_ask(kind_, text()) ? std::nullopt : std::optional(Fate::other);
    if (byte >= ' ' && byte < '@') return std::nullopt;
    return csi_asks(text()) ? Fate::query : Fate::other;
  }

  const BytesView window_;
  const std::size_t begin_;
  char kind_ = 0;  ///< what stands behind ESC; 0: nothing yet.
  std::size_t length_ = 0;
  std::array<char, kLongestTerminalQuery> text_;  // NOLINT(cppcoreguidelines-pro-type-member-init): it is written first
};

}  // namespace

TerminalQueries::TerminalQueries(BytesView window) : window_(window), enq_(find(window, 0, kEnq)) {}

bool TerminalQueries::find_sequence() {
  const std::size_t esc = find(window_, at_, kEsc);
  if (enq_ < at_) enq_ = find(window_, at_, kEnq);
  begin_ = at_ = std::min(esc, enq_);
  return at_ < window_.size();
}

std::optional<TerminalQuery> TerminalQueries::next() {
  for (;;) {
    if (begin_ == at_ && !find_sequence()) return std::nullopt;
    const Sequence sequence = at_ == enq_ ? Sequence{Fate::query, at_ + 1} : Reader(window_, at_).read();
    // What was interrupted longest ago goes, whatever follows: it has no effect, and what waits must not grow.
    const std::size_t first = begin_;
    while (begin_ < at_ && sequence.end - begin_ > kLongestTerminalQuery) begin_ = find(window_, begin_ + 1, kEsc);
    if (begin_ > first) return TerminalQuery{first, begin_ - first, false};
    if (sequence.fate != Fate::interrupted) begin_ = sequence.end;
    at_ = sequence.end;
    const bool unfinished = sequence.fate == Fate::unfinished;
    if (unfinished || sequence.fate == Fate::query) return TerminalQuery{first, at_ - first, unfinished};
  }
}

Bytes without_terminal_queries(BytesView output) {
  Bytes rest;
  std::size_t passed = 0;
  TerminalQueries queries(output);
  while (const auto query = queries.next()) {
    append(rest, output.subspan(passed, query->begin - passed));
    passed = query->begin + query->length;
  }
  append(rest, output.subspan(passed));
  return rest;
}

}  // namespace charmux::protocol
