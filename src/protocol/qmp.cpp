// SPDX-License-Identifier: Apache-2.0
#include "charmux/protocol/qmp.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "charmux/base/text.hpp"
#include "charmux/protocol/qmp_values.hpp"

namespace charmux::protocol {
namespace {

using Json = nlohmann::json;

/// More than this much room is given back when a long message has been read.
constexpr std::size_t kRoomKept = std::size_t{64} * 1024;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

tl::unexpected<Error> not_qmp(std::string_view text) {
  constexpr std::size_t kShown = 60;
  if (text.starts_with("QEMU ")) {
    return failure(
        "this is QEMU's human monitor, not QMP: add mode=control to the -mon that makes it, or use -qmp instead of "
        "-monitor");
  }
  return failure("this is not QMP: it sends '{}'",
                 printable(text.substr(0, std::min(text.find_first_of("\r\n"), kShown))));
}

/// The members of a message that say what it is, as they stand in it; a member that it has not is empty.
struct Members {
  std::string_view greeting, id, value, error, event, timestamp, data;

  void set(std::string_view name, std::string_view text) {
    using Known = std::pair<std::string_view, std::string_view Members::*>;
    static constexpr Known kKnown[] = {{"QMP", &Members::greeting}, {"id", &Members::id},
                                       {"return", &Members::value}, {"error", &Members::error},
                                       {"event", &Members::event},  {"timestamp", &Members::timestamp},
                                       {"data", &Members::data}};
    for (const auto& [known, member] : kKnown)
      if (name == known) this->*member = text;
  }
};

/// Takes a value from the front of a JSON text that is right: from its first byte to its last.
std::string_view take_value(std::string_view& text) {
  std::size_t end = 0;
  if (text.front() == '{' || text.front() == '[' || text.front() == '"') {
    JsonNesting nesting;
    while (!nesting.closes(text[end])) ++end;
    ++end;
  } else {
    end = text.find_first_of(",]} \t\r\n");
  }
  const std::string_view value = text.substr(0, end);
  text.remove_prefix(end);
  return value;
}

/// Finds the members of a JSON object that is right. QEMU writes no escapes in its names, so none are looked for.
Members members_of(std::string_view object) {
  Members members;
  const auto skip = [&](std::string_view what) { object.remove_prefix(object.find_first_not_of(what)); };
  for (skip("{ \t\r\n"); object.front() != '}'; skip(", \t\r\n")) {
    const std::string_view name = take_value(object);
    skip(": \t\r\n");
    members.set(name.substr(1, name.size() - 2), take_value(object));
  }
  return members;
}

std::optional<std::uint64_t> id_of(std::string_view text) {
  std::uint64_t id = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, id);
  return !text.empty() && error == std::errc() && stopped == end ? std::optional(id) : std::nullopt;
}

std::string version_of(std::string_view greeting) {
  const Json json = Json::parse(greeting, nullptr, false);
  const Json::json_pointer at("/version/qemu");
  if (!json.contains(at) || !json[at].is_object()) return "of an unknown version";
  // What stands there may be nested to any depth: nothing is copied or dumped, which nlohmann does recursively.
  const Json& qemu = json[at];
  const auto part = [&](const char* name) {
    const auto found = qemu.find(name);
    return found != qemu.end() && found->is_number_unsigned() ? std::to_string(found->get<std::uint64_t>()) : "?";
  };
  return fmt::format("{}.{}.{}", part("major"), part("minor"), part("micro"));
}

/// QEMU writes -1 where the host's clock could not be read.
std::chrono::microseconds time_of(std::string_view timestamp) {
  const Json json = Json::parse(timestamp, nullptr, false);
  const auto part = [&](const char* name) {
    const bool there = json.is_object() && json.contains(name) && json[name].is_number_integer();
    return there ? json[name].get<std::int64_t>() : -1;
  };
  const std::int64_t seconds = part("seconds");
  const std::int64_t microseconds = part("microseconds");
  constexpr std::int64_t kMostSeconds = std::int64_t{1} << 40U;  // with the microseconds, still far from overflow
  if (seconds < 0 || seconds > kMostSeconds || microseconds < 0 || microseconds > 999'999) return {};
  return std::chrono::seconds(seconds) + std::chrono::microseconds(microseconds);
}

Result<QmpMessage> message_of(std::string_view text) {
  if (!Json::accept(text)) return not_qmp(text);
  const Members members = members_of(text);
  if (!members.greeting.empty()) return QmpGreeting{version_of(members.greeting)};
  if (!members.value.empty()) return QmpReply{id_of(members.id), std::string(members.value)};
  if (!members.error.empty()) {
    const auto description = qmp_member(members.error, "desc");
    if (!description) return not_qmp(text);
    return QmpError{id_of(members.id), qmp_member(members.error, "class").value_or("GenericError"), *description};
  }
  const Result<std::string> event = members.event.empty() ? failure("none") : qmp_text(members.event);
  if (!event) return not_qmp(text);
  return QmpEvent{*event, time_of(members.timestamp), members.data.empty() ? "{}" : std::string(members.data)};
}

}  // namespace

bool JsonNesting::closes(char c) {
  if (in_string) {
    if (escaped || c == '\\') {
      escaped = !escaped;
    } else if (c == '"') {
      in_string = false;
      return depth == 0;
    }
    return false;
  }
  if (c == '"') in_string = true;
  if (c == '{' || c == '[') ++depth;
  return (c == '}' || c == ']') && --depth == 0;
}

Status QmpDecoder::feed(BytesView bytes, std::vector<QmpMessage>& messages) {
  append(pending_, bytes);
  const std::string_view text = as_text(pending_);
  std::size_t begin = 0;  // of the message under way
  while (scanned_ < text.size()) {
    const char c = text[scanned_];
    if (nesting_.depth == 0) {
      begin = scanned_;
      if (c != '{' && !is_blank(c)) return not_qmp(text.substr(begin));
    }
    ++scanned_;
    if (scanned_ - begin > kMostMessage) return failure("QEMU sends a message of more than {} bytes", kMostMessage);
    if (!nesting_.closes(c)) continue;
    Result<QmpMessage> message = message_of(text.substr(begin, scanned_ - begin));
    if (!message) return tl::unexpected(std::move(message.error()));
    messages.push_back(std::move(*message));
    begin = scanned_;
  }
  if (nesting_.depth == 0) begin = scanned_;
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(begin));
  scanned_ -= begin;
  if (pending_.empty() && pending_.capacity() > kRoomKept) pending_.shrink_to_fit();
  return {};
}

std::string qmp_command(std::string_view name, std::string_view arguments, std::uint64_t id) {
  const std::string with = arguments.empty() ? "" : fmt::format(R"(,"arguments":{})", arguments);
  return fmt::format(R"({{"execute":{}{},"id":{}}})"
                     "\r\n",
                     json_string(name), with, id);
}

std::string json_string(std::string_view text) {
  return Json(text).dump(-1, ' ', true, Json::error_handler_t::replace);
}

}  // namespace charmux::protocol
