// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace charmux {

/// The release this was built as, "0.1.0".
[[nodiscard]] std::string_view version();

}  // namespace charmux
