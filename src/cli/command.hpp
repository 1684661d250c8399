// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/api_client.hpp"
#include "cli/arguments.hpp"
#include "cli/outcome.hpp"

/// The commands. Each does all of its work, and prints to stdout; why it could not is for the caller to say.
namespace charmux::cli {

using Command = Outcome<void> (*)(const Arguments&, ApiClient&);

[[nodiscard]] Outcome<void> ls(const Arguments&, ApiClient&);
[[nodiscard]] Outcome<void> who(const Arguments&, ApiClient&);
[[nodiscard]] Outcome<void> status(const Arguments&, ApiClient&);
[[nodiscard]] Outcome<void> attach(const Arguments&, ApiClient&);
[[nodiscard]] Outcome<void> tail(const Arguments&, ApiClient&);
[[nodiscard]] Outcome<void> send_break(const Arguments&, ApiClient&);
[[nodiscard]] Outcome<void> down(const Arguments&, ApiClient&);
[[nodiscard]] Outcome<void> reopen(const Arguments&, ApiClient&);
[[nodiscard]] Outcome<void> reload(const Arguments&, ApiClient&);
/// Asks no charmuxd: it is one itself, for one console.
[[nodiscard]] Outcome<void> bridge(const Arguments&, ApiClient&);

/// Asks no charmuxd: its lines are for the configuration file.
[[nodiscard]] Outcome<void> passwd(const Arguments&, ApiClient&);

/// Writes to stdout, all of it. Failure: kCannotWrite; kDone with no text when nobody reads any more.
[[nodiscard]] Outcome<void> print(std::string_view text);

}  // namespace charmux::cli
