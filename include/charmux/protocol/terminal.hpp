// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "charmux/base/bytes.hpp"

namespace charmux::protocol {

/// Whether `bytes` are nothing but what a terminal sends by itself when the guest asks it something: where its cursor
/// is, how it is, what it is (ECMA-48 CPR, DSR, DA: CSI ... R, n or c), any number of them. A guest's question goes to
/// the terminals of all viewers, so an answer does not show that its viewer wants to type. (Shift-F3 is sent like a
/// CPR.)
[[nodiscard]] bool is_terminal_answer(BytesView bytes);

}  // namespace charmux::protocol
