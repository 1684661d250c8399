// SPDX-License-Identifier: Apache-2.0
#include "discovery/happenings.hpp"

#include <string_view>
#include <utility>

namespace charmux::discovery {
namespace {

constexpr std::array<std::pair<std::string_view, Happening>, 11> kEvents = {{
    {"RESET", Happening::reset},
    {"SHUTDOWN", Happening::shutdown},
    {"POWERDOWN", Happening::powerdown},
    {"STOP", Happening::paused},
    {"RESUME", Happening::resumed},
    {"GUEST_PANICKED", Happening::panicked},
    {"GUEST_CRASHLOADED", Happening::panicked},  // a panic whose crash kernel takes over
    {"WATCHDOG", Happening::watchdog},
    {"SUSPEND", Happening::suspended},
    {"SUSPEND_DISK", Happening::suspended},
    {"WAKEUP", Happening::woken},
}};

std::optional<Happening> happening_of(std::string_view event) {
  for (const auto& [name, happening] : kEvents) {
    if (name == event) return happening;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Happening> Happenings::feed(const protocol::QmpEvent& event, std::chrono::microseconds now) {
  const std::optional<Happening> happening = happening_of(event.name);
  if (!happening) return std::nullopt;
  // These two have a state to compare with, and may well follow each other quickly.
  if (*happening == Happening::paused || *happening == Happening::resumed) {
    const bool paused = *happening == Happening::paused;
    return std::exchange(paused_, paused) == paused ? std::nullopt : happening;
  }
  const std::chrono::microseconds at = event.at.count() == 0 ? now : event.at;
  std::optional<std::chrono::microseconds>& told = told_[static_cast<std::size_t>(*happening)];
  if (told && std::chrono::abs(at - *told) < kSame) return std::nullopt;
  told = at;
  return happening;
}

}  // namespace charmux::discovery
