// SPDX-License-Identifier: Apache-2.0
#include "charmux/base/result.hpp"

#include <system_error>

namespace charmux {

std::string errno_text(int error_number) { return std::generic_category().message(error_number); }

}  // namespace charmux
