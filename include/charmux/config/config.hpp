// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "charmux/address/backend_address.hpp"
#include "charmux/address/place.hpp"
#include "charmux/base/log.hpp"
#include "charmux/base/units.hpp"
#include "charmux/config/limits.hpp"

namespace charmux::config {

/// What is spoken at a listener.
enum class DoorKind { telnet, raw };
/// The most that a listener grants.
enum class Access { watch, control };
/// What happens to a viewer a whole ring behind.
enum class OnLag { skip, close };

/// [history]: what consoles keep that do not say otherwise. `size` is a power of two, `replay` at most `size`; in
/// bytes.
struct History {
  std::uint64_t size = 1 * MiB;
  std::uint64_t replay = 32 * KiB;
  friend bool operator==(const History&, const History&) = default;
};

/// A console, its size and replay (bytes) already resolved against [history].
struct Console {
  std::string name;
  address::Backend backend;
  std::uint64_t size = 0;
  std::uint64_t replay = 0;
  friend bool operator==(const Console&, const Console&) = default;
};

/// A listener, its defaults already those of its kind. `console` is a console of the same Config.
struct Listen {
  DoorKind kind = DoorKind::telnet;
  address::Place place;
  std::string console;
  Access access = Access::control;
  OnLag on_lag = OnLag::skip;           ///< unless set: telnet skip, raw close
  bool notices = true;                  ///< unless set: telnet on; raw: always off
  std::optional<std::uint64_t> replay;  ///< bytes; none: the console's replay; raw, unless set: 0
  bool insecure = false;                ///< may be off loopback, without TLS and users
  std::string text;                     ///< the address as written, options too
  friend bool operator==(const Listen&, const Listen&) = default;
};

/// "telnet:127.0.0.1:7001": a listener's kind and place as messages and the log show them.
[[nodiscard]] std::string door_text(const Listen& listen);

/// All that charmuxd is told: defaults, file and command line merged and validated. A plain value, read-only once made.
struct Config {
  std::string state_dir;    ///< absolute
  std::string runtime_dir;  ///< absolute, short enough for RUNTIME_DIR/control.sock
  LogLevel log_level = LogLevel::info;
  History history;
  Limits limits;
  std::vector<Console> consoles;  ///< those of the file first; at least one; no name twice
  std::vector<Listen> listens;    ///< those of the file first; no place twice
  friend bool operator==(const Config&, const Config&) = default;
};

}  // namespace charmux::config
