// SPDX-License-Identifier: Apache-2.0
#include "frontend/menu.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "charmux/base/text.hpp"
#include "frontend/display_width.hpp"

namespace charmux::frontend {
namespace {

constexpr std::string_view kPrompt = "charmux> ";
constexpr std::string_view kHelp =
    "[charmux: the menu]\r\n"
    "  NUMBER or NAME  opens that console; the beginning of a name will do\r\n"
    "  Enter           the next page, then from the first again\r\n"
    "  /TEXT           only consoles whose name contains TEXT; / alone: all again\r\n"
    "  ?               this help\r\n"
    "  q               leaves, as does ^D\r\n"
    "  Backspace, ^W, ^U and ^C erase a character, a word and the line\r\n";

/// Cells that a column of a page takes at most, so that a line of the usual names stays under 80; what is longer pushes
/// the rest of its own line only.
constexpr std::size_t kMostOfName = 30;
constexpr std::size_t kMostOfState = 12;
constexpr std::size_t kMostOfWriter = 21;  // 192.168.100.200:65535
/// Bytes of a mistyped name that is worth a search for what was meant.
constexpr std::size_t kMostToGuess = 64;
/// The most that nearest() forgives.
constexpr std::size_t kMostMistyped = 2;

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

bool begins_with(std::string_view text, std::string_view beginning) {
  return text.substr(0, beginning.size()) == beginning;
}

std::string consoles(std::size_t count) { return fmt::format("{} console{}", count, count == 1 ? "" : "s"); }

/// The cells of a row, as they are shown.
struct Line {
  std::string number, name, state, writer, viewers;
};

struct Widths {
  std::size_t number = 0, name = 0, state = 0, writer = 0;
};

Line line_of(const Menu::Row& row) {
  return {row.number == 0 ? "-" : std::to_string(row.number), printable(row.name), printable(row.state),
          row.writer.empty() ? "-" : printable(row.writer), std::to_string(row.viewers)};
}

/// The widest of a column that is not wider than `most`.
void widen(std::size_t& column, std::string_view text, std::size_t most) {
  column = std::max(column, std::min(most, display_width(text)));
}

void append_lines(std::string& out, const std::vector<Line>& lines) {
  Widths widths;
  for (const Line& line : lines) {
    widen(widths.number, line.number, line.number.size());
    widen(widths.name, line.name, kMostOfName);
    widen(widths.state, line.state, kMostOfState);
    widen(widths.writer, line.writer, kMostOfWriter);
  }
  for (const Line& line : lines)
    out += fmt::format("{} {} {} {} {}\r\n", padded(line.number, widths.number), padded(line.name, widths.name),
                       padded(line.state, widths.state), padded(line.writer, widths.writer), line.viewers);
}

}  // namespace

Menu::Menu(Rows rows) : rows_(std::move(rows)) {}

void Menu::greet(std::string& out) {
  upto_.reset();
  look_again();
  show_page(out);
  prompt(out);
  known_ = {};
}

Menu::Outcome Menu::typed(BytesView& bytes, std::string& out) {
  Outcome outcome;
  while (outcome.kind == Outcome::Kind::none) {
    const std::optional<LineEditor::Event> event = editor_.next(bytes, out);
    if (!event) break;
    switch (*event) {
      case LineEditor::Event::line: outcome = line_ended(out); break;
      case LineEditor::Event::leave:
        out += "\r\n";
        outcome.kind = Outcome::Kind::leave;
        break;
      case LineEditor::Event::interrupt:
        editor_.clear();
        out += "^C\r\n";
        prompt(out);
        break;
      case LineEditor::Event::repaint:
        if (out.size() >= kMaxUnread) break;
        out += "\r\n";
        prompt(out);
        break;
    }
  }
  if (outcome.kind == Outcome::Kind::open) skip_line_end(bytes);
  if (outcome.kind != Outcome::Kind::none || out.size() < kMaxUnread) known_ = {};
  return outcome;
}

void Menu::tell(std::string_view sentence, std::string& out) {
  out += fmt::format("\r\n{}\r\n", sentence);
  prompt(out);
}

Menu::Outcome Menu::line_ended(std::string& out) {
  const std::string line = editor_.line();
  editor_.clear();
  const std::string_view word = trimmed(line);
  if (word == "q") return {Outcome::Kind::leave, {}};
  // A client that sends lines faster than it reads gets no page for each; what it chooses is found all the same.
  const bool unread = out.size() >= kMaxUnread;
  if (!unread || known_.empty()) look_again();
  if (word.empty() || word == "?" || word.front() == '/') {
    if (!unread && word == "?") out += kHelp;
    if (!unread && word.empty()) show_page(out);
    if (!word.empty() && word.front() == '/') filter(trimmed(word.substr(1)), out);
  } else if (std::optional<std::string> console = chosen(word, out)) {
    return {Outcome::Kind::open, std::move(*console)};
  }
  prompt(out);
  return {};
}

void Menu::filter(std::string_view text, std::string& out) {
  filter_ = lowered(text);
  upto_.reset();
  if (out.size() < kMaxUnread) show_page(out);
}

/// The name of the console that the word means. When it means none or several, says so.
std::optional<std::string> Menu::chosen(std::string_view word, std::string& out) {
  const auto find = [&](auto&& is) {
    const auto found = std::find_if(known_.begin(), known_.end(), is);
    return found == known_.end() ? std::nullopt : std::optional(found->row.name);
  };
  if (auto named = find([&](const Entry& entry) { return trimmed(entry.shown) == word; })) return named;
  if (auto numbered =
          find([&](const Entry& entry) { return entry.row.number != 0 && std::to_string(entry.row.number) == word; }))
    return numbered;
  Entries begun;
  for (const Entry& entry : known_)
    if (begins_with(entry.shown, word)) begun.push_back(&entry);
  if (begun.size() == 1) return begun.front()->row.name;
  if (out.size() >= kMaxUnread) return std::nullopt;
  if (begun.empty()) {
    show_unknown(word, out);
    return std::nullopt;
  }
  out += fmt::format("[charmux: {} begin with \"{}\"]\r\n", consoles(begun.size()), word);
  std::vector<Line> lines;
  for (std::size_t i = 0; i < std::min(kPage, begun.size()); ++i) lines.push_back(line_of(begun[i]->row));
  append_lines(out, lines);
  if (begun.size() > kPage) out += fmt::format("and {} more\r\n", begun.size() - kPage);
  return std::nullopt;
}

void Menu::show_unknown(std::string_view word, std::string& out) {
  std::vector<std::string_view> similar;
  std::size_t containing = 0;
  const std::string part = lowered(word);
  for (const Entry& entry : known_) {
    if (entry.lowered.find(part) != std::string::npos) ++containing;
    const std::size_t longer = std::max(entry.shown.size(), word.size()) - std::min(entry.shown.size(), word.size());
    if (word.size() <= kMostToGuess && longer <= kMostMistyped) similar.emplace_back(entry.shown);
  }
  out += fmt::format("[charmux: no console \"{}\"; ", word);
  if (const std::string_view meant = nearest(word, similar); !meant.empty())
    out += fmt::format("did you mean {}?]\r\n", meant);
  else if (containing != 0)
    out += fmt::format("/{} lists the {} whose name contains it]\r\n", word,
                       containing == 1 ? "one" : std::to_string(containing));
  else
    out += "Enter lists what there is, ? helps]\r\n";
}

/// The page behind the one shown last, or the first.
void Menu::show_page(std::string& out) {
  const Entries entries = filtered();
  if (entries.empty()) {
    upto_.reset();
    if (filter_.empty())
      out += "[charmux: no consoles; Enter looks again, ? helps]\r\n";
    else
      out += fmt::format("[charmux: no console of {} contains \"{}\"; / drops the filter]\r\n", known_.size(), filter_);
    return;
  }
  auto first = entries.begin();
  if (upto_)
    first = std::find_if(entries.begin(), entries.end(), [&](const Entry* entry) { return place_of(*entry) > *upto_; });
  if (first == entries.end()) first = entries.begin();
  if (first == entries.begin()) {
    if (filter_.empty())
      out +=
          fmt::format("[charmux: {}; a number or a name opens, /text filters, ? helps]\r\n", consoles(entries.size()));
    else
      out += fmt::format("[charmux: {} of {} contain \"{}\"; / drops the filter]\r\n", entries.size(),
                         consoles(known_.size()), filter_);
  }
  const auto begin = static_cast<std::size_t>(first - entries.begin());
  const std::size_t end = std::min(begin + kPage, entries.size());
  std::vector<Line> lines;
  for (std::size_t i = begin; i < end; ++i) lines.push_back(line_of(entries[i]->row));
  append_lines(out, lines);
  upto_ = end == entries.size() ? std::nullopt : std::optional(place_of(*entries[end - 1]));
  if (upto_) out += fmt::format("({}-{} of {}; Enter: more)\r\n", begin + 1, end, entries.size());
}

void Menu::prompt(std::string& out) const { out.append(kPrompt).append(editor_.line()); }

void Menu::look_again() {
  known_.clear();
  for (Row& row : rows_()) {
    std::string shown = printable(row.name);
    std::string low = lowered(shown);
    known_.push_back({std::move(row), std::move(shown), std::move(low)});
  }
  // In the order of Place, without copying names.
  std::stable_sort(known_.begin(), known_.end(), [](const Entry& a, const Entry& b) {
    return std::tuple(a.row.number - 1, std::string_view(a.row.name)) <
           std::tuple(b.row.number - 1, std::string_view(b.row.name));
  });
}

bool Menu::passes(const Entry& entry) const { return entry.lowered.find(filter_) != std::string::npos; }

Menu::Entries Menu::filtered() const {
  Entries entries;
  for (const Entry& entry : known_)
    if (passes(entry)) entries.push_back(&entry);
  return entries;
}

Menu::Place Menu::place_of(const Entry& entry) { return {entry.row.number - 1, entry.row.name}; }

}  // namespace charmux::frontend
