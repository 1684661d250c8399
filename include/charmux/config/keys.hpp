// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace charmux::config {

/// What a key's value is, and how it is written in the file.
enum class KeyKind {
  text,        ///< "any text"
  texts,       ///< ["any text", ...]: at least `least`
  some_texts,  ///< "any text", or a list of them: at least `least`
  path,        ///< "/an/absolute/path"
  paths,       ///< "/an/absolute/path", or a list of them: at least `least`
  size,        ///< "64KiB"; "0" or 0 where 0 is allowed
  ring_size,   ///< a size that is a power of two
  time,        ///< "250ms"; "0" or 0 where 0 is allowed
  count,       ///< 12
  ports,       ///< "7001-7999"
  choice,      ///< one of a few words, in quotes
  flag,        ///< true or false
};

/// One key of the configuration file. The parser accepts exactly these, and conf/charmux.toml and docs/manual.md are
/// tested against them.
struct KeyInfo {
  std::string_view table;  ///< "" (above the first table), "history", "limits", ..., "tls" (of [tls.NAME]), ...
  std::string_view name;
  std::string_view fallback;  ///< the default as the file would spell it; of a listener: telnet's; empty: it has none
  std::uint64_t least = 0;    ///< of a size (bytes), a time (milliseconds), a count, a list's entries
  std::uint64_t most = 0;
  std::span<const std::string_view> words;  ///< of a choice
  KeyKind kind;
  bool required = false;  ///< its table makes no sense without it
  bool option = false;    ///< of a listener or a backend: its address may hold it as an option instead
};

/// Every key of every table there is, in the order of conf/charmux.toml.
[[nodiscard]] std::span<const KeyInfo> known_keys();

/// The tables there are, in the same order, without the top of the file.
[[nodiscard]] std::span<const std::string_view> known_tables();

/// Whether the table is one of a list: [[console]], [[listen]] and so on.
[[nodiscard]] bool is_list(std::string_view table);
/// Whether each of the tables has a name of its own behind that one: [tls.lab].
[[nodiscard]] bool is_named(std::string_view table);
/// The table as the file writes it: "[history]", "[[listen]]", "[tls.NAME]"; NAME is `name` if that is known.
[[nodiscard]] std::string table_text(std::string_view table, std::string_view name = {});

}  // namespace charmux::config
