// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>
#include <string>

#include "kit/world.hpp"

namespace charmux::test {

/// The machine's libvirtd on folders of this test's own, with QEMU as its hypervisor and without virtlogd, cgroups and
/// security drivers. It ends with this; domains that it leaves running end with the test's namespace.
class RealLibvirtd {
 public:
  static constexpr const char* kUri = "qemu:///system";
  /// `more` is added to libvirtd.conf.
  explicit RealLibvirtd(World& world, const std::string& more = {});
  RealLibvirtd(const RealLibvirtd&) = delete;
  RealLibvirtd& operator=(const RealLibvirtd&) = delete;
  ~RealLibvirtd();

  /// Starts it, and waits until it answers.
  void start();
  /// As a crash ends it. Domains go on.
  void kill();
  /// It answers nobody any more, or again.
  void freeze() const;
  void thaw() const;

 private:
  World& world_;
  pid_t pid_ = 0;
};

/// A domain of a Linux guest with a shell on its serial port (serial0) and on its virtio console (console1), both ptys.
[[nodiscard]] std::string linux_domain(const std::string& name, const std::string& uuid);
/// A domain whose guest does nothing; its serial port is a pty, or what is given as the content of <serial>.
[[nodiscard]] std::string idle_domain(const std::string& name, const std::string& uuid,
                                      const std::string& serial = "<serial type='pty'/>");

}  // namespace charmux::test
