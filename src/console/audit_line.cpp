// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "charmux/base/text.hpp"
#include "console/audit.hpp"

namespace charmux::console {

std::string line_of(const Act& act, WallTime time) {
  nlohmann::ordered_json line = {{"time", rfc3339(time)}, {"console", nullptr},  {"act", act.what},
                                 {"who", nullptr},        {"from", act.by.from}, {"door", act.by.door}};
  if (!act.console.empty()) line["console"] = act.console;
  if (act.by.user) line["who"] = *act.by.user;
  if (!act.detail.empty()) line[std::string(act.detail)] = utf8_of(act.text);
  // Names may be any bytes: what is not UTF-8 is replaced, not thrown at us.
  return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

}  // namespace charmux::console
