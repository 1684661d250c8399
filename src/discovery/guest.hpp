// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backend/opener.hpp"
#include "charmux/address/backend_address.hpp"
#include "charmux/base/result.hpp"

/// What a source of guests finds, as plain values, and whom it tells.
namespace charmux::discovery {

/// What a chardev is to its guest.
enum class Kind {
  serial,    ///< a UART
  console,   ///< a virtio console, s390's and the like
  parallel,  ///< a parallel port
  channel,   ///< a virtio channel whose name says that it is a console
  other,     ///< no console: monitor, gdb stub, agent, virtio serial port, ...
};

[[nodiscard]] std::string_view text_of(Kind kind);  // "serial", "console", ...

/// How a chardev is opened.
enum class Way {
  address,  ///< at its address
  monitor,  ///< at the address that only QEMU knows: it is asked each time
  stream,   ///< by way of libvirt: the address is another host's
};

/// One chardev of a guest.
struct Chardev {
  std::string label;   ///< QEMU's own name for it ("serial0"); of libvirt's the alias; empty while that is not known
  std::string called;  ///< what it is called behind its guest's name, unless it is the primary one: "serial1"
  Kind kind = Kind::other;
  unsigned position = 0;               ///< among those of its kind, from 0
  bool primary = false;                ///< the one that bears the guest's name
  std::string shown;                   ///< its address for people: "pty:/dev/pts/3", "unix-client", "null"
  std::optional<address::Backend> at;  ///< where it can be opened, while that is known
  Way way = Way::address;              ///< how it is opened
  std::string reason;                  ///< why it is not offered; empty: it is
  std::string why_no_break;            ///< empty: a break reaches the guest
  bool own_break = false;              ///< it goes by the chardev itself, not by QEMU's monitor
  friend bool operator==(const Chardev&, const Chardev&) = default;
};

/// A guest, running or, where its source knows of such, shut off.
struct Guest {
  std::string source;   ///< whence it is known, and which one it is there: "/run/qemu/alpha.qmp", "qemu:///system#UUID"
  std::string name;     ///< the domain's, or the socket file's stem where it has none
  std::string uuid;     ///< lower case; empty when all zero
  pid_t pid = 0;        ///< its QEMU; two sources that show the same one show the same guest
  bool running = true;  ///< else it is shut off, and where its chardevs are is not known
  bool paused = false;
  std::vector<Chardev> chardevs;  ///< in the order of Kind; each by position, others by label
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
  /// A guest that was there ended, or nobody tells of it any more.
  virtual void guest_ended(const std::string& source) = 0;
  /// All the guests that there are behind a source that knows them whether they run or not, by their own sources. Told
  /// each time that it is connected, before they are; and of what was not there before nothing was known until then.
  /// Unless a sink says otherwise nothing is done, as for the next.
  virtual void guests_are(const std::string& source, const std::vector<std::string>& guests);
  /// Of such a source: that guest is not defined any more.
  virtual void guest_gone(const std::string& source);
  /// A place where a guest could be does not let us see: "monitor busy", "not QMP: ...", "libvirt's; use --libvirt".
  /// Empty: that is over. `name` is what people call the place: the socket file's stem.
  virtual void guest_hidden(const std::string& source, const std::string& name, const std::string& reason) = 0;
};

/// What opening a chardev needs to know first.
struct Located {
  enum class Kind {
    here,     ///< open `at`, or by `opener`
    held,     ///< another client is connected to it; ask again in a second
    ended,    ///< its guest is not running
    gone,     ///< its guest runs and has no such chardev (any more)
    away,     ///< whoever knows cannot be reached, `reason` says why; ask again in a second
    refused,  ///< it is not to be opened, `reason` says why
  };
  Kind kind = Kind::ended;
  std::optional<address::Backend> at;
  std::string reason;
  bool ours_alone = false;  ///< see backend::Location, like the next
  std::function<std::unique_ptr<backend::Opener>(backend::Opener::Owner&)> opener = {};
};

/// Where guests are found. Told to one Sink. For the loop's thread.
class Source {
 public:
  virtual ~Source() = default;
  virtual void start() = 0;
  /// Where that chardev of that guest is right now, asked of whoever knows. `force`: whoever else has it through
  /// libvirt is to be thrown out. `answer` is called once, never from inside this, unless this is destroyed first.
  virtual void locate(const std::string& guest, const std::string& label, bool force,
                      std::function<void(Located)> answer) = 0;
  /// Sends a break to the guest. The same holds for `answer`.
  virtual void send_break(const std::string& guest, const std::string& label, std::function<void(Status)> answer) = 0;
};

}  // namespace charmux::discovery
