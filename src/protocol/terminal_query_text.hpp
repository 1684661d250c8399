// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace charmux::protocol {

// Which sequences make a terminal answer; see terminal_queries.hpp for the sources. `text` is without the introducer
// and without the controls in it.

/// A control sequence, up to and with its final byte: "?6n".
[[nodiscard]] bool csi_asks(std::string_view text);

/// A string, without its end: "11;?". `kind` stands behind its ESC: ']' (OSC), 'P' (DCS) or '_' (APC).
[[nodiscard]] bool string_asks(char kind, std::string_view text);
/// Whether one that begins so may still become one that asks. Once it may not, it never does.
[[nodiscard]] bool string_may_ask(char kind, std::string_view text);

}  // namespace charmux::protocol
