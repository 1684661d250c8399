// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "charmux/base/result.hpp"

namespace charmux::address {

/// One option behind an address: "insecure" (no value) or "access=watch".
struct Option {
  std::string name;
  std::optional<std::string> value;
  friend bool operator==(const Option&, const Option&) = default;
};

/// An address taken apart, its doubled commas made single again; what place and options mean is not looked at.
struct Parts {
  std::string scheme;
  std::string place;
  std::vector<Option> options;
  friend bool operator==(const Parts&, const Parts&) = default;
};

/// Splits `scheme:place[,option[=value]]...`: the place ends at the first single comma, a value begins at an option's
/// first '='; ",," is a comma that belongs to the text (as in QEMU). Errors: a NUL byte, no scheme, no place, an option
/// without a name, an option given twice.
[[nodiscard]] Result<Parts> split(std::string_view text);

/// The text as it stands inside an address: commas doubled.
[[nodiscard]] std::string with_doubled_commas(std::string_view text);

/// The text between single quotes, unprintable bytes as \xNN: how messages show what a user wrote.
[[nodiscard]] std::string in_quotes(std::string_view text);

}  // namespace charmux::address
