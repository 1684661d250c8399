// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "charmux/base/log.hpp"
#include "discovery/guest.hpp"
#include "loop/loop.hpp"

namespace charmux::discovery {

/// All guests behind QMP sockets: follows the sockets that match glob patterns, and keeps a connection to each. Told to
/// one sink. For the loop's thread.
class QmpSource final : public Source {
 public:
  struct Settings {
    std::vector<std::string> patterns;             ///< absolute; glob(7), one without wildcards is a path
    std::chrono::milliseconds poll{2000};          ///< how often a guest's chardevs are looked at again
    std::chrono::milliseconds greeting{2000};      ///< QmpClient's
    std::chrono::milliseconds reopen_first{250};   ///< QmpClient's
    std::chrono::milliseconds reopen_most{30000};  ///< QmpClient's
    std::chrono::milliseconds answer{30000};       ///< QmpClient's
    std::chrono::milliseconds walk{10000};  ///< devices are looked at no more often for ports that open and close.
    std::chrono::milliseconds brk{5000};    ///< how long QEMU may take to send a break.
  };
  QmpSource(loop::Loop& loop, Settings settings, Log& log, Sink& sink);
  ~QmpSource() override;
  QmpSource(const QmpSource&) = delete;
  QmpSource& operator=(const QmpSource&) = delete;

  void start() override;
  /// Asks its QEMU; `guest` is the monitor's path.
  void locate(const std::string& guest, const std::string& label, bool force,
              std::function<void(Located)> answer) override;
  /// By chardev-send-break.
  void send_break(const std::string& guest, const std::string& label, std::function<void(Status)> answer) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace charmux::discovery
