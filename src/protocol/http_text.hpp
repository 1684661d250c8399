// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace charmux::protocol {

/// Whether a and b are the same but for the case of ASCII letters.
[[nodiscard]] bool same_field(std::string_view a, std::string_view b);
/// Whether a field says how the message goes on the wire, and is not among the fields of an HttpResponse.
[[nodiscard]] bool is_framing(std::string_view field);

}  // namespace charmux::protocol
