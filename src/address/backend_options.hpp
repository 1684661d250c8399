// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "charmux/address/parts.hpp"

namespace charmux::address {

/// The options of one backend, from its address and from the keys beside it.
class Options {
 public:
  /// `known` are those that `scheme` has. A serial port's speed, framing and flow control may stand in an address
  /// without their names. Errors: an option that the scheme has not, one that is given twice, one without a value.
  [[nodiscard]] static Result<Options> read(std::string_view scheme, const std::vector<Option>& in_address,
                                            std::span<const Option> keys, std::span<const std::string_view> known);

  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  /// Empty when it is not there.
  [[nodiscard]] std::string text(std::string_view name) const;

 private:
  [[nodiscard]] const Option* find(std::string_view name) const;
  std::vector<Option> all_;
};

/// Reads "80x24". Error: what else it is.
[[nodiscard]] Status parse_window(std::string_view text, unsigned& columns, unsigned& rows);

}  // namespace charmux::address
