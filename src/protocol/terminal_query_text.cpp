// SPDX-License-Identifier: Apache-2.0
#include "protocol/terminal_query_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace charmux::protocol {
namespace {

/// A control sequence that asks, whatever its parameters. 0: there is no such byte.
struct Csi {
  char prefix;
  char intermediate;
  char last;
  friend bool operator==(const Csi&, const Csi&) = default;
};
constexpr std::array kCsi = {
    Csi{0, 0, 'c'},   Csi{'>', 0, 'c'},   Csi{'=', 0, 'c'},   // DA1, DA2, DA3
    Csi{0, 0, 'n'},   Csi{'?', 0, 'n'},                       // DSR
    Csi{0, '$', 'p'}, Csi{'?', '$', 'p'},                     // DECRQM
    Csi{'>', 0, 'q'},                                         // XTVERSION
    Csi{'?', 0, 'u'},                                         // kitty's keyboard flags
    Csi{0, 0, 'x'},                                           // DECREQTPARM
    Csi{0, '*', 'y'},                                         // DECRQCRA
    Csi{0, '$', 'w'}, Csi{0, '$', 'u'},                       // DECRQPSR, DECRQTSR
    Csi{0, '&', 'u'}, Csi{0, '"', 'v'},   Csi{0, '\'', '|'},  // DECRQUPSS, DECRQDE, DECRQLP
    Csi{'?', 0, 'S'}, Csi{'?', 0, 'm'},   Csi{'?', 0, 'g'},   // XTSMGRAPHICS, XTQMODKEYS, XTQFMTKEYS
    Csi{0, '#', '|'}, Csi{0, '#', 'R'},   Csi{0, '#', 'S'},   // XTREPORTSGR, XTREPORTCOLORS, XTTITLEPOS
};
/// All their last bytes, and that of XTWINOPS.
constexpr std::string_view kLasts = "cnpquxywv|SmgRt";
/// Of XTWINOPS (CSI Ps t), those that report.
constexpr std::array kReports = {11, 13, 14, 15, 16, 18, 19, 20, 21};
/// Of iTerm2's OSC 1337.
constexpr std::array<std::string_view, 3> kReportsOfIterm = {"Capabilities", "ReportCellSize", "ReportVariable="};

constexpr std::string_view kDigits = "0123456789";
constexpr std::size_t kMostDigits = 5;

std::optional<int> number(std::string_view digits) {
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size() || digits.size() > kMostDigits) return std::nullopt;
  return value;
}

bool begins(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }

/// Whether one of the fields begins so.
bool has_field(std::string_view text, char separator, std::string_view with) {
  while (!begins(text, with)) {
    const std::size_t end = text.find(separator);
    if (end == std::string_view::npos) return false;
    text.remove_prefix(end + 1);
  }
  return true;
}

/// A text "first;rest"; of one that has no ";" yet the rest is none.
struct Fields {
  std::string_view first;
  std::optional<std::string_view> rest;
};
Fields fields(std::string_view text) {
  const std::size_t end = text.find(';');
  if (end == std::string_view::npos) return {text, std::nullopt};
  return {text.substr(0, end), text.substr(end + 1)};
}

enum class Answer { no, yes, not_yet };

/// `rest` is what stands behind the number.
Answer osc(int of, std::string_view rest) {
  // Colours: each may be asked for in a list with others; a font, a mouse pointer.
  if (of == 4 || of == 5 || (of >= 10 && of <= 19) || of == 22 || of == 50)
    return has_field(rest, ';', "?") ? Answer::yes : Answer::not_yet;
  if (of == 21) return rest.find("=?") != std::string_view::npos ? Answer::yes : Answer::not_yet;
  if (of == 60 || of == 61) return Answer::yes;
  if (of == 52) {
    const auto data = fields(rest).rest;
    if (!data || data->empty()) return Answer::not_yet;
    return data->front() == '?' ? Answer::yes : Answer::no;
  }
  if (of == 99) {
    const Fields parts = fields(rest);
    if (has_field(parts.first, ':', "p=?")) return Answer::yes;
    return parts.rest ? Answer::no : Answer::not_yet;
  }
  if (of != 1337) return Answer::no;
  for (const std::string_view report : kReportsOfIterm) {
    if (begins(rest, report)) return Answer::yes;
    if (begins(report, rest)) return Answer::not_yet;
  }
  return Answer::no;
}

Answer osc(std::string_view text) {
  const Fields parts = fields(text);
  const auto of = number(parts.first);
  if (!of) return text.empty() ? Answer::not_yet : Answer::no;
  return parts.rest || *of == 60 || *of == 61 ? osc(*of, parts.rest.value_or("")) : Answer::not_yet;
}

/// DECRQSS ($ q), XTGETTCAP (+ q), XTGETXRES (+ Q).
Answer dcs(std::string_view text) {
  const std::size_t function = text.find_first_not_of("0123456789;");
  if (function == std::string_view::npos) return Answer::not_yet;
  text.remove_prefix(function);
  if (text.front() != '$' && text.front() != '+') return Answer::no;
  if (text.size() == 1) return Answer::not_yet;
  return text[1] == 'q' || (text[0] == '+' && text[1] == 'Q') ? Answer::yes : Answer::no;
}

/// kitty's graphics: ESC _ G, keys, ";".
Answer apc(std::string_view text) {
  if (text.empty()) return Answer::not_yet;
  if (text.front() != 'G') return Answer::no;
  const Fields parts = fields(text.substr(1));
  if (has_field(parts.first, ',', "a=q")) return Answer::yes;
  return parts.rest ? Answer::no : Answer::not_yet;
}

Answer string(char kind, std::string_view text) {
  if (kind == ']') return osc(text);
  return kind == 'P' ? dcs(text) : kind == '_' ? apc(text) : Answer::no;
}

}  // namespace

bool csi_asks(std::string_view text) {
  // Nearly all there are: colours, and what moves the cursor.
  if ((text.back() == 'm' && text.front() != '?') || kLasts.find(text.back()) == std::string_view::npos) return false;
  const auto prefix = !text.empty() && text.front() >= '<' && text.front() <= '?' ? text.front() : '\0';
  const std::string_view parameters = text.substr(prefix == 0 ? 0 : 1);
  const std::size_t end = std::min(parameters.find_first_not_of("0123456789:;"), parameters.size());
  const std::string_view function = parameters.substr(end);
  if (function.empty() || function.size() > 2) return false;
  const char intermediate = function.size() == 2 ? function.front() : '\0';
  if (std::find(kCsi.begin(), kCsi.end(), Csi{prefix, intermediate, function.back()}) != kCsi.end()) return true;
  if (prefix != 0 || function != "t") return false;
  const auto report = number(parameters.substr(0, parameters.find_first_not_of(kDigits)));
  return report && std::find(kReports.begin(), kReports.end(), *report) != kReports.end();
}

bool string_asks(char kind, std::string_view text) { return string(kind, text) == Answer::yes; }
bool string_may_ask(char kind, std::string_view text) { return string(kind, text) != Answer::no; }

}  // namespace charmux::protocol
