// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "backend/descriptor.hpp"
#include "backend/serial_break.hpp"
#include "backend/serial_control.hpp"
#include "backend/serial_port.hpp"
#include "backend/serial_times.hpp"
#include "charmux/base/units.hpp"
#include "loop/timer.hpp"

namespace charmux::backend {

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
  [[nodiscard]] PortControl* port() override { return &control_; }
  void send_break(std::function<void(Status)> answer) override;

 private:
  void look_at_cts();

  const std::string path_;
  const UucpLock lock_;
  const termios before_;
  const bool has_wire_;
  const SerialTimes times_;
  Maker& maker_;
  unsigned interest_ = 0;
  bool parting_ = false;
  SerialBreak break_;
  SerialControl control_;
  int cts_off_ = 0;  ///< looks at which it was off, one after the other.
  MonoTime next_cts_remark_{};
  loop::Timer cts_timer_;
};

}  // namespace charmux::backend
