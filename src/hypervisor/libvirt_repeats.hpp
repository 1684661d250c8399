// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <utility>

#include "charmux/base/units.hpp"
#include "hypervisor/libvirt_connection.hpp"

namespace charmux::hypervisor {

/// Which of the happenings that libvirt tells of are new: a reboot is told twice when QEMU resets twice. A value; no
/// clock.
class LibvirtRepeats {
 public:
  /// The same of one domain within this time are one.
  static constexpr std::chrono::seconds kSame{1};

  [[nodiscard]] bool is_new(const std::string& uuid, LibvirtHappening what, MonoTime at) {
    const auto [last, first] = last_.try_emplace({uuid, what}, at);
    const bool is_new = first || at - last->second >= kSame;
    last->second = at;
    return is_new;
  }
  void forget() { last_.clear(); }

 private:
  std::map<std::pair<std::string, LibvirtHappening>, MonoTime> last_;
};

}  // namespace charmux::hypervisor
