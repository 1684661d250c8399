// SPDX-License-Identifier: Apache-2.0
#include "discovery/naming.hpp"

#include <doctest/doctest.h>

using namespace charmux::discovery;

namespace {

Guest alpha(const std::string& uuid) {
  Guest guest;
  guest.name = "alpha";
  guest.uuid = uuid;
  return guest;
}

Chardev chardev(const std::string& label, Kind kind, unsigned position, bool primary) {
  Chardev made;
  made.label = made.called = label;
  made.kind = kind;
  made.position = position;
  made.primary = primary;
  return made;
}

}  // namespace

TEST_CASE("a guest's primary console bears its name, the others their label behind it") {
  CHECK(console_name(alpha(""), chardev("ser0", Kind::serial, 0, true)) == "alpha");
  CHECK(console_name(alpha(""), chardev("ser1", Kind::serial, 1, false)) == "alpha.ser1");
}

TEST_CASE("a console is remembered by its guest's UUID, kind and position, whatever its label and name are") {
  const Guest guest = alpha("6f2c1d3e-0f1b-4a55-9d3e-2b7a5d0c1e11");
  CHECK(console_key(guest, chardev("x", Kind::serial, 0, true)) == "6f2c1d3e-0f1b-4a55-9d3e-2b7a5d0c1e11/serial/0");
  CHECK(console_key(guest, chardev("x", Kind::console, 3, false)) == "6f2c1d3e-0f1b-4a55-9d3e-2b7a5d0c1e11/console/3");
  CHECK(console_key(guest, chardev("x", Kind::parallel, 1, false)) ==
        "6f2c1d3e-0f1b-4a55-9d3e-2b7a5d0c1e11/parallel/1");
}

TEST_CASE("a guest without a UUID is remembered by its name") {
  CHECK(console_key(alpha(""), chardev("ser0", Kind::serial, 0, true)) == "name:alpha/serial/0");
}

TEST_CASE("clones are remembered by where they are found, too") {
  Guest guest = alpha("6f2c1d3e-0f1b-4a55-9d3e-2b7a5d0c1e11");
  guest.source = "/run/qemu/b.qmp";
  CHECK(console_key_at(guest, chardev("x", Kind::serial, 0, true)) ==
        "6f2c1d3e-0f1b-4a55-9d3e-2b7a5d0c1e11@/run/qemu/b.qmp/serial/0");
}
