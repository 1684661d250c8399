// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "backend/descriptor.hpp"
#include "backend/serial_port.hpp"
#include "charmux/base/units.hpp"
#include "loop/timer.hpp"

namespace charmux::backend {

/// How long things take at a serial port.
struct SerialTimes {
  std::chrono::milliseconds break_length{250};  ///< what tcsendbreak(3) does at least.
  std::chrono::milliseconds break_patience{
      1000};                                 ///< what was typed before a break has been sent by then, or no break is.
  std::chrono::milliseconds cts_look{1000};  ///< CTS is looked at while something waits to be sent,
  int cts_looks = 5;                         ///< said to be off when it was at so many looks in a row,
  std::chrono::milliseconds cts_pause{10'000};  ///< and not again before.
};

/// A serial port that is open. Its wire is slower than the loop and may stand still, so nothing here waits for it: not
/// a break (tcsendbreak(3), and TIOCSBRK itself while anything is unsent), nor a close.
class SerialChannel final : public Descriptor {
 public:
  /// Who made it, and lives longer.
  class Maker {
   public:
    virtual ~Maker() = default;
    virtual void channel_remarks(const std::string& remark) = 0;
    virtual void channel_closed() = 0;
  };
  SerialChannel(loop::Loop& loop, SerialPort port, const address::Serial& at, const SerialTimes& times, Maker& maker);
  ~SerialChannel() override;
  SerialChannel(const SerialChannel&) = delete;
  SerialChannel& operator=(const SerialChannel&) = delete;

  void want(unsigned interest) override;
  [[nodiscard]] net::Io read(BytesSpan room) override;
  [[nodiscard]] net::Io write(BytesView bytes) override;
  [[nodiscard]] bool part() override;
  [[nodiscard]] std::string why_ended(const net::Io& io) const override;
  void send_break(std::function<void(Status)> answer) override;

 private:
  enum class Break { none, draining, sending };

  void go_on_with_break();
  void end_break(const Status& status);
  void look_at_cts();

  const std::string path_;
  const UucpLock lock_;
  const termios before_;
  const bool has_wire_;
  const bool by_rtscts_;
  const SerialTimes times_;
  Maker& maker_;
  unsigned interest_ = 0;
  bool parting_ = false;
  Break break_ = Break::none;
  MonoTime break_deadline_{};
  std::vector<std::function<void(Status)>> break_answers_;
  loop::Timer break_timer_;
  int cts_off_ = 0;  ///< looks at which it was off, one after the other.
  MonoTime next_cts_remark_{};
  loop::Timer cts_timer_;
};

}  // namespace charmux::backend
