// SPDX-License-Identifier: Apache-2.0
#include "discovery/libvirt_owned.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "discovery/chardev_filename.hpp"

namespace charmux::discovery {

bool is_libvirt_path(const std::string& path) {
  constexpr std::array<std::string_view, 3> kDirectories = {"/var/lib/libvirt/", "/run/libvirt/", "/var/run/libvirt/"};
  return path.find("/libvirt/qemu/") != std::string::npos ||
         std::any_of(kDirectories.begin(), kDirectories.end(),
                     [&path](std::string_view directory) { return path.starts_with(directory); });
}

bool is_libvirt_monitor(const std::vector<ChardevFacts>& chardevs, const std::string& path) {
  const auto listens_at_path = [&path](const ChardevFacts& chardev) {
    const ChardevFilename name = parse_chardev_filename(chardev.filename);
    return name.kind == ChardevFilename::Kind::unix_socket && name.server && name.place == path;
  };
  const auto libvirts = std::find_if(chardevs.begin(), chardevs.end(),
                                     [](const ChardevFacts& chardev) { return chardev.label == "charmonitor"; });
  if (libvirts == chardevs.end()) return false;
  return listens_at_path(*libvirts) || std::none_of(chardevs.begin(), chardevs.end(), listens_at_path);
}

}  // namespace charmux::discovery
