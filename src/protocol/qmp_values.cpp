// SPDX-License-Identifier: Apache-2.0
#include "charmux/protocol/qmp_values.hpp"

#include <nlohmann/json.hpp>

#include "charmux/base/text.hpp"

namespace charmux::protocol {
namespace {

using Json = nlohmann::json;

Json parsed(std::string_view json) { return Json::parse(json, nullptr, false); }

tl::unexpected<Error> unexpected(std::string_view wanted, std::string_view json) {
  constexpr std::size_t kShown = 60;
  return failure("QEMU was expected to say {}, and says '{}'{}", wanted, printable(json.substr(0, kShown)),
                 json.size() > kShown ? "..." : "");
}

/// The string behind `name`, or empty: what QEMU leaves out and what it leaves empty mean the same in all of these.
std::string text_at(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

bool flag_at(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

/// A list of objects which all have `name`, a string.
template <class Entry, class Read>
Result<std::vector<Entry>> list_of(std::string_view json, const char* name, std::string_view wanted, const Read& read) {
  const Json list = parsed(json);
  if (!list.is_array()) return unexpected(wanted, json);
  std::vector<Entry> entries;
  for (const Json& entry : list) {
    if (!entry.is_object() || !entry.contains(name) || !entry[name].is_string()) return unexpected(wanted, json);
    entries.push_back(read(entry));
  }
  return entries;
}

/// The object behind `name`; null where there is none.
const Json& inside(const Json& object, const char* name) {
  static const Json kNone;
  const auto found = object.find(name);
  return found != object.end() ? *found : kNone;
}

std::string number_or_text_at(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number() ? found->dump() : text_at(object, name);
}

}  // namespace

Result<std::vector<QmpChardev>> qmp_chardevs(std::string_view json) {
  return list_of<QmpChardev>(json, "label", "which chardevs it has", [](const Json& entry) {
    return QmpChardev{text_at(entry, "label"), text_at(entry, "filename"), flag_at(entry, "frontend-open")};
  });
}

Result<std::vector<QmpProperty>> qmp_properties(std::string_view json) {
  return list_of<QmpProperty>(json, "name", "which properties an object has", [](const Json& entry) {
    return QmpProperty{text_at(entry, "name"), text_at(entry, "type")};
  });
}

Result<std::vector<QmpTpm>> qmp_tpms(std::string_view json) {
  return list_of<QmpTpm>(json, "id", "which TPMs it has", [](const Json& entry) {
    return QmpTpm{text_at(entry, "id"), text_at(inside(inside(entry, "options"), "data"), "chardev")};
  });
}

Result<QmpSocketAddress> qmp_socket_address(std::string_view json) {
  const Json object = parsed(json);
  if (!object.is_object() || text_at(object, "type").empty()) return unexpected("the address of a socket", json);
  QmpSocketAddress address;
  address.type = text_at(object, "type");
  address.host = text_at(object, "host");
  address.port = number_or_text_at(object, "port");
  address.path = text_at(object, "path");
  address.abstract = flag_at(object, "abstract");
  return address;
}

Result<std::string> qmp_text(std::string_view json) {
  const Json value = parsed(json);
  if (!value.is_string()) return unexpected("a text", json);
  return value.get<std::string>();
}

Result<bool> qmp_flag(std::string_view json) {
  const Json value = parsed(json);
  if (!value.is_boolean()) return unexpected("true or false", json);
  return value.get<bool>();
}

Result<std::int64_t> qmp_number(std::string_view json) {
  const Json value = parsed(json);
  const bool too_big = value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t{INT64_MAX};
  if (!value.is_number_integer() || too_big) return unexpected("a whole number", json);
  return value.get<std::int64_t>();
}

std::optional<std::string> qmp_member(std::string_view json, std::string_view name) {
  const Json object = parsed(json);
  if (!object.is_object()) return std::nullopt;
  const auto found = object.find(name);
  if (found == object.end() || found->is_structured() || found->is_null()) return std::nullopt;
  return found->is_string() ? found->get<std::string>() : found->dump();
}

}  // namespace charmux::protocol
