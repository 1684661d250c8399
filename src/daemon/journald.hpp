// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "charmux/base/log.hpp"

namespace charmux::daemon {

/// journald, for a log whose events have fields: sd_journal_sendv(3). Callable from any thread.
class Journald final : public LogSink {
 public:
  /// journald if that descriptor leads to it, by `stream`, which is $JOURNAL_STREAM ("DEVICE:INODE", systemd.exec(5))
  /// and may be null. Null: it leads elsewhere, or this cannot be told.
  [[nodiscard]] static std::unique_ptr<Journald> behind(int fd, const char* stream);

  [[nodiscard]] bool write(LogLevel level, const std::string& text, const Log::Fields& fields) override;

 private:
  Journald() = default;
};

}  // namespace charmux::daemon
