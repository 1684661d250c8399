// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "charmux/address/backend_address.hpp"
#include "charmux/base/result.hpp"

/// What a source of guests finds, as plain values, and whom it tells.
namespace charmux::discovery {

/// What a chardev is to its guest.
enum class Kind {
  serial,    ///< a UART
  console,   ///< a virtio console, s390's and the like
  parallel,  ///< a parallel port
  other,     ///< no console: monitor, gdb stub, agent, virtio serial port, ...
};

/// One chardev of a guest.
struct Chardev {
  std::string label;  ///< QEMU's own name for it ("serial0")
  Kind kind = Kind::other;
  unsigned position = 0;               ///< among those of its kind, from 0
  bool primary = false;                ///< the one that bears the guest's name
  std::string shown;                   ///< its address for people: "pty:/dev/pts/3", "unix-client", "null"
  std::optional<address::Backend> at;  ///< where it can be opened
  std::string reason;                  ///< why it is not offered; empty when `at` is there, and only then
  std::string why_no_break;            ///< empty: a break reaches the guest
  friend bool operator==(const Chardev&, const Chardev&) = default;
};

/// A running guest.
struct Guest {
  std::string source;  ///< whence it is known, and which one it is there: "/run/qemu/alpha.qmp"
  std::string name;    ///< the domain's, or the socket file's stem where it has none
  std::string uuid;    ///< lower case; empty when all zero
  pid_t pid = 0;       ///< its QEMU; two sources that show the same one show the same guest
  bool paused = false;
  std::vector<Chardev> chardevs;  ///< serial, console, parallel, other; each by position, others by label
  friend bool operator==(const Guest&, const Guest&) = default;
};

/// What happened to a guest, worth a line to those who watch.
enum class Happening { reset, shutdown, powerdown, paused, resumed, panicked, watchdog, suspended, woken };
[[nodiscard]] std::string_view text_of(Happening happening);  // "was reset", "is paused", ...

/// Who is told. Called from the loop only, never from inside a member of a source.
class Sink {
 public:
  virtual ~Sink() = default;
  /// A guest is there, or something about it has changed: the whole of it as it is now.
  virtual void guest_is(const Guest& guest) = 0;
  virtual void guest_happened(const std::string& source, Happening happening) = 0;
  /// A guest that was there ended.
  virtual void guest_ended(const std::string& source) = 0;
  /// A place where a guest could be does not let us see: "monitor busy", "not QMP: ...", "libvirt's; use --libvirt".
  /// Empty: that is over. `name` is what people call the place: the socket file's stem.
  virtual void guest_hidden(const std::string& source, const std::string& name, const std::string& reason) = 0;
};

/// What opening a chardev needs to know first.
struct Located {
  enum class Kind {
    here,     ///< open `at`
    held,     ///< another client is connected to it; ask again in a second
    ended,    ///< its guest is not running
    gone,     ///< its guest runs and has no such chardev (any more)
    refused,  ///< it is not to be opened, `reason` says why
  };
  Kind kind = Kind::ended;
  std::optional<address::Backend> at;
  std::string reason;
};

}  // namespace charmux::discovery
