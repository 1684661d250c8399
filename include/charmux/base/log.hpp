// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/core.h>

#include <memory>
#include <string_view>
#include <utility>

namespace charmux {

/// How much is said; each level includes those before it. The numbers are syslog's (sd-daemon(3)).
enum class LogLevel { error = 3, warn = 4, info = 6, debug = 7 };
/// Who reads the log.
enum class LogForm {
  journal,  ///< journald: "<6>event"
  person,   ///< a person at the terminal: "charmux: event"
};

/// A program's log: one event a line on stderr. Whatever a name or a reason holds, it is one line: control bytes are
/// written as \xNN. Owned by the program's root, handed down by reference; callable from any thread.
class Log {
 public:
  explicit Log(LogLevel most, LogForm form = LogForm::journal);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  template <class... Args>
  void error(fmt::format_string<Args...> format, Args&&... args) {
    write(LogLevel::error, fmt::format(format, std::forward<Args>(args)...));
  }
  template <class... Args>
  void warn(fmt::format_string<Args...> format, Args&&... args) {
    write(LogLevel::warn, fmt::format(format, std::forward<Args>(args)...));
  }
  template <class... Args>
  void info(fmt::format_string<Args...> format, Args&&... args) {
    write(LogLevel::info, fmt::format(format, std::forward<Args>(args)...));
  }
  template <class... Args>
  void debug(fmt::format_string<Args...> format, Args&&... args) {
    if (most_ >= LogLevel::debug) write(LogLevel::debug, fmt::format(format, std::forward<Args>(args)...));
  }

  void write(LogLevel level, std::string_view text);

 private:
  struct Impl;
  LogLevel most_;
  LogForm form_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace charmux
