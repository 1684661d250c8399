// SPDX-License-Identifier: Apache-2.0
#include "discovery/guest.hpp"

namespace charmux::discovery {

std::string_view text_of(Kind kind) {
  switch (kind) {
    case Kind::serial: return "serial";
    case Kind::console: return "console";
    case Kind::parallel: return "parallel";
    case Kind::channel: return "channel";
    case Kind::other: return "other";
  }
  return "other";
}

std::string_view text_of(Happening happening) {
  switch (happening) {
    case Happening::reset: return "was reset";
    case Happening::shutdown: return "is shutting down";
    case Happening::powerdown: return "was asked to power down";
    case Happening::paused: return "is paused";
    case Happening::resumed: return "runs again";
    case Happening::panicked: return "has panicked";
    case Happening::watchdog: return "did not feed its watchdog";
    case Happening::suspended: return "is suspended";
    case Happening::woken: return "woke up";
  }
  return "";
}

void Sink::guests_are(const std::string&, const std::vector<std::string>&) {}

void Sink::guest_gone(const std::string&) {}

}  // namespace charmux::discovery
