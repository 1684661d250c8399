// SPDX-License-Identifier: Apache-2.0
#include "charmux/config/keys.hpp"

#include <array>

#include "charmux/base/units.hpp"

namespace charmux::config {
namespace {

constexpr std::array<std::string_view, 10> kTables = {"history", "limits", "audit", "discover", "match",
                                                      "console", "listen", "tls",   "user",     "group"};
constexpr std::array<std::string_view, 2> kAccess = {"watch", "control"};
constexpr std::array<std::string_view, 2> kOnLag = {"skip", "close"};
constexpr std::array<std::string_view, 3> kWriter = {"single", "shared", "force"};
constexpr std::array<std::string_view, 2> kQuery = {"writer", "pass"};
constexpr std::array<std::string_view, 3> kFlow = {"rtscts", "xonxoff", "none"};
constexpr std::array<std::string_view, 2> kSwitch = {"on", "off"};
constexpr std::array<std::string_view, 2> kVirsh = {"yield", "refuse"};
constexpr std::array<std::string_view, 2> kClient = {"required", "optional"};
constexpr std::array<std::string_view, 2> kQemuMonitor = {"auto", "never"};

constexpr std::uint64_t kSecond = 1000;
constexpr std::uint64_t kMinute = 60 * kSecond;
constexpr std::uint64_t kHour = 60 * kMinute;
constexpr std::uint64_t kDay = 24 * kHour;
constexpr std::uint64_t kMostPort = 65535;
constexpr std::uint64_t kMostPause = 10 * kSecond;
constexpr bool kRequired = true;
constexpr bool kOption = true;

using Kind = KeyKind;
constexpr KeyInfo kKeys[] = {
    {"", "state_dir", "\"/var/lib/charmux\"", 0, 0, {}, Kind::path},
    {"", "runtime_dir", "\"/run/charmux\"", 0, 0, {}, Kind::path},

    {"history", "size", "\"1MiB\"", 64 * KiB, GiB, {}, Kind::ring_size},
    {"history", "replay", "\"32KiB\"", 0, GiB, {}, Kind::size},
    {"history", "keep", "\"30d\"", 0, 3650 * kDay, {}, Kind::time},
    {"history", "max_guest_pause", "\"50ms\"", 0, kMostPause, {}, Kind::time},
    {"history", "min_rate", "\"1MiB\"", KiB, GiB, {}, Kind::size},
    {"history", "send_queue", "\"64KiB\"", 4 * KiB, 4 * MiB, {}, Kind::size},
    {"history", "coalesce", "\"0\"", 0, 100, {}, Kind::time},

    {"limits", "viewers", "0", 0, 1'000'000, {}, Kind::count},
    {"limits", "input_queue", "\"4KiB\"", 1, 64 * KiB, {}, Kind::size},
    {"limits", "outbox", "\"16KiB\"", KiB, MiB, {}, Kind::size},
    {"limits", "connect_timeout", "\"5s\"", 1, 10 * kMinute, {}, Kind::time},
    {"limits", "reopen_first", "\"250ms\"", 1, 10 * kMinute, {}, Kind::time},
    {"limits", "reopen_most", "\"2s\"", 1, kHour, {}, Kind::time},
    {"limits", "viewer_stalled_timeout", "\"0\"", 0, 30 * kDay, {}, Kind::time},
    {"limits", "viewer_dead_timeout", "\"5min\"", 10 * kSecond, kDay, {}, Kind::time},
    // The daemon is to be gone within 5 s of a stop, so that systemd need not kill it: with what comes behind this.
    {"limits", "stop_drain", "\"2s\"", 0, 3 * kSecond, {}, Kind::time},
    {"limits", "notice_wait", "\"1s\"", 0, 10 * kSecond, {}, Kind::time},

    {"limits", "qmp_poll", "\"2s\"", 100, kMinute, {}, Kind::time},
    {"limits", "api_header", "\"8KiB\"", KiB, MiB, {}, Kind::size},
    {"limits", "api_body", "\"64KiB\"", KiB, MiB, {}, Kind::size},
    {"limits", "api_request", "\"10s\"", 100, 10 * kMinute, {}, Kind::time},
    {"limits", "api_idle", "\"60s\"", 100, kHour, {}, Kind::time},

    {"limits", "handshake", "\"10s\"", 100, 10 * kMinute, {}, Kind::time},
    {"limits", "login", "\"60s\"", 100, kHour, {}, Kind::time},
    {"limits", "login_tries", "3", 1, 100, {}, Kind::count},
    {"limits", "login_address", "20", 1, 100'000, {}, Kind::count},
    {"limits", "login_user", "60", 1, 100'000, {}, Kind::count},
    {"limits", "login_queue", "16", 1, 1000, {}, Kind::count},
    {"limits", "strangers", "256", 1, 1'000'000, {}, Kind::count},
    {"limits", "per_listener", "0", 0, 1'000'000, {}, Kind::count},
    {"limits", "per_address", "0", 0, 1'000'000, {}, Kind::count},
    {"limits", "per_user", "0", 0, 1'000'000, {}, Kind::count},

    {"audit", "file", "", 0, 0, {}, Kind::path},
    {"audit", "typed", "false", 0, 0, {}, Kind::flag},

    {"discover", "libvirt", "", 0, 0, {}, Kind::text},
    {"discover", "virsh", "\"yield\"", 0, 0, kVirsh, Kind::choice},
    {"discover", "qemu_monitor", "\"auto\"", 0, 0, kQemuMonitor, Kind::choice},
    {"discover", "qmp", "", 0, 0, {}, Kind::path},
    {"discover", "prefix", "\"\"", 0, 0, {}, Kind::text},
    {"discover", "only", "", 1, 0, {}, Kind::texts},
    {"discover", "except", "[]", 0, 0, {}, Kind::texts},

    {"match", "console", "", 0, 0, {}, Kind::text, kRequired},
    {"match", "port", "", 1, kMostPort, {}, Kind::count},
    {"match", "hide", "false", 0, 0, {}, Kind::flag},
    {"match", "size", "\"1MiB\"", 64 * KiB, GiB, {}, Kind::ring_size},
    {"match", "replay", "\"32KiB\"", 0, GiB, {}, Kind::size},
    {"match", "max_guest_pause", "\"50ms\"", 0, kMostPause, {}, Kind::time},
    {"match", "log", "", 0, 0, {}, Kind::path},
    {"match", "writer", "\"single\"", 0, 0, kWriter, Kind::choice},
    {"match", "writer_idle", "\"0\"", 0, 30 * kDay, {}, Kind::time},
    {"match", "input_rate", "\"0\"", 0, GiB, {}, Kind::size},
    {"match", "input_cr_delay", "\"0\"", 0, kMostPause, {}, Kind::time},
    {"match", "query", "\"writer\"", 0, 0, kQuery, Kind::choice},

    {"console", "name", "", 0, 0, {}, Kind::text, kRequired},
    {"console", "backend", "", 0, 0, {}, Kind::text, kRequired},
    {"console", "size", "\"1MiB\"", 64 * KiB, GiB, {}, Kind::ring_size},
    {"console", "replay", "\"32KiB\"", 0, GiB, {}, Kind::size},
    {"console", "max_guest_pause", "\"50ms\"", 0, kMostPause, {}, Kind::time},
    {"console", "log", "", 0, 0, {}, Kind::path},
    {"console", "port", "", 1, kMostPort, {}, Kind::count},
    {"console", "writer", "\"single\"", 0, 0, kWriter, Kind::choice},
    {"console", "writer_idle", "\"0\"", 0, 30 * kDay, {}, Kind::time},
    {"console", "input_rate", "\"0\"", 0, GiB, {}, Kind::size},
    {"console", "input_cr_delay", "\"0\"", 0, kMostPause, {}, Kind::time},
    {"console", "query", "\"writer\"", 0, 0, kQuery, Kind::choice},
    {"console", "speed", "115200", 50, 4'000'000, {}, Kind::count, !kRequired, kOption},
    {"console", "framing", "\"8n1\"", 0, 0, {}, Kind::text, !kRequired, kOption},
    {"console", "flow", "\"none\"", 0, 0, kFlow, Kind::choice, !kRequired, kOption},
    {"console", "rfc2217", "false", 0, 0, {}, Kind::flag, !kRequired, kOption},
    {"console", "bind", "", 0, 0, {}, Kind::text, !kRequired, kOption},
    {"console", "ca", "", 0, 0, {}, Kind::path, !kRequired, kOption},
    {"console", "cert", "", 0, 0, {}, Kind::path, !kRequired, kOption},
    {"console", "key", "", 0, 0, {}, Kind::path, !kRequired, kOption},
    {"console", "verify", "", 0, 0, {}, Kind::text, !kRequired, kOption},
    {"console", "shell", "false", 0, 0, {}, Kind::flag, !kRequired, kOption},
    {"console", "window", "\"80x24\"", 0, 0, {}, Kind::text, !kRequired, kOption},
    {"console", "uri", "\"qemu:///system\"", 0, 0, {}, Kind::text, !kRequired, kOption},

    {"listen", "address", "", 0, 0, {}, Kind::text, kRequired},
    {"listen", "ports", "", 0, 0, {}, Kind::ports, !kRequired, kOption},
    {"listen", "console", "", 0, 0, {}, Kind::text, !kRequired, kOption},
    {"listen", "access", "\"control\"", 0, 0, kAccess, Kind::choice, !kRequired, kOption},
    {"listen", "writer", "\"single\"", 0, 0, kWriter, Kind::choice, !kRequired, kOption},
    {"listen", "replay", "\"32KiB\"", 0, GiB, {}, Kind::size, !kRequired, kOption},
    {"listen", "on-lag", "\"skip\"", 0, 0, kOnLag, Kind::choice, !kRequired, kOption},
    {"listen", "notices", "\"on\"", 0, 0, kSwitch, Kind::choice, !kRequired, kOption},
    {"listen", "keys", "\"on\"", 0, 0, {}, Kind::text, !kRequired, kOption},
    {"listen", "tls", "", 0, 0, {}, Kind::text, !kRequired, kOption},
    {"listen", "user", "", 0, 0, {}, Kind::text, !kRequired, kOption},
    {"listen", "allow", "", 1, 0, {}, Kind::texts, !kRequired, kOption},
    {"listen", "proxy-from", "[]", 0, 0, {}, Kind::texts, !kRequired, kOption},
    {"listen", "insecure", "false", 0, 0, {}, Kind::flag, !kRequired, kOption},

    {"tls", "cert", "", 1, 0, {}, Kind::paths, kRequired},
    {"tls", "key", "", 1, 0, {}, Kind::paths},
    {"tls", "client_ca", "", 0, 0, {}, Kind::path},
    {"tls", "client", "\"required\"", 0, 0, kClient, Kind::choice},
    {"tls", "crl", "", 0, 0, {}, Kind::path},

    {"user", "name", "", 0, 0, {}, Kind::text, kRequired},
    {"user", "password", "", 0, 0, {}, Kind::text},
    {"user", "certificate", "", 1, 0, {}, Kind::some_texts},
    {"user", "groups", "", 0, 0, {}, Kind::texts},
    {"user", "watch", "", 0, 0, {}, Kind::texts},
    {"user", "control", "", 0, 0, {}, Kind::texts},
    {"user", "admin", "", 0, 0, {}, Kind::texts},
    {"user", "pam", "", 0, 0, {}, Kind::text},

    {"group", "name", "", 0, 0, {}, Kind::text, kRequired},
    {"group", "watch", "", 0, 0, {}, Kind::texts},
    {"group", "control", "", 0, 0, {}, Kind::texts},
    {"group", "admin", "", 0, 0, {}, Kind::texts},
};

}  // namespace

std::span<const KeyInfo> known_keys() { return kKeys; }

std::span<const std::string_view> known_tables() { return kTables; }

bool is_list(std::string_view table) {
  return !table.empty() && table != "history" && table != "limits" && table != "audit" && !is_named(table);
}

bool is_named(std::string_view table) { return table == "tls"; }

std::string table_text(std::string_view table, std::string_view name) {
  std::string text(table);
  if (is_named(table)) text.append(".").append(name.empty() ? "NAME" : name);
  return is_list(table) ? "[[" + text + "]]" : "[" + text + "]";
}

}  // namespace charmux::config
