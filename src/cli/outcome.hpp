// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/core.h>

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace charmux::cli {

/// The exit codes that charmux promises. Numbers of sysexits(3), but 68, which stands there for an unknown host.
enum ExitCode {
  kDone = 0,
  kNoPassword = 1,     ///< what was typed cannot be a password
  kUsage = 64,         ///< the command line is wrong, or asks for what this version has not
  kNoConsole = 68,     ///< there is no such console
  kNoDaemon = 69,      ///< no charmuxd answers, or it went away
  kNoBackend = 69,     ///< what should be bridged is not there, or not to be used
  kCannotListen = 73,  ///< a listener cannot be made, for none of the reasons below
  kCannotWrite = 74,   ///< standard output takes nothing: a full disk
  kBusy = 75,          ///< another has the pen or the device, or it cannot be done now
  kNotAllowed = 77,    ///< the socket, or the console, is not for this user
};

/// Why a command ends without success: its exit code, and the sentence for stderr (as Error's).
struct Failure {
  ExitCode code;
  std::string text;
};

/// What a step of a command gives, or why it ends.
template <class T>
using Outcome = tl::expected<T, Failure>;

/// The failing half of an Outcome: `return stop(kBusy, "console {}: {}", name, reason);`
template <class... Args>
[[nodiscard]] tl::unexpected<Failure> stop(ExitCode code, fmt::format_string<Args...> format, Args&&... args) {
  return tl::unexpected<Failure>(Failure{code, fmt::format(format, std::forward<Args>(args)...)});
}

}  // namespace charmux::cli
