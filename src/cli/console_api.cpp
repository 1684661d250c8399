// SPDX-License-Identifier: Apache-2.0
#include "cli/console_api.hpp"

#include <algorithm>
#include <charconv>

#include "charmux/base/text.hpp"

namespace charmux::cli {
namespace {

/// What charmuxd says while it ends (docs/api.md); every other 503 is about now, and may be asked again.
constexpr std::string_view kStopping = "charmuxd is stopping";

ExitCode exit_code(unsigned status, std::string_view error) {
  switch (status) {
    case 403: return kNotAllowed;
    case 404: return kNoConsole;
    case 409: return kBusy;
    case 503: return error == kStopping ? kNoDaemon : kBusy;
    case 400:
    case 405:
    case 413:
    case 431:
    case 501: return kUsage;
    default: return kNoDaemon;
  }
}

/// Printable, line by line: a configuration may have several errors.
std::string printable_lines(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    out += (at == 0 ? "" : "\n") + printable(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

}  // namespace

std::string console_path(std::string_view name, std::string_view rest) {
  return fmt::format("{}/{}{}", kConsoles, percent_encoded(name), rest);
}

std::string called(std::string_view name) { return "console " + printable(name); }

Failure refusal(const protocol::HttpResponse& answer, std::string_view name) {
  FaultInfo fault = parse_fault(answer.body);
  if (fault.error.empty()) fault.error = fmt::format("charmuxd answered with status {}", answer.status);
  // Whoever is told that there is no such console, or that he may not, reads its name there.
  const bool named = name.empty() || answer.status == 404 || answer.status == 403;
  const std::string where = named ? "" : called(name) + ": ";
  const std::string hint = fault.hint.empty() ? "" : "; " + printable(fault.hint);
  return {exit_code(answer.status, fault.error), where + printable_lines(fault.error) + hint};
}

Outcome<std::string> fetch(ApiClient& api, const std::string& target, std::string_view name) {
  auto answer = api.get(target);
  if (!answer) return tl::unexpected(answer.error());
  if (answer->status == 200) return std::move(answer->body);
  return tl::unexpected(refusal(*answer, name));
}

Outcome<ConsoleInfo> fetch_console(ApiClient& api, std::string_view name) {
  const auto body = fetch(api, console_path(name, ""), name);
  if (!body) return tl::unexpected(body.error());
  return understood(api, parse_console(*body));
}

Outcome<HistoryPiece> fetch_history(ApiClient& api, std::string_view name, std::uint64_t since) {
  auto answer = api.get(console_path(name, fmt::format("/history?since={}", since)));
  if (!answer) return tl::unexpected(answer.error());
  if (answer->status != 200) return tl::unexpected(refusal(*answer, name));
  HistoryPiece out{since, std::move(answer->body)};
  if (const auto field = answer->field("X-Charmux-Offset"))
    if (std::from_chars(field->data(), field->data() + field->size(), out.offset).ec != std::errc{}) out.offset = since;
  return out;
}

}  // namespace charmux::cli
