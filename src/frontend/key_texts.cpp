// SPDX-License-Identifier: Apache-2.0
#include "frontend/key_texts.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <vector>

#include "charmux/base/text.hpp"
#include "console/notices.hpp"
#include "frontend/display_width.hpp"

namespace charmux::frontend::key_texts {
namespace {

using console::notices::sentence;

constexpr std::string_view kHelp =
    "  .    disconnect                       ;       back to the menu\r\n"
    "  a    ask for the pen, to type         f       take it from who has it\r\n"
    "  s    only watch, until a or f         w       who is here\r\n"
    "  i    about this console               v       version\r\n"
    "  r p  the last 20, 60 lines again      ^R      the last line again\r\n"
    "  l0-9 send a break; l? lists them      \\ooo    send a character, in octal\r\n"
    "  d    put the backend down             o       open it again\r\n"
    "  b    a line to the other viewers      exy     keys begin with x y from now on\r\n"
    "  ?    this help                        Enter   nothing";

/// conserver's keys that have no meaning here (console(1) and ^Ec? of 8.2.7), and what there is instead.
struct Elsewhere {
  char key;
  std::string_view instead;
};
constexpr std::array<Elsewhere, 12> kElsewhere = {{
    {'c', "flow control stands in the backend's address (rtscts, xonxoff)"},
    {'g', "charmux ls lists all consoles"},
    {'L', "the configuration says what is logged (log)"},
    {'m', ""},
    {'n', "charmuxd's log has its own events only"},
    {'P', "{keys}p shows 60 lines, charmux tail -n any number"},
    {'R', "{keys}r shows 20 lines, charmux tail -n any number"},
    {'u', "{keys}w lists who is here, charmux who all"},
    {'x', "{keys}i tells of this console, charmux ls of all"},
    {'z', "suspend your client: telnet by ^] z"},
    {'!', ""},
    {'|', "charmux tail -f gives a console's output to any command"},
}};

std::string with_keys(std::string_view text, std::string_view keys) {
  constexpr std::string_view kPlace = "{keys}";
  std::string out(text);
  if (const std::size_t at = out.find(kPlace); at != std::string::npos) out.replace(at, kPlace.size(), keys);
  return out;
}

/// A key as it is written: ^X for Ctrl-X.
std::string key_name(char key) {
  const auto value = static_cast<unsigned char>(key);
  if (value < ' ') return {'^', static_cast<char>(value + '@')};
  return printable({&key, 1});
}

std::string time_text(WallTime time) {
  const bool today = std::chrono::system_clock::now() - time <= std::chrono::hours(24);
  return (today ? "" : date_text(time) + " ") + clock_text(time);
}

std::string terminal_text(const console::ViewerTerminal* terminal) {
  if (terminal == nullptr) return {};
  std::string text = printable(terminal->name);
  if (terminal->columns > 0 && terminal->rows > 0)
    text += fmt::format("{}{}x{}", text.empty() ? "" : " ", terminal->columns, terminal->rows);
  return text;
}

/// A row of who(): cells that are padded, but the last.
using Row = std::array<std::string, 5>;

Row row_of(const console::Viewer& viewer, const console::Viewer& asker) {
  const bool types = viewer.console().writer() == &viewer;
  return {printable(viewer.who()) + (&viewer == &asker ? " (you)" : ""), printable(viewer.origin().door),
          types            ? "types"
          : viewer.spies() ? "spies"
                           : "watches",
          "since " + time_text(viewer.since()), terminal_text(viewer.terminal())};
}

void append_rows(std::string& out, const std::vector<Row>& rows) {
  std::array<std::size_t, std::tuple_size_v<Row>> widths{};
  for (const Row& row : rows)
    for (std::size_t i = 0; i + 1 < row.size(); ++i) widths.at(i) = std::max(widths.at(i), display_width(row.at(i)));
  for (const Row& row : rows) {
    std::string line = " ";
    for (std::size_t i = 0; i < row.size(); ++i) line += " " + padded(row.at(i), widths.at(i));
    line.resize(line.find_last_not_of(' ') + 1);
    out += "\r\n" + line;
  }
}

}  // namespace

std::string help(std::string_view keys) {
  return fmt::format("{}\r\n{}", sentence(fmt::format("keys, each behind {}", keys)), kHelp);
}

std::string who(const console::Viewer& asker) {
  const std::vector<console::Viewer*>& all = asker.console().viewers();
  std::string out = sentence(fmt::format("{}, {} watching", asker.console().name(), all.size()));
  std::vector<Row> rows;
  for (std::size_t i = 0; i < std::min(all.size(), kMostListed); ++i) rows.push_back(row_of(*all[i], asker));
  append_rows(out, rows);
  if (all.size() > kMostListed) out += fmt::format("\r\n  and {} more", all.size() - kMostListed);
  return out;
}

std::string information(const console::Console& console) {
  const console::Console::Traffic& traffic = console.traffic();
  const console::Viewer* const writer = console.writer();
  const std::optional<WallTime> last = console.last_output();
  const std::string& reason = console.reason();
  std::string others = console.history_trouble();
  if (const std::string more = console.remark(); !more.empty()) others += (others.empty() ? "" : "; ") + more;
  const std::pair<std::string_view, std::string> lines[] = {
      {"number", console.number() == 0 ? "-" : std::to_string(console.number())},
      {"backend", console.backend_text()},
      {"state", fmt::format("{}{}{}", console.state_text(), reason.empty() ? "" : ": ", reason)},
      {"remarks", others.empty() ? "-" : others},
      {"types", writer == nullptr ? "nobody" : writer->who()},
      {"watching", std::to_string(console.viewers().size())},
      {"from guest", fmt::format("{} bytes, {} in all its life", traffic.from_guest, console.offset())},
      {"to guest", fmt::format("{} bytes", traffic.to_guest)},
      {"last output", last ? date_text(*last) + " " + clock_text(*last) : "never"},
      {"history", fmt::format("{} of {}, from byte {}", format_size(console.ring().head() - console.ring().tail()),
                              format_size(console.ring().size()), console.ring().tail())},
  };
  std::string out = sentence(console.name());
  for (const auto& [name, text] : lines) out += fmt::format("\r\n  {:<11}  {}", name, printable(text));
  return out;
}

std::string not_here(char key, std::string_view keys) {
  const auto* const found =
      std::find_if(kElsewhere.begin(), kElsewhere.end(), [key](const Elsewhere& each) { return each.key == key; });
  if (found == kElsewhere.end() || key == '\0') return {};
  return sentence(fmt::format("{}{} is not here{}{}", keys, key, found->instead.empty() ? "" : ": ",
                              with_keys(found->instead, keys)));
}

std::string unknown(char key, std::string_view keys) {
  return sentence(fmt::format("there is no key {0}{1}; {0}? lists them", keys, key_name(key)));
}

}  // namespace charmux::frontend::key_texts
