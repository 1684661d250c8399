// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "charmux/config/config.hpp"
#include "config/document.hpp"
#include "config/report.hpp"
#include "config/settings.hpp"

namespace charmux::config {

/// A console as written, before it is compared with anything else. No name or no backend: that was reported.
struct ConsoleDraft {
  Origin at;
  std::string name;
  std::optional<address::Backend> backend;
  Settings settings;
};

/// A listener as written. No place: that was reported.
struct ListenDraft {
  Origin at;  ///< of the address
  std::optional<address::Place> place;
  Listen listen;  ///< all but the place
  Settings settings;
};

/// A source of guests as written. Neither pattern nor URI: that was reported.
struct DiscoverDraft {
  Origin at;  ///< of the pattern or URI
  Discover discover;
};

/// Settings for consoles of a name, as written. No name: that was reported.
struct MatchDraft {
  Origin at;  ///< of the name
  Match match;
  Settings settings;
};

/// [[user]] as written. No name: that was reported.
struct UserDraft {
  Origin at;
  User user;
  Settings settings;
};

/// [[group]] as written. No name: that was reported.
struct GroupDraft {
  Origin at;
  Group group;
  Settings settings;
};

/// [audit] as written.
struct AuditDraft {
  Origin at;
  Settings settings;
};

/// All that was written, file first.
struct Draft {
  Settings top;
  Settings history;
  Settings limits;
  AuditDraft audit;
  std::vector<DiscoverDraft> discovers;
  std::vector<MatchDraft> matches;
  std::vector<ConsoleDraft> consoles;
  std::vector<ListenDraft> listens;
  std::vector<TlsProfile> tls;  ///< what is wrong with them was reported
  std::vector<UserDraft> users;
  std::vector<GroupDraft> groups;
};

/// Takes the document apart by the names of its tables; what does not belong is reported.
[[nodiscard]] Draft read_draft(const Document& document, Report& report);

/// Adds a source of guests given as SOCKET or GLOB on the command line.
void add_qmp(std::string_view argument, Draft& draft, Report& report);
/// Adds a source of guests given as a libvirt URI on the command line.
void add_libvirt(std::string_view argument, Draft& draft, Report& report);
/// Adds a console given as NAME=ADDRESS on the command line.
void add_console(std::string_view argument, Draft& draft, Report& report);
/// Adds a listener given as ADDRESS on the command line.
void add_listen(std::string_view argument, Draft& draft, Report& report);

/// Whether what a path or glob leads to can only be a directory.
[[nodiscard]] bool is_directory(std::string_view path);
/// Reports what is wrong with the table's 'log', if it has one, whatever consoles it is for.
void check_log(std::string_view table, const Settings& settings, Report& report);
/// Reports a list of globs that could fit no name: one holds a NUL byte.
void check_globs(std::string_view table, const Settings& settings, std::string_view key,
                 const std::vector<std::string>& globs, const Origin& otherwise, Report& report);
/// The table's 'writer', if it has a good one.
[[nodiscard]] std::optional<WriterMode> writer_mode(const Settings& settings);
/// What the table says of how people type.
[[nodiscard]] TypingWish read_typing(const Settings& settings);
/// Whether the consoles that log there each have a file of their own: %n stands in it.
[[nodiscard]] bool log_has_name(std::string_view pattern);

/// A source of guests from its table's keys.
[[nodiscard]] DiscoverDraft read_discover(const Origin& table_at, const std::vector<Entry>& entries, Report& report);
/// Settings for consoles of a name from their table's keys.
[[nodiscard]] MatchDraft read_match(const Origin& table_at, const std::vector<Entry>& entries, Report& report);
/// The profiles in [tls]. What else stands there is reported.
void read_tls(const Section::Table& table, Draft& draft, Report& report);
/// A user from a table's keys. No message shows the password.
[[nodiscard]] UserDraft read_user(const Section::Table& table, Report& report);
/// A group from a table's keys.
[[nodiscard]] GroupDraft read_group(const Section::Table& table, Report& report);
/// A listener from its address and the keys beside it (none on the command line; `table_at` is then the address's
/// place).
[[nodiscard]] ListenDraft read_listen(const Origin& table_at, const std::vector<Entry>& entries, Report& report);

}  // namespace charmux::config
