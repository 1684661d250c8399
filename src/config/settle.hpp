// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "charmux/config/command_line.hpp"
#include "charmux/config/config.hpp"
#include "charmux/config/environment.hpp"
#include "config/draft.hpp"
#include "config/report.hpp"

namespace charmux::config {

/// What was written, with every default filled in and every part held against the others. The result is a Config only
/// when the report stays empty.
[[nodiscard]] Config settle(const Draft& draft, const CommandLine& command_line, const Environment& environment,
                            Report& report);

/// The part of it that is about sources of guests and what they find.
void settle_discovery(const Draft& draft, Config& config, Report& report);

/// The part of it that is about pinned ports; all the rest is settled already.
void settle_pins(const Draft& draft, const Config& config, Report& report);

/// The part of it that is about the files that consoles log to: none is for two of them, as far as that shows here.
void settle_logs(const Draft& draft, const Config& config, Report& report);

/// The part of it that is about TLS profiles, users and groups.
void settle_access(const Draft& draft, Config& config, Report& report);

/// "there is no user 'x' among 'a', 'b': did you mean 'a'?"; where there are none: "there is no user 'x': " and the
/// remedy.
[[nodiscard]] std::string there_is_no(std::string_view what, std::string_view name,
                                      const std::vector<std::string_view>& names, std::string_view remedy);

/// Why nobody at all could log in at that listener of the config's, though it asks all to. Nothing: somebody can.
[[nodiscard]] std::optional<Error> shut_to_all(const Listen& listen, const Config& config);

/// The part of it that is about listeners; the config's consoles, sources, profiles and users are settled already.
void settle_listens(const Draft& draft, Config& config, Report& report);

}  // namespace charmux::config
