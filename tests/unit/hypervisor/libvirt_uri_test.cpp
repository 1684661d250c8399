// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "hypervisor/libvirt_connection.hpp"

using namespace charmux::hypervisor;

TEST_CASE("a URI is remote when it has a host") {
  struct Row {
    const char* uri;
    const char* host;
  };
  const Row rows[] = {
      {"qemu:///system", ""},
      {"qemu+unix:///system?socket=/x", ""},
      {"qemu+unix:///system?socket=//x@y/z", ""},
      {"qemu+ssh://root@hv7:2222/system", "hv7"},
      {"qemu+ssh://root@hv7/system?keyfile=/root/id", "hv7"},
      {"qemu+tcp://[::1]:16509/system", "::1"},
      {"qemu+tcp://[fe80::1]/system", "fe80::1"},
      {"qemu://hv/system", "hv"},
      {"qemu+tls://hv.example.com", "hv.example.com"},
      {"qemu+tls://hv?pkipath=/x", "hv"},
      {"test:///default", ""},
      {"lxc:///", ""},
      {"test:default", ""},
      {"qemu+tcp://[::1", "::1"},
      {"", ""},
      {"://", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.uri);
    CHECK(host_of_uri(row.uri) == row.host);
    CHECK(is_remote_uri(row.uri) == (*row.host != '\0'));
  }
}
