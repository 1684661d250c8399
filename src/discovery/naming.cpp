// SPDX-License-Identifier: Apache-2.0
#include "discovery/naming.hpp"

#include <fmt/core.h>

namespace charmux::discovery {
namespace {

std::string whose(const Guest& guest) { return guest.uuid.empty() ? "name:" + guest.name : guest.uuid; }

}  // namespace

std::string console_name(const Guest& guest, const Chardev& chardev) {
  return chardev.primary ? guest.name : fmt::format("{}.{}", guest.name, chardev.called);
}

std::string console_key(const Guest& guest, const Chardev& chardev) {
  return fmt::format("{}/{}/{}", whose(guest), text_of(chardev.kind), chardev.position);
}

std::string console_key_at(const Guest& guest, const Chardev& chardev) {
  return fmt::format("{}@{}/{}/{}", whose(guest), guest.source, text_of(chardev.kind), chardev.position);
}

}  // namespace charmux::discovery
