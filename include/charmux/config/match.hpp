// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "charmux/config/config.hpp"

namespace charmux::config {

/// What holds for one discovered console.
struct MatchSettings {
  std::optional<std::uint16_t> port;  ///< pinned
  bool hide = false;                  ///< neither listed nor opened
  std::uint64_t size = 0;             ///< bytes, a power of two
  std::uint64_t replay = 0;           ///< bytes, at most `size`
  std::chrono::milliseconds max_guest_pause{50};
  std::string log{};  ///< the file that its output is appended to; empty: none
  Typing typing{};
  friend bool operator==(const MatchSettings&, const MatchSettings&) = default;
};

/// [history], and over it every [[match]] whose glob fits the name (prefix included): key by key, later ones win. A
/// replay that is more than the size is the size.
[[nodiscard]] MatchSettings settings_for(const Config& config, std::string_view name);
/// The same for one that would have that name, but is called `called` because another has it: so its log is its own.
[[nodiscard]] MatchSettings settings_for(const Config& config, std::string_view name, std::string_view called);

/// The file that a console of that name logs to: the pattern with `%n` replaced by the name, percent-encoded as in a
/// URL (so it is one component of a path, and never a hidden file), and `%%` by `%`. Empty when the pattern is.
[[nodiscard]] std::string log_path(std::string_view pattern, std::string_view name);

/// Whether that source may offer a console of this name (prefix included): one of `only` fits, and none of `except`.
[[nodiscard]] bool offers(const Discover& discover, std::string_view name);

/// Where that source is looked for: of a monitor socket's path, the first whose path or glob it fits; of a libvirt
/// guest
/// ("URI#UUID") or connection ("URI"), that URI's. Null: it is looked for nowhere.
[[nodiscard]] const Discover* discover_for(const Config& config, std::string_view source);
/// Whether a console of this name (prefix included) is to be listed at all: its source offers it, and no [[match]]
/// hides it. `discover` may be null.
[[nodiscard]] bool wanted(const Config& config, const Discover* discover, std::string_view name);

/// Whether the whole name fits the pattern: fnmatch(3) without flags, so `*` crosses slashes and a backslash takes the
/// next character as it is.
[[nodiscard]] bool fits(const std::string& glob, std::string_view name);

/// The most consoles that any listener's `ports` has a place for; 0: there is no such listener.
[[nodiscard]] unsigned most_numbers(const Config& config);
/// The number of the console that is at this port: by the first listener whose `ports` hold it. None: none does.
[[nodiscard]] std::optional<unsigned> number_at(const Config& config, std::uint16_t port);
/// The numbers that [[console]] and [[match]] pin, to be given to no other console.
[[nodiscard]] std::set<unsigned> pinned_numbers(const Config& config);

/// The configured console that listens where `address` ("tcp-listen:127.0.0.1:4555") says that a chardev connects to,
/// or null.
[[nodiscard]] const Console* listening_at(const Config& config, std::string_view address);

}  // namespace charmux::config
