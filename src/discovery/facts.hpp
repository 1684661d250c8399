// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "charmux/protocol/qmp_values.hpp"

/// What QEMU says about one guest, before anything is concluded from it. Plain values.
namespace charmux::discovery {

/// A chardev: the host's side.
struct ChardevFacts {
  std::string label;
  std::string type;      ///< QOM's: "chardev-pty", "chardev-socket", ...; empty where QEMU did not say
  std::string filename;  ///< query-chardev's text; see ChardevFilename
  bool frontend_open = false;
  std::optional<protocol::QmpSocketAddress> address;  ///< of a socket: `addr`
  friend bool operator==(const ChardevFacts&, const ChardevFacts&) = default;
};

/// A device that uses a chardev: the guest's side.
struct DeviceFacts {
  std::string path;                   ///< QOM's: "/machine/unattached/device[12]"; of a TPM, its id
  std::string type;                   ///< QOM's: "isa-serial"
  std::string chardev;                ///< the label of what it uses
  std::string name;                   ///< of a virtserialport: what the guest knows it by
  std::string bus;                    ///< the QOM path of the bus it sits on, where asked (virtio ports)
  std::optional<std::int64_t> index;  ///< of isa-serial and isa-parallel
  std::optional<std::int64_t> nr;     ///< of virtio ports: among those of its bus
  friend bool operator==(const DeviceFacts&, const DeviceFacts&) = default;
};

struct GuestFacts {
  std::vector<ChardevFacts> chardevs;
  std::vector<DeviceFacts> devices;
  std::optional<std::string> directory;  ///< the one that QEMU runs in; none where the kernel does not say
};

}  // namespace charmux::discovery
