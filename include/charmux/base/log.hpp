// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/core.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace charmux {

/// How much is said; each level includes those before it. The numbers are syslog's (sd-daemon(3)).
enum class LogLevel { error = 3, warn = 4, info = 6, debug = 7 };
/// Who reads the log.
enum class LogForm {
  journal,  ///< journald: "<6>event"
  person,   ///< a person at the terminal: "charmux: event"
};

class LogSink;

/// A program's log: one event a line on stderr, or at the sink. Whatever a name or a reason holds, it is one line:
/// control bytes are written as \xNN. Owned by the program's root, handed down by reference; callable from any thread.
class Log {
 public:
  /// What belongs to an event beside its text, so that it can be asked for by itself ("CHARMUX_CONSOLE", "alpha"). The
  /// names are journald's: upper-case letters, digits and underscores.
  struct Field {
    std::string name;
    std::string value;
  };
  using Fields = std::vector<Field>;

  /// `sink`: where events go instead of stderr, with their fields; null: there is none. Outlives the log.
  explicit Log(LogLevel most, LogForm form = LogForm::journal, LogSink* sink = nullptr);
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

  void write(LogLevel level, std::string_view text, const Fields& fields = {});
  /// Whether fields are kept; else they are dropped, and an event that says nothing without them is not worth a line.
  [[nodiscard]] bool keeps_fields() const { return sink_ != nullptr; }

 private:
  struct Impl;
  LogLevel most_;
  LogForm form_;
  LogSink* sink_;
  std::unique_ptr<Impl> impl_;
};

/// Where a log's events go instead of stderr. Called from any thread.
class LogSink {
 public:
  virtual ~LogSink() = default;
  /// Text and values are printable. False: it could not be given there; the event goes to stderr.
  [[nodiscard]] virtual bool write(LogLevel level, const std::string& text, const Log::Fields& fields) = 0;
};

}  // namespace charmux
