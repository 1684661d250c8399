// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "charmux/base/result.hpp"
#include "hypervisor/libvirt.hpp"

namespace charmux::hypervisor {

/// A domain as libvirt describes it.
struct LibvirtDomain {
  std::string uuid;  ///< lower case, with dashes
  std::string name;
  bool active = false;  ///< it runs, perhaps paused
  bool paused = false;
  std::string xml;  ///< of the running guest while it is active, else of its definition
  friend bool operator==(const LibvirtDomain&, const LibvirtDomain&) = default;
};

/// What happens to a domain beside that it comes, goes or changes.
enum class LibvirtHappening { rebooted, shutting_down, crashed, watchdog, suspended, woken };

/// One libvirt URI: a connection that is made again when it is lost, on a thread of its own, so that one that hangs
/// delays no other. Follows all domains there: lists them when connected, and reads one's XML again when an event is
/// about it. For the loop's thread; nothing is called back from inside a member.
class LibvirtConnection {
 public:
  enum class State {
    connecting,   ///< the first try is under way. Later ones leave the state as it is until they come to something
    ready,        ///< domains are followed
    unreachable,  ///< tried again by itself; the reason is libvirt's own
  };
  class Sink {
   public:
    virtual ~Sink() = default;
    /// Called when state or reason has changed; `reason` is empty unless unreachable. After `unreachable` nothing is
    /// known of any domain until it is told of anew.
    virtual void libvirt_is(State state, const std::string& reason) = 0;
    /// A domain is there, or something about it has changed.
    virtual void domain_is(const LibvirtDomain& domain) = 0;
    /// It is neither running nor defined any more.
    virtual void domain_gone(const std::string& uuid) = 0;
    /// After each connecting: whatever domain was not told of since is not there.
    virtual void domains_listed() = 0;
    virtual void domain_happened(const std::string& uuid, LibvirtHappening happening) = 0;
  };
  struct Settings {
    std::string uri;
    std::chrono::milliseconds reopen_first{250};
    std::chrono::milliseconds reopen_most{10000};
    /// Between two questions whether the other side is there; three unanswered: lost.
    std::chrono::seconds keepalive{5};
    /// How long connecting may take before `unreachable: no answer from URI yet` is told; it goes on meanwhile.
    std::chrono::milliseconds patience{10000};
    bool follow = true;  ///< false: domains are not listed and not told of, only asked for.
  };
  LibvirtConnection(Libvirt& libvirt, Settings settings, Sink& sink);
  /// The thread ends when its call into libvirt does.
  ~LibvirtConnection();
  LibvirtConnection(const LibvirtConnection&) = delete;
  LibvirtConnection& operator=(const LibvirtConnection&) = delete;

  void start();
  [[nodiscard]] State state() const;

  /// That domain as it is right now, by UUID or by name. `answer` is called once, unless this is destroyed first;
  /// while nobody is connected soon, with an error. Error with number ENOENT: there is no such domain.
  void ask_domain(const std::string& uuid_or_name, std::function<void(Result<LibvirtDomain>)> answer);
  /// Asks the guest's QEMU (virDomainQemuMonitorCommand): libvirt marks the domain as tainted by that
  /// ("custom-monitor") for as long as it runs. `command`: JSON. Answers with QEMU's `return` as JSON; the rest as
  /// above.
  void ask_qemu(const std::string& uuid, const std::string& command, std::function<void(Result<std::string>)> answer);

 private:
  struct Inner;
  std::unique_ptr<Inner> inner_;
};

/// Whether a URI leads to another host, or may: it has a host ("qemu+ssh://hv7/system"). What its XML says of paths,
/// ports and ptys is about that host.
[[nodiscard]] bool is_remote_uri(const std::string& uri);
/// The host of such a URI ("hv7"; without user, port and brackets); empty: it has none.
[[nodiscard]] std::string host_of_uri(const std::string& uri);

}  // namespace charmux::hypervisor
