// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "charmux/address/backend_address.hpp"
#include "charmux/address/network.hpp"
#include "charmux/address/place.hpp"
#include "charmux/base/log.hpp"
#include "charmux/base/result.hpp"
#include "charmux/base/units.hpp"
#include "charmux/config/access.hpp"
#include "charmux/config/escape_sequence.hpp"
#include "charmux/config/limits.hpp"
#include "charmux/config/port_range.hpp"
#include "charmux/config/typing.hpp"

namespace charmux::config {

/// What is spoken at a listener.
enum class DoorKind { telnet, raw, rfc2217 };
/// The most that a listener grants.
enum class Access { watch, control };
/// What happens to a viewer a whole ring behind.
enum class OnLag : std::uint8_t { skip, close };

/// [history]: what consoles keep that do not say otherwise. `size` is a power of two, `replay` at most `size`; in
/// bytes.
struct History {
  std::uint64_t size = 1 * MiB;
  std::uint64_t replay = 32 * KiB;
  /// How long number, name and history of a discovered console are kept after it was last there.
  std::chrono::milliseconds keep{std::chrono::hours(30 * 24)};
  /// The longest that the guest waits for a viewer that does not read, before the viewer has caught up again. 0: never.
  std::chrono::milliseconds max_guest_pause{50};
  /// A viewer that reads at least so many bytes a second is always waited for.
  std::uint64_t min_rate = 1 * MiB;
  /// The most that waits in a viewer's kernel queue, in bytes.
  std::uint64_t send_queue = 64 * KiB;
  /// How long output is gathered before viewers are sent it. 0: not beyond the turn in which it came.
  std::chrono::milliseconds coalesce{0};
  friend bool operator==(const History&, const History&) = default;
};

/// A console, its size, replay (bytes) and pause already resolved against [history].
struct Console {
  std::string name;
  address::Backend backend;
  std::uint64_t size = 0;
  std::uint64_t replay = 0;
  std::optional<std::uint16_t> port{};  ///< pinned: within a listener's `ports`
  std::chrono::milliseconds max_guest_pause{50};
  std::string log{};  ///< the file that its output is appended to, its %n already replaced; empty: none
  Typing typing{};
  friend bool operator==(const Console&, const Console&) = default;
};

/// What charmuxd does for libvirt's own console sessions (virsh console) at a pty that it has open.
enum class Virsh {
  yield,   ///< leaves it to them as long as they last
  refuse,  ///< holds the lock by which libvirt refuses them
};
/// Whether QEMU is asked through libvirt, which taints the domain.
enum class QemuMonitor { automatic, never };

/// Where guests are looked for: `qmp` or `libvirt`.
struct Discover {
  std::string qmp;             ///< QEMU's monitor sockets: an absolute path, or a glob of them; or empty
  std::string libvirt;         ///< a libvirt URI; or empty
  Virsh virsh = Virsh::yield;  ///< of libvirt, like the next
  QemuMonitor qemu_monitor = QemuMonitor::automatic;
  std::string prefix;               ///< stands before each name
  std::vector<std::string> only;    ///< globs on names, prefix included; empty: all
  std::vector<std::string> except;  ///< globs likewise: those that are not wanted all the same
  std::string text;                 ///< the path, glob or URI as written
  friend bool operator==(const Discover&, const Discover&) = default;
};

/// Settings of discovered consoles whose names match; what it does not say is left as it is.
struct Match {
  std::string console;  ///< a glob
  std::optional<std::uint16_t> port{};
  std::optional<bool> hide{};
  std::optional<std::uint64_t> size{};
  std::optional<std::uint64_t> replay{};
  std::optional<std::chrono::milliseconds> max_guest_pause{};
  std::optional<std::string> log{};  ///< as written: with %n
  TypingWish typing{};
  friend bool operator==(const Match&, const Match&) = default;
};

/// A listener, its defaults already those of its kind. It has a `console`, or `ports`, or (telnet only) neither: the
/// menu. `console` is a console of the same Config, or one that may yet be discovered.
struct Listen {
  DoorKind kind = DoorKind::telnet;
  address::Place place;            ///< with `ports`: a HostPort whose port is 0
  std::optional<PortRange> ports;  ///< a port for each console
  std::string console;             ///< empty: it has none
  Access access = Access::control;
  std::optional<WriterMode> writer{};          ///< none: the console's
  OnLag on_lag = OnLag::skip;                  ///< unless set: telnet skip, others close
  bool notices = true;                         ///< unless set: telnet on; others: always off
  std::optional<EscapeSequence> keys{};        ///< unless set: telnet ^Ec; none: there are no keys, as always on others
  std::optional<std::uint64_t> replay;         ///< bytes; none: the console's replay; unless set, others than telnet: 0
  std::vector<address::Network> proxy_from{};  ///< whose clients begin with a PROXY header
  std::vector<address::Network> allow{};       ///< who may connect; empty: all
  std::string tls{};                           ///< the TlsProfile of the same Config; empty: no TLS
  std::string user{};                          ///< every client here is that User of the same Config; empty: it is not
  bool insecure = false;                       ///< on purpose without TLS and names
  std::string text;                            ///< the address as written, options too
  friend bool operator==(const Listen&, const Listen&) = default;
};

/// "telnet:127.0.0.1:7001", "telnet:127.0.0.1,ports=7001-7999": a listener's kind and place as messages and the log
/// show them.
[[nodiscard]] std::string door_text(const Listen& listen);
/// "telnet", "raw", "rfc2217".
[[nodiscard]] std::string_view name_of(DoorKind kind);
/// How a listener comes to know who its clients are.
enum class Naming {
  none,         ///< it does not: they have no names.
  user,         ///< all are Listen::user.
  peer,         ///< by the uid at the other end of a UNIX socket.
  certificate,  ///< by their certificate alone.
  login,        ///< by their certificate, where they have one, else by name and password.
};
struct Config;
/// That of a listener of `config`.
[[nodiscard]] Naming naming(const Listen& listen, const Config& config);
/// Why a listener may not be where others reach it: it lacks TLS, or names for all that it lets in. `leads_to`: the
/// address that its host's name turned out to be, or empty when it is written so. Nothing: it may.
[[nodiscard]] std::optional<Error> exposure(const Listen& listen, const Config& config, std::string_view leads_to);

/// [audit]: who did what at which console, a line of JSON each.
struct Audit {
  std::string file;    ///< absolute; empty: none is written
  bool typed = false;  ///< what was typed, too
  friend bool operator==(const Audit&, const Audit&) = default;
};

/// All that charmuxd is told: defaults, file and command line merged and validated. A plain value, read-only once made.
struct Config {
  std::string state_dir;    ///< absolute
  std::string runtime_dir;  ///< absolute, short enough for RUNTIME_DIR/control.sock
  LogLevel log_level = LogLevel::info;
  History history;
  Limits limits;
  Audit audit;
  std::vector<TlsProfile> tls;      ///< no name twice
  std::vector<User> users;          ///< no name twice
  std::vector<Group> groups;        ///< no name twice
  std::vector<Console> consoles;    ///< those of the file first; no name twice
  std::vector<Discover> discovers;  ///< those of the file first; no pattern or URI twice
  std::vector<Match> matches;       ///< in order: later ones win; see settings_for()
  std::vector<Listen> listens;      ///< those of the file first; no place twice
  friend bool operator==(const Config&, const Config&) = default;
};

}  // namespace charmux::config
