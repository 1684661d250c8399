// SPDX-License-Identifier: Apache-2.0
#include "charmux/base/version.hpp"

namespace charmux {

std::string_view version() { return CHARMUX_VERSION; }

}  // namespace charmux
