// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace charmux::backend {

/// How long things take at a serial port.
struct SerialTimes {
  std::chrono::milliseconds break_length{250};  ///< what tcsendbreak(3) does at least.
  std::chrono::milliseconds break_patience{
      1000};                                 ///< what was typed before a break has been sent by then, or no break is.
  std::chrono::milliseconds cts_look{1000};  ///< CTS is looked at while something waits to be sent,
  int cts_looks = 5;                         ///< said to be off when it was at so many looks in a row,
  std::chrono::milliseconds cts_pause{10'000};  ///< and not again before.
  std::chrono::milliseconds lines_look{200};    ///< how often the lines are looked at while somebody listens.
};

}  // namespace charmux::backend
