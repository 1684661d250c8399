// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <variant>

#include "charmux/base/units.hpp"
#include "hypervisor/libvirt_connection.hpp"

namespace charmux::hypervisor {

/// What a connection's thread has to do next, as the loop and libvirt's events say. For all threads.
class LibvirtQueue {
 public:
  struct End {};  ///< for good
  struct Lost {   ///< the connection
    std::string reason;
  };
  struct Ask {
    std::uint64_t id;
    std::string domain;   ///< UUID or name
    std::string command;  ///< for its QEMU; empty: the domain itself is asked for
  };
  struct Look {  ///< again: something about it may have changed
    std::string uuid;
  };
  struct Happened {
    std::string uuid;
    LibvirtHappening what;
    MonoTime at;
  };
  /// In the order of their urgency; the last two in the order in which they came.
  using Task = std::variant<End, Lost, Ask, Look, Happened>;

  void end();
  void ask(Ask ask);

  /// A new connection begins: what was told of the one before or asked of it is forgotten, and what is told from now
  /// on with another number than this one's is not heard.
  [[nodiscard]] unsigned begin_connection();
  void lose(unsigned connection, std::string reason);
  /// Looked at once, however often that is said meanwhile.
  void look(unsigned connection, std::string uuid);
  void happened(unsigned connection, std::string uuid, LibvirtHappening what);

  /// Waits for the next.
  [[nodiscard]] Task take();
  /// The next question, if there is one and nothing more urgent.
  [[nodiscard]] std::optional<Ask> take_ask();
  /// Whether that is the end; if not it waits for it until then.
  [[nodiscard]] bool ends_before(MonoTime until);

 private:
  std::mutex mutex_;  // for all that follows
  std::condition_variable changed_;
  bool end_ = false;
  unsigned connection_ = 0;
  std::optional<Lost> lost_;
  std::deque<Ask> asks_;
  std::deque<std::variant<Look, Happened>> news_;
  std::set<std::string> to_look_at_;  ///< the UUIDs in `news_`
};

}  // namespace charmux::hypervisor
