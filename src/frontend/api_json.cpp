// SPDX-License-Identifier: Apache-2.0
#include "frontend/api_json.hpp"

#include <fmt/core.h>
#include <time.h>

#include <nlohmann/json.hpp>

namespace charmux::frontend::api_json {
namespace {

using Json = nlohmann::ordered_json;

std::string written(const Json& json) {
  // With `replace`, what is not UTF-8 does not throw. The line end is for those who look at it with curl.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

template <class Value>
Json or_null(const std::optional<Value>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json json_of(const ViewerFacts& viewer) {
  return {{"user", or_null(viewer.user)},
          {"from", viewer.from},
          {"door", viewer.door},
          {"mode", viewer.control ? "control" : "watch"},
          {"since", rfc3339(viewer.since)},
          {"lag", viewer.lag},
          {"skipped", viewer.skipped}};
}

Json json_of(const ConsoleFacts& console) {
  return {{"name", console.name},
          {"number", console.number == 0 ? Json(nullptr) : Json(console.number)},
          {"ports", console.ports},
          {"backend", console.backend},
          {"state", console.state},
          {"reason", console.reason},
          {"viewers", console.viewers},
          {"writer", or_null(console.writer)},
          {"bytes_out", console.bytes_out},
          {"bytes_in", console.bytes_in},
          {"skipped", console.skipped},
          {"offset", console.offset},
          {"last_output", console.last_output ? Json(rfc3339(*console.last_output)) : Json(nullptr)}};
}

}  // namespace

std::string consoles(const std::vector<ConsoleFacts>& all) {
  Json array = Json::array();
  for (const ConsoleFacts& console : all) array.push_back(json_of(console));
  return written(array);
}

std::string console(const ConsoleFacts& facts, const std::vector<ViewerFacts>& viewers) {
  Json json = json_of(facts);
  Json& array = json["viewers"] = Json::array();
  for (const ViewerFacts& viewer : viewers) array.push_back(json_of(viewer));
  return written(json);
}

std::string daemon(const DaemonFacts& facts) {
  Json listeners = Json::array();
  for (const auto& [address, serves] : facts.listeners) listeners.push_back({{"address", address}, {"serves", serves}});
  Json sources = Json::array();
  for (const auto& [address, state] : facts.sources) sources.push_back({{"address", address}, {"state", state}});
  return written({{"version", facts.version},
                  {"pid", facts.pid},
                  {"since", rfc3339(facts.since)},
                  {"consoles", facts.consoles},
                  {"viewers", facts.viewers},
                  {"listeners", listeners},
                  {"sources", sources}});
}

std::string done() { return written(Json::object()); }

std::string error(std::string_view text, std::string_view hint) {
  return written({{"error", std::string(text)}, {"hint", std::string(hint)}});
}

std::optional<std::string> broadcast_text(std::string_view body) {
  const Json json = Json::parse(body, nullptr, false);  // does not throw; what it cannot read is no object
  if (!json.is_object()) return std::nullopt;
  const auto text = json.find("text");
  if (text == json.end() || !text->is_string()) return std::nullopt;
  return text->get<std::string>();
}

}  // namespace charmux::frontend::api_json
