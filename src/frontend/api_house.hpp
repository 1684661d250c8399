// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "charmux/base/result.hpp"
#include "charmux/base/units.hpp"
#include "console/console.hpp"

namespace charmux::frontend {

/// One who watches a console.
struct ViewerFacts {
  std::optional<std::string> user;  ///< where it is known
  std::string from;                 ///< "127.0.0.1:40312", "uid 0"
  std::string door;                 ///< "telnet:127.0.0.1:7001"
  bool control = false;             ///< it may type
  WallTime since{};
  std::uint64_t lag = 0;      ///< bytes that it has not been sent yet
  std::uint64_t skipped = 0;  ///< bytes that it was never given
};

/// A console as programs see it, offered or not.
struct ConsoleFacts {
  std::string name;
  unsigned number = 0;  ///< 0: it has none
  std::vector<std::uint16_t> ports;
  std::string backend;  ///< "pty:/dev/pts/3"
  std::string state;    ///< "open", "connecting", "waiting", "shut off", "refused" or "gone"
  std::string reason;   ///< more of it, for a person
  std::size_t viewers = 0;
  std::optional<std::string> writer;
  std::uint64_t bytes_out = 0;          ///< what came from the guest since charmuxd started
  std::uint64_t bytes_in = 0;           ///< what went to it
  std::uint64_t skipped = 0;            ///< bytes that viewers were not given
  std::uint64_t offset = 0;             ///< all that ever came from the guest
  std::optional<WallTime> last_output;  ///< whether charmuxd was restarted since or not
};

struct DaemonFacts {
  struct Listener {
    std::string address;
    std::string serves;  ///< "menu", a console's name, "ports 7001-7999"
  };
  struct Source {
    std::string address;
    std::string state;
  };
  std::string version;
  int pid = 0;
  WallTime since{};
  std::size_t consoles = 0;
  std::size_t viewers = 0;
  std::vector<Listener> listeners;
  std::vector<Source> sources;
};

/// A piece of a console's history.
struct History {
  std::uint64_t offset = 0;  ///< of its first byte, or of the byte that comes next
  std::string bytes;
};

/// What the API asks the daemon and tells it to do; the daemon's side of it. All names are those that consoles() lists.
/// Errors are sentences that need not name the console.
class ApiHouse {
 public:
  virtual ~ApiHouse() = default;

  /// In any order.
  [[nodiscard]] virtual std::vector<ConsoleFacts> consoles() = 0;
  /// nullopt: there is none of that name.
  [[nodiscard]] virtual std::optional<ConsoleFacts> console(const std::string& name) = 0;
  [[nodiscard]] virtual std::vector<ViewerFacts> viewers(const std::string& name) = 0;
  [[nodiscard]] virtual DaemonFacts daemon() = 0;
  /// Null for one that is only listed, too: it is not offered.
  [[nodiscard]] virtual console::Console* find(const std::string& name) = 0;

  /// The longest piece of a history: it is copied and sent in one go, and nobody else is served meanwhile.
  static constexpr std::uint64_t kMostHistory = 1 * MiB;
  /// The newest of what is kept, or the newest `bytes` of it; or the first of what is kept from `since` on. At most
  /// kMostHistory. nullopt: it has none.
  [[nodiscard]] virtual std::optional<History> history(const std::string& name, std::optional<std::uint64_t> bytes,
                                                       std::optional<std::uint64_t> since) = 0;

  /// `done` is called once, perhaps from inside this, or never if the daemon stops first.
  virtual void send_break(const std::string& name, const std::string& user, std::function<void(Status)> done) = 0;
  [[nodiscard]] virtual Status put_down(const std::string& name, const std::string& user) = 0;
  /// `force`: a libvirt session that has it is thrown out.
  [[nodiscard]] virtual Status reopen(const std::string& name, const std::string& user, bool force) = 0;
  /// `text` is one line without control bytes.
  [[nodiscard]] virtual Status broadcast(const std::string& name, const std::string& user, const std::string& text) = 0;
  /// The configuration is read again. `done` as of send_break(); an error says what is wrong with it.
  virtual void reload(const std::string& user, std::function<void(Status)> done) = 0;
};

}  // namespace charmux::frontend
