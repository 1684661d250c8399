// SPDX-License-Identifier: Apache-2.0
#include "cli/api_values.hpp"

#include <nlohmann/json.hpp>

namespace charmux::cli {
namespace {

using Json = nlohmann::json;

/// Never throws: what is not JSON is `discarded`, and everything below asks for the kind before it takes a value.
Json parsed(std::string_view text) { return Json::parse(text, nullptr, false); }

/// Texts as they are, numbers in decimal, and nothing for anything else.
std::string shown(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_unsigned()) return fmt::format("{}", value.get<std::uint64_t>());
  if (value.is_number_integer()) return fmt::format("{}", value.get<std::int64_t>());
  return {};
}

std::string text(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? "" : shown(*found);
}

/// Calls `each` for the objects of the array under `key`.
template <class Each>
void for_objects(const Json& object, const char* key, const Each& each) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_array()) return;
  for (const Json& entry : *found)
    if (entry.is_object()) each(entry);
}

std::string joined(const Json& object, const char* key) {
  std::string out;
  const auto found = object.find(key);
  if (found == object.end() || !found->is_array()) return out;
  for (const Json& entry : *found) out += (out.empty() ? "" : ",") + shown(entry);
  return out;
}

ViewerInfo viewer(const Json& from) {
  ViewerInfo out;
  out.user = text(from, "user");
  out.from = text(from, "from");
  out.door = text(from, "door");
  out.mode = text(from, "mode");
  out.since = text(from, "since");
  out.lag = text(from, "lag");
  out.skipped = text(from, "skipped");
  return out;
}

ConsoleInfo console(const Json& from) {
  ConsoleInfo out;
  out.name = text(from, "name");
  out.backend = text(from, "backend");
  out.state = text(from, "state");
  out.reason = text(from, "reason");
  out.writer = text(from, "writer");
  out.last_output = text(from, "last_output");
  out.number = text(from, "number");
  out.ports = joined(from, "ports");
  out.viewer_count = text(from, "viewers");
  for_objects(from, "viewers", [&](const Json& entry) { out.viewers.push_back(viewer(entry)); });
  if (out.viewer_count.empty() && !out.viewers.empty()) out.viewer_count = fmt::format("{}", out.viewers.size());
  if (const auto offset = from.find("offset"); offset != from.end() && offset->is_number_unsigned())
    out.offset = offset->get<std::uint64_t>();
  return out;
}

}  // namespace

Result<std::vector<ConsoleInfo>> parse_consoles(std::string_view json) {
  const Json document = parsed(json);
  if (!document.is_array()) return failure("its list of consoles is no JSON array");
  std::vector<ConsoleInfo> out;
  for (const Json& entry : document)
    if (entry.is_object()) out.push_back(console(entry));
  return out;
}

Result<ConsoleInfo> parse_console(std::string_view json) {
  const Json document = parsed(json);
  if (!document.is_object()) return failure("its console is no JSON object");
  return console(document);
}

Result<DaemonInfo> parse_daemon(std::string_view json) {
  const Json document = parsed(json);
  if (!document.is_object()) return failure("its status is no JSON object");
  DaemonInfo out;
  out.version = text(document, "version");
  out.since = text(document, "since");
  out.pid = text(document, "pid");
  out.consoles = text(document, "consoles");
  out.viewers = text(document, "viewers");
  for_objects(document, "listeners", [&](const Json& entry) {
    out.listeners.push_back({text(entry, "address"), text(entry, "serves")});
  });
  for_objects(document, "sources", [&](const Json& entry) {
    out.sources.push_back({text(entry, "address"), text(entry, "state")});
  });
  return out;
}

FaultInfo parse_fault(std::string_view json) {
  const Json document = parsed(json);
  if (!document.is_object()) return {};
  return {text(document, "error"), text(document, "hint")};
}

}  // namespace charmux::cli
