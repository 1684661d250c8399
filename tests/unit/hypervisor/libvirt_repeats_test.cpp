// SPDX-License-Identifier: Apache-2.0
#include "hypervisor/libvirt_repeats.hpp"

#include <doctest/doctest.h>

using namespace charmux::hypervisor;
using namespace std::chrono_literals;

TEST_CASE("what is told of a domain again within a second is the same") {
  LibvirtRepeats repeats;
  const charmux::MonoTime at{};
  CHECK(repeats.is_new("a", LibvirtHappening::rebooted, at));
  CHECK(!repeats.is_new("a", LibvirtHappening::rebooted, at + 900ms));
  CHECK(!repeats.is_new("a", LibvirtHappening::rebooted, at + 1800ms));
  CHECK(repeats.is_new("a", LibvirtHappening::crashed, at + 1800ms));
  CHECK(repeats.is_new("b", LibvirtHappening::rebooted, at + 1800ms));
  CHECK(repeats.is_new("a", LibvirtHappening::rebooted, at + 2800ms));
  repeats.forget();
  CHECK(repeats.is_new("a", LibvirtHappening::rebooted, at + 2800ms));
}
