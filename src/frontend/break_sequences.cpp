// SPDX-License-Identifier: Apache-2.0
#include "frontend/break_sequences.hpp"

#include <fmt/core.h>

#include <array>

#include "charmux/base/units.hpp"

namespace charmux::frontend {
namespace {

using std::chrono::milliseconds;

constexpr unsigned kControl = 0x1F;

constexpr std::array<BreakSequence, 5> kSequences = {{
    {R"(\z)", milliseconds(250)},
    {R"(\z)", milliseconds(250)},
    {R"(\r~^b)", milliseconds(250)},
    {"#.", milliseconds(250)},
    {R"(\r\d~\d^b)", milliseconds(600)},
}};

/// What is sent for the sign at the front, which is taken off.
char take_sign(std::string_view& written) {
  const char first = written[0];
  const bool pair = (first == '\\' || first == '^') && written.size() > 1;
  const char second = pair ? written[1] : '\0';
  written.remove_prefix(pair ? 2 : 1);
  if (!pair) return first;
  if (first == '^') return static_cast<char>(static_cast<unsigned>(second) & kControl);
  return second == 'r' ? '\r' : second;
}

bool begins_with(std::string_view written, std::string_view sign) { return written.substr(0, 2) == sign; }

}  // namespace

std::optional<BreakSequence> break_sequence(char digit) {
  const auto number = static_cast<std::size_t>(digit - '0');
  if (digit < '0' || number >= kSequences.size()) return std::nullopt;
  return kSequences.at(number);
}

BreakStep next_break_step(std::string_view& written) {
  for (const auto& [sign, kind] : {std::pair{R"(\z)", BreakStep::Kind::brk}, {R"(\d)", BreakStep::Kind::pause}}) {
    if (!begins_with(written, sign)) continue;
    written.remove_prefix(2);
    return {kind, {}};
  }
  BreakStep step{BreakStep::Kind::text, {}};
  while (!written.empty() && !begins_with(written, R"(\z)") && !begins_with(written, R"(\d)"))
    step.text += take_sign(written);
  return step;
}

std::string break_list() {
  std::string text = R"([charmux: break sequences; \z is a break, \d a pause])";
  for (std::size_t i = 0; i < kSequences.size(); ++i) {
    const BreakSequence& each = kSequences.at(i);
    text += fmt::format("\r\n  l{}  {}", i, each.written);
    if (each.written.find(R"(\d)") != std::string_view::npos)
      text += fmt::format("  ({} each pause)", format_duration(each.pause));
  }
  return text;
}

}  // namespace charmux::frontend
