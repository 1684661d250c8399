// SPDX-License-Identifier: Apache-2.0
#include "address/backend_options.hpp"

#include <algorithm>
#include <charconv>

#include "charmux/base/text.hpp"

namespace charmux::address {
namespace {

/// An option that is there or not, and has no value.
bool is_switch(std::string_view name) { return name == "rfc2217" || name == "shell"; }

/// "115200" is speed=115200, "8n1" framing=8n1, "rtscts" flow=rtscts.
Option with_name(const Option& option) {
  const std::string& word = option.name;
  if (option.value) return option;
  if (word == "rtscts" || word == "xonxoff" || word == "none") return {"flow", word};
  const bool digits = std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (digits) return {"speed", word};
  return word[0] >= '0' && word[0] <= '9' ? Option{"framing", word} : option;
}

tl::unexpected<Error> unknown(std::string_view scheme, const std::string& name, std::span<const std::string_view> known,
                              bool is_key) {
  if (is_key) return failure("'{}' is not for {}: backends: leave it out", name, scheme);
  if (known.empty())
    return failure("unknown option {}: {} takes none; write ,, for a comma in a path", in_quotes(name), scheme);
  return failure("unknown option {}: {} takes {}; write ,, for a comma in a path", in_quotes(name), scheme,
                 either_of(known));
}

}  // namespace

Result<Options> Options::read(std::string_view scheme, const std::vector<Option>& in_address,
                              std::span<const Option> keys, std::span<const std::string_view> known) {
  Options options;
  const auto add = [&](const Option& option, bool is_key) -> Status {
    if (std::find(known.begin(), known.end(), option.name) == known.end())
      return unknown(scheme, option.name, known, is_key);
    if (options.has(option.name) && is_key)
      return failure("'{}' is given twice, by this address and by a key: keep one", option.name);
    if (options.has(option.name)) return failure("option '{}' is given twice: keep one", option.name);
    if (!is_switch(option.name) && !option.value)
      return failure("option '{}' needs a value: write {}=VALUE", option.name, option.name);
    if (is_switch(option.name) && option.value) return failure("option '{}' takes no value", option.name);
    options.all_.push_back(option);
    return {};
  };
  const bool has_port = std::find(known.begin(), known.end(), "speed") != known.end();
  for (const Option& option : in_address)
    if (const Status good = add(has_port ? with_name(option) : option, false); !good)
      return tl::unexpected(good.error());
  for (const Option& option : keys)
    if (const Status good = add(option, true); !good) return tl::unexpected(good.error());
  return options;
}

const Option* Options::find(std::string_view name) const {
  for (const Option& option : all_)
    if (option.name == name) return &option;
  return nullptr;
}

std::string Options::text(std::string_view name) const {
  const Option* const option = find(name);
  return option == nullptr ? "" : option->value.value_or("");
}

Status parse_window(std::string_view text, unsigned& columns, unsigned& rows) {
  const auto number = [](std::string_view part, unsigned& into) {
    const char* const end = part.data() + part.size();
    return std::from_chars(part.data(), end, into).ptr == end && !part.empty() && into >= 1 && into <= 9999;
  };
  const std::size_t cross = text.find('x');
  if (cross == std::string_view::npos || !number(text.substr(0, cross), columns) ||
      !number(text.substr(cross + 1), rows))
    return failure("{} is not a window: write columns and rows, such as 80x24", in_quotes(text));
  return {};
}

}  // namespace charmux::address
