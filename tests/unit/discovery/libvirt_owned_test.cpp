// SPDX-License-Identifier: Apache-2.0
#include "discovery/libvirt_owned.hpp"

#include <doctest/doctest.h>

using namespace charmux::discovery;

namespace {

ChardevFacts chardev(std::string label, std::string filename) {
  return {std::move(label), "chardev-socket", std::move(filename), true, std::nullopt};
}

}  // namespace

TEST_CASE("a socket in one of libvirt's directories is libvirt's") {
  CHECK(is_libvirt_path("/var/lib/libvirt/qemu/domain-1-alpha/monitor.sock"));
  CHECK(is_libvirt_path("/run/libvirt/qemu/x.sock"));
  CHECK(is_libvirt_path("/var/run/libvirt/qemu/x.sock"));
  CHECK(is_libvirt_path("/home/ann/.config/libvirt/qemu/lib/domain-1-a/monitor.sock"));
  CHECK(is_libvirt_path("/run/user/1000/libvirt/qemu/run/x.sock"));
  CHECK_FALSE(is_libvirt_path("/run/qemu/alpha.qmp"));
  CHECK_FALSE(is_libvirt_path("/srv/libvirt.qmp"));
}

TEST_CASE("the monitor labelled charmonitor is libvirt's, wherever its socket is") {
  const auto libvirts = chardev("charmonitor", "unix:/srv/mon.sock,server=on");
  CHECK(is_libvirt_monitor({libvirts}, "/srv/mon.sock"));
  CHECK(is_libvirt_monitor({libvirts}, "/mnt/the-same/mon.sock"));
  CHECK_FALSE(is_libvirt_monitor({chardev("compat_monitor0", "unix:/srv/mon.sock,server=on")}, "/srv/mon.sock"));
}

TEST_CASE("a second monitor of a libvirt guest is not libvirt's") {
  CHECK_FALSE(is_libvirt_monitor({chardev("charmonitor", "unix:/var/lib/libvirt/qemu/d/monitor.sock,server=on"),
                                  chardev("compat_monitor0", "unix:/srv/mine.qmp,server=on")},
                                 "/srv/mine.qmp"));
}
