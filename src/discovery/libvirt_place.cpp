// SPDX-License-Identifier: Apache-2.0
#include "discovery/libvirt_place.hpp"

#include <utility>

#include "discovery/location.hpp"

namespace charmux::discovery {

using backend::Location;

void LibvirtPlace::locate(std::function<void(Location)> answer) {
  source_.locate_alias(at_.domain, at_.alias, std::exchange(force_, false),
                       [answer = std::move(answer)](Located located) { answer(location_of(std::move(located))); });
}

void LibvirtPlace::send_break(std::function<void(Status)> answer) {
  source_.send_break_to_alias(at_.domain, at_.alias, [answer = std::move(answer)](const Status& sent) {
    answer(sent ? sent : failure("no break: {}", sent.error().text));
  });
}

}  // namespace charmux::discovery
