// SPDX-License-Identifier: Apache-2.0
#include "charmux/address/parts.hpp"

#include <algorithm>

#include "charmux/base/text.hpp"

namespace charmux::address {
namespace {

/// Takes the text up to the first single comma off the front, and that comma too. Doubled commas come out single.
/// `more` says whether there was such a comma.
std::string take_field(std::string_view& text, bool& more) {
  std::string field;
  std::size_t i = 0;
  more = false;
  while (i < text.size()) {
    if (text[i] == ',') {
      const bool doubled = i + 1 < text.size() && text[i + 1] == ',';
      if (!doubled) {
        more = true;
        ++i;
        break;
      }
      ++i;
    }
    field += text[i++];
  }
  text.remove_prefix(i);
  return field;
}

Result<Option> parse_option(const std::string& field) {
  const std::size_t equals = field.find('=');
  Option option;
  option.name = field.substr(0, equals);
  if (equals != std::string::npos) option.value = field.substr(equals + 1);
  if (option.name.empty())
    return failure(
        "an option without a name stands behind a comma: write ,NAME=VALUE, or ,, for a comma that belongs "
        "to the text before it");
  return option;
}

}  // namespace

std::string in_quotes(std::string_view text) { return fmt::format("'{}'", printable(text)); }

std::string with_doubled_commas(std::string_view text) {
  std::string out;
  for (const char c : text) out.append(c == ',' ? 2 : 1, c);
  return out;
}

Result<Parts> split(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return failure("an address cannot hold a NUL byte");
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0)
    return failure("{} is not an address: write SCHEME:PLACE, such as unix:/run/vm.sock or telnet:127.0.0.1:7001",
                   in_quotes(text));
  Parts parts;
  parts.scheme = text.substr(0, colon);
  text.remove_prefix(colon + 1);
  bool more = false;
  parts.place = take_field(text, more);
  if (parts.place.empty())
    return failure("nothing stands behind {}: write a host and port, or a path", in_quotes(parts.scheme + ":"));
  while (more) {
    Result<Option> option = parse_option(take_field(text, more));
    if (!option) return tl::unexpected(option.error());
    const auto same = [&](const Option& earlier) { return earlier.name == option->name; };
    if (std::any_of(parts.options.begin(), parts.options.end(), same))
      return failure("option {} is given twice: keep one", in_quotes(option->name));
    parts.options.push_back(std::move(*option));
  }
  return parts;
}

}  // namespace charmux::address
