// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "charmux/base/text.hpp"
#include "console/audit.hpp"

namespace charmux::console {
namespace {

std::string field_name(std::string_view detail) {
  std::string name = "CHARMUX_";
  for (const char c : detail) name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return name;
}

}  // namespace

Log::Fields fields_of(const Act& act) {
  Log::Fields fields{{"CHARMUX_EVENT", std::string(act.what)}};
  if (!act.console.empty()) fields.push_back({"CHARMUX_CONSOLE", std::string(act.console)});
  if (act.by.user) fields.push_back({"CHARMUX_USER", *act.by.user});
  if (!act.by.from.empty()) fields.push_back({"CHARMUX_FROM", act.by.from});
  if (!act.by.door.empty()) fields.push_back({"CHARMUX_DOOR", act.by.door});
  if (!act.detail.empty()) fields.push_back({field_name(act.detail), utf8_of(act.text)});
  return fields;
}

void log_act(Log& log, const Act& act) {
  if (!log.keeps_fields()) return;
  const std::string where = act.console.empty() ? act.by.door : fmt::format("console {}", act.console);
  log.write(LogLevel::info,
            fmt::format("{}: {}: {}{}{}", where, act.by.who(), act.what, act.text.empty() ? "" : ", ", act.text),
            fields_of(act));
}

}  // namespace charmux::console
