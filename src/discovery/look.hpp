// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "discovery/facts.hpp"
#include "hypervisor/qmp_client.hpp"

/// Questions that take more than one command. `done` is called once, unless the client is destroyed first, and never
/// from inside the call. Nothing is changed in the guest, and no chardev is touched.
namespace charmux::discovery {

struct ChardevsSeen {
  std::string text;  ///< query-chardev's answer as it came
  std::vector<ChardevFacts> chardevs;
};

/// All chardevs: query-chardev, and what QOM knows better. The error is that QEMU is gone, or refuses.
void look_at_chardevs(hypervisor::QmpClient& client, std::function<void(Result<ChardevsSeen>)> done);

/// All devices that use a chardev: walks QOM below /machine and /objects, as far as there can be any (a pc has some 70
/// objects besides memory regions and interrupt lines), and asks for TPMs, which QOM does not have. What goes away
/// meanwhile is left out.
void look_at_devices(hypervisor::QmpClient& client, std::function<void(std::vector<DeviceFacts>)> done);

/// One chardev as it is right now.
struct ChardevNow {
  std::string text;                     ///< query-chardev's answer as it came
  std::optional<ChardevFacts> chardev;  ///< none: there is no such label
  bool connected = false;               ///< of a socket: somebody is at the other end
};
/// The error is that QEMU is gone, or refuses.
void look_at_chardev(hypervisor::QmpClient& client, const std::string& label,
                     std::function<void(Result<ChardevNow>)> done);

}  // namespace charmux::discovery
