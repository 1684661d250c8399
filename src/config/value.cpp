// SPDX-License-Identifier: Apache-2.0
#include "config/value.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "charmux/address/parts.hpp"
#include "charmux/base/text.hpp"
#include "charmux/base/units.hpp"

namespace charmux::config {
namespace {

using address::in_quotes;

struct KindOf {
  std::string_view operator()(const std::string&) const { return "a text"; }
  std::string_view operator()(std::int64_t) const { return "an integer"; }
  std::string_view operator()(bool) const { return "a boolean"; }
  std::string_view operator()(const std::vector<std::string>&) const { return "an array"; }
  std::string_view operator()(const OtherKind& other) const { return other.name; }
};

/// Made in place: a variant that is moved here looks uninitialised to GCC 12.
template <class T>
Result<SettingValue> good(T value) {
  return Result<SettingValue>(tl::in_place, std::move(value));
}

std::string words_of(const KeyInfo& key, std::string_view before, std::string_view after) {
  std::vector<std::string> whole;
  for (const std::string_view word : key.words)
    whole.push_back(std::string(before) + std::string(word) + std::string(after));
  const std::vector<std::string_view> views(whole.begin(), whole.end());
  return either_of(views);
}

std::string expected_of(const KeyInfo& key) {
  switch (key.kind) {
    case KeyKind::text: return "a text in quotes";
    case KeyKind::texts: return "a list of texts, such as [\"lab-*\"]";
    case KeyKind::some_texts: return "a text in quotes, or a list of such texts";
    case KeyKind::path: return "an absolute path in quotes";
    case KeyKind::paths: return "an absolute path in quotes, or a list of such paths";
    case KeyKind::size: return "a size in quotes, such as \"64KiB\"";
    case KeyKind::ring_size: return "a size in quotes, such as \"1MiB\"";
    case KeyKind::time: return "a time in quotes, such as \"2s\"";
    case KeyKind::count: return "a whole number";
    case KeyKind::ports: return "a range of ports in quotes, such as \"7001-7999\"";
    case KeyKind::choice: return words_of(key, "\"", "\"");
    case KeyKind::flag: return "true or false";
  }
  return {};
}

tl::unexpected<Error> wrong_type(const KeyInfo& key, const Entry& entry) {
  const auto* const other = std::get_if<OtherKind>(&entry.value);
  const bool list = key.kind == KeyKind::texts || key.kind == KeyKind::some_texts || key.kind == KeyKind::paths;
  if (list && other != nullptr && other->name == "an array")
    return failure(" must be {}, not an array of something else", expected_of(key));
  return failure(" must be {}, not {}", expected_of(key), std::visit(KindOf{}, entry.value));
}

std::string number_text(const KeyInfo& key, std::uint64_t number) {
  if (key.kind == KeyKind::count) return fmt::format("{}", number);
  if (number == 0) return "0";
  if (key.kind == KeyKind::time) return format_duration(std::chrono::milliseconds(number));
  return format_size(number);
}

/// Whether a number is within its key's bounds, whatever its unit.
Result<SettingValue> within_bounds(const KeyInfo& key, std::uint64_t number, std::string_view as_written) {
  const bool power_of_two = number != 0 && (number & (number - 1)) == 0;
  const bool ring = key.kind == KeyKind::ring_size;
  if (number < key.least || number > key.most || (ring && !power_of_two))
    return failure(" must be {}from {} to {}, not {}", ring ? "a power of two " : "", number_text(key, key.least),
                   number_text(key, key.most), as_written);
  if (key.kind == KeyKind::time) return good(std::chrono::milliseconds(number));
  return good(number);
}

Result<SettingValue> fit_count(const KeyInfo& key, const Entry& entry) {
  const auto* const number = std::get_if<std::int64_t>(&entry.value);
  if (number == nullptr) return wrong_type(key, entry);
  if (*number < 0) return failure(" must be from {} to {}, not {}", key.least, key.most, *number);
  return within_bounds(key, static_cast<std::uint64_t>(*number), fmt::format("{}", *number));
}

/// A size or a time. 0 is the same in every unit, so it may stand without one and without quotes.
Result<SettingValue> fit_quantity(const KeyInfo& key, const Entry& entry) {
  const auto* const number = std::get_if<std::int64_t>(&entry.value);
  if (number != nullptr && *number == 0) return within_bounds(key, 0, "0");
  const auto* const text = std::get_if<std::string>(&entry.value);
  if (text == nullptr) return wrong_type(key, entry);
  Result<std::uint64_t> quantity = key.kind == KeyKind::time
                                       ? parse_duration(*text).map([](std::chrono::milliseconds time) {
                                           return static_cast<std::uint64_t>(time.count());
                                         })
                                       : parse_size(*text);
  if (!quantity) return failure(": {}", quantity.error().text);
  return within_bounds(key, *quantity, *text);
}

Status check_path(const std::string& path) {
  if (path[0] == '/' && path.find('\0') == std::string::npos) return {};
  return failure(" must be an absolute path, not {}: write one that begins with '/'", in_quotes(path));
}

Result<SettingValue> fit_text(const KeyInfo& key, const Entry& entry) {
  const auto* const text = std::get_if<std::string>(&entry.value);
  if (text == nullptr) return wrong_type(key, entry);
  if (key.kind == KeyKind::path)
    if (const Status path = check_path(*text); !path) return tl::unexpected(path.error());
  if (key.kind == KeyKind::choice && std::find(key.words.begin(), key.words.end(), *text) == key.words.end())
    return failure(" must be {}, not {}", words_of(key, "", ""), in_quotes(*text));
  return good(*text);
}

/// In an address several texts stand behind one another, with commas between them.
std::vector<std::string> parted(std::string_view texts) {
  std::vector<std::string> parts;
  for (std::size_t end = 0; end != std::string_view::npos; texts.remove_prefix(std::min(end, texts.size() - 1) + 1)) {
    end = texts.find(',');
    parts.emplace_back(texts.substr(0, end));
    if (texts.empty()) break;
  }
  return parts;
}

Result<SettingValue> fit_texts(const KeyInfo& key, const Entry& entry) {
  if (const auto* const option = std::get_if<std::string>(&entry.value); option != nullptr && entry.is_option)
    return good(parted(*option));
  const auto* const texts = std::get_if<std::vector<std::string>>(&entry.value);
  if (texts == nullptr) return wrong_type(key, entry);
  if (texts->size() < key.least)
    return key.required ? failure(" is empty: name one") : failure(" is empty: name one, or leave '{}' out", key.name);
  return good(*texts);
}

/// One text, which is the list of it, or a list.
Result<SettingValue> fit_one_or_many(const KeyInfo& key, const Entry& entry) {
  const auto* const one = std::get_if<std::string>(&entry.value);
  const auto* const many = std::get_if<std::vector<std::string>>(&entry.value);
  if (one == nullptr && many == nullptr) return wrong_type(key, entry);
  std::vector<std::string> texts = one == nullptr ? *many : std::vector{*one};
  if (key.kind == KeyKind::paths)
    for (const std::string& path : texts)
      if (const Status good_one = check_path(path); !good_one) return tl::unexpected(good_one.error());
  return one == nullptr ? fit_texts(key, entry) : good(std::move(texts));
}

/// A port that is nothing but digits.
std::optional<std::uint16_t> port_in(std::string_view text) {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  if (text.empty() || std::from_chars(text.data(), end, port).ptr != end || port == 0) return std::nullopt;
  return port;
}

Result<SettingValue> fit_ports(const KeyInfo& key, const Entry& entry) {
  const auto* const text = std::get_if<std::string>(&entry.value);
  if (text == nullptr) return wrong_type(key, entry);
  const std::size_t dash = text->find('-');
  const std::string_view whole = *text;
  const auto low = port_in(whole.substr(0, dash));
  const auto high = port_in(dash == std::string::npos ? std::string_view() : whole.substr(dash + 1));
  if (!low || !high || *low > *high)
    return failure(" must be two ports from 1 to 65535, the lower one first, such as 7001-7999, not {}",
                   in_quotes(*text));
  return good(PortRange{*low, *high});
}

Result<SettingValue> fit_flag(const KeyInfo& key, const Entry& entry) {
  const auto* const flag = std::get_if<bool>(&entry.value);
  if (flag != nullptr) return good(*flag);
  if (entry.is_option) return failure(" takes no value: write {} alone", entry.key);
  return wrong_type(key, entry);
}

}  // namespace

Result<SettingValue> fit(const KeyInfo& key, const Entry& entry) {
  const bool bare_option = entry.is_option && std::holds_alternative<bool>(entry.value);
  if (bare_option && key.kind != KeyKind::flag) return failure(" needs a value: write {}=VALUE", entry.key);
  switch (key.kind) {
    case KeyKind::flag: return fit_flag(key, entry);
    case KeyKind::count: return fit_count(key, entry);
    case KeyKind::size:
    case KeyKind::ring_size:
    case KeyKind::time: return fit_quantity(key, entry);
    case KeyKind::texts: return fit_texts(key, entry);
    case KeyKind::some_texts:
    case KeyKind::paths: return fit_one_or_many(key, entry);
    case KeyKind::ports: return fit_ports(key, entry);
    case KeyKind::text:
    case KeyKind::path:
    case KeyKind::choice: break;
  }
  return fit_text(key, entry);
}

}  // namespace charmux::config
