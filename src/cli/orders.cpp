// SPDX-License-Identifier: Apache-2.0
// break, down, reopen and reload: an order to a console, or to charmuxd, which says nothing when it is done.
#include "cli/command.hpp"
#include "cli/console_api.hpp"

namespace charmux::cli {
namespace {

Outcome<void> order(const Arguments& arguments, ApiClient& api, std::string_view what) {
  const std::string& name = arguments.operands.front();
  const auto answer = api.post(console_path(name, what));
  if (!answer) return tl::unexpected(answer.error());
  if (answer->status >= 200 && answer->status < 300) return {};
  return tl::unexpected(refusal(*answer, name));
}

}  // namespace

Outcome<void> send_break(const Arguments& arguments, ApiClient& api) { return order(arguments, api, "/break"); }

Outcome<void> down(const Arguments& arguments, ApiClient& api) { return order(arguments, api, "/down"); }

Outcome<void> reopen(const Arguments& arguments, ApiClient& api) {
  return order(arguments, api, arguments.force ? "/reopen?force=1" : "/reopen");
}

Outcome<void> reload(const Arguments&, ApiClient& api) {
  const auto answer = api.post("/api/v1/reload");
  if (!answer) return tl::unexpected(answer.error());
  if (answer->status >= 200 && answer->status < 300) return {};
  return tl::unexpected(refusal(*answer, ""));
}

}  // namespace charmux::cli
