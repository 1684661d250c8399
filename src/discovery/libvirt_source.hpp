// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "backend/console_locks.hpp"
#include "backend/libvirt_pty.hpp"
#include "charmux/base/log.hpp"
#include "discovery/guest.hpp"
#include "hypervisor/libvirt_connection.hpp"
#include "hypervisor/libvirt_stream.hpp"

namespace charmux::discovery {

/// Whether a guest's or connection's source is libvirt's; a monitor's is a path.
[[nodiscard]] bool is_libvirt_source(std::string_view source);
/// The URI of such a source: of the guest "qemu:///system#UUID" as of the connection.
[[nodiscard]] std::string uri_of(std::string_view source);
/// A source for people: "libvirt:qemu:///system", "qmp:/run/qemu/alpha.qmp".
[[nodiscard]] std::string source_text(std::string_view source);

/// All domains behind one libvirt URI, whether they run or not. A guest's source is "URI#UUID", the connection's the
/// URI; when that is lost it is told to be hidden, and nothing of its guests. For the loop's thread.
class LibvirtSource final : public Source, private hypervisor::LibvirtConnection::Sink {
 public:
  struct Settings {
    std::string uri;
    backend::Courtesy virsh = backend::Courtesy::yield;
    bool ask_qemu = true;  ///< QEMU may be asked through libvirt, which taints the domain
    bool follow = true;    ///< false: nothing is told, consoles are only located
  };
  LibvirtSource(hypervisor::Libvirt& libvirt, Settings settings, Log& log, backend::ConsoleLocks& locks,
                discovery::Sink& sink);
  ~LibvirtSource() override = default;

  void start() override;
  /// Connects anew and tells all that is there again, or nothing, as these say. The URI stays.
  void change(Settings settings);
  /// Asks and tells nothing from now on.
  void end() { connection_.reset(); }
  void locate(const std::string& guest, const std::string& label, bool force,
              std::function<void(Located)> answer) override;
  void send_break(const std::string& guest, const std::string& label, std::function<void(Status)> answer) override;

  /// The same for a console that is given by its domain (name or UUID) and its alias; empty: the primary one.
  void locate_alias(const std::string& domain, const std::string& alias, bool force,
                    std::function<void(Located)> answer);
  void send_break_to_alias(const std::string& domain, const std::string& alias, std::function<void(Status)> answer);

 private:
  using Domain = hypervisor::LibvirtDomain;
  using Which = std::function<bool(const Chardev&)>;
  using Make = backend::LibvirtPty::Make;

  // hypervisor::LibvirtConnection::Sink
  void libvirt_is(hypervisor::LibvirtConnection::State state, const std::string& reason) override;
  void domain_is(const Domain& domain) override;
  void domain_gone(const std::string& uuid) override;
  void domains_listed() override;
  void domain_happened(const std::string& uuid, hypervisor::LibvirtHappening happening) override;

  [[nodiscard]] std::string source_of(const std::string& uuid) const { return settings_.uri + "#" + uuid; }
  [[nodiscard]] Result<Guest> guest_of(const Domain& domain) const;
  void tell(const Domain& domain);
  void locate_which(const std::string& domain, const Which& which, bool force, std::function<void(Located)> answer);
  void located(const Domain& domain, const Which& which, bool force, const std::function<void(Located)>& answer);
  [[nodiscard]] Make by_pty(const Domain& domain, const Chardev& chardev, bool force);
  [[nodiscard]] Make by_stream(const Domain& domain, const Chardev& chardev, bool force);
  void by_monitor(const Domain& domain, const Chardev& chardev, std::function<void(Located)> answer);
  void send_break_to(const std::string& domain, const Which& which, std::function<void(Status)> answer);
  void say_tainted(const Domain& domain, std::string_view why);

  hypervisor::Libvirt& libvirt_;
  Settings settings_;
  const std::optional<std::string> host_;  ///< of a URI that leads to another one
  Log& log_;
  backend::ConsoleLocks& locks_;
  discovery::Sink& sink_;
  std::map<std::string, bool> paused_;          ///< the domains that were told, by UUID
  std::optional<std::vector<Domain>> listing_;  ///< since it was connected, until all are there
  std::string lost_;                            ///< why libvirt cannot be reached; empty: it can, or that is not known
  std::set<std::string> tainted_;               ///< by UUID: what was said of it holds until it ends
  std::unique_ptr<hypervisor::LibvirtConnection> connection_;  ///< null: it has ended. Last: it tells this
};

}  // namespace charmux::discovery
