// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "charmux/base/bytes.hpp"
#include "charmux/base/result.hpp"
#include "cli/api_client.hpp"
#include "cli/api_values.hpp"
#include "cli/outcome.hpp"

/// The API in a command's words: what it asks for a console by name, and its refusals as failures that name it.
namespace charmux::cli {

inline constexpr std::string_view kConsoles = "/api/v1/consoles";

/// "/api/v1/consoles/lab%2F1/history"; `rest` begins with '/' or is empty.
[[nodiscard]] std::string console_path(std::string_view name, std::string_view rest);

/// "console alpha", printable.
[[nodiscard]] std::string called(std::string_view name);

/// What an answer with an error status means for a person; `name` is the console that was asked for, empty for none.
[[nodiscard]] Failure refusal(const protocol::HttpResponse& answer, std::string_view name);

/// The body of a GET that was answered well.
[[nodiscard]] Outcome<std::string> fetch(ApiClient& api, const std::string& target, std::string_view name);

/// What charmuxd answered, read by one of api_values' functions.
template <class T>
[[nodiscard]] Outcome<T> understood(const ApiClient& api, Result<T> parsed) {
  if (parsed) return std::move(*parsed);
  return stop(kNoDaemon, "charmuxd at {} is not understood: {}; is it of another version?", api.socket(),
              parsed.error().text);
}

[[nodiscard]] Outcome<ConsoleInfo> fetch_console(ApiClient& api, std::string_view name);

/// A piece of a console's history.
struct HistoryPiece {
  std::uint64_t offset;  ///< of its first byte; beyond what was asked for when that is kept no more
  std::string bytes;     ///< empty: nothing has come since
};
[[nodiscard]] Outcome<HistoryPiece> fetch_history(ApiClient& api, std::string_view name, std::uint64_t since);

}  // namespace charmux::cli
