// SPDX-License-Identifier: Apache-2.0
#include "discovery/front_end.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "discovery/front_end_type.hpp"
#include "discovery/offer.hpp"

namespace charmux::discovery {
namespace {

constexpr std::string_view kBase = "-base";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view take_number(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  const std::string_view number = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(number.size());
  return number.substr(std::min(number.find_first_not_of('0'), number.size()));
}

std::ptrdiff_t depth(const std::string& path) { return std::count(path.begin(), path.end(), '/'); }

/// The device that uses each chardev. A device and a part of it may both bear its label (isa-serial and the 16550 in
/// it): then the whole counts.
std::map<std::string, const DeviceFacts*> users(const std::vector<DeviceFacts>& devices) {
  std::map<std::string, const DeviceFacts*> found;
  for (const DeviceFacts& device : devices) {
    const DeviceFacts*& user = found[device.chardev];
    if (user == nullptr || depth(device.path) < depth(user->path)) user = &device;
  }
  return found;
}

/// A chardev that has a place among those of its kind, until all are known.
struct Placed {
  Chardev chardev;
  const DeviceFacts* device = nullptr;
};

/// Which of a kind come first, before paths are looked at.
int rank(const DeviceFacts& device) {
  if (device.type == "isa-serial" || device.type == "isa-parallel" || device.type == "virtconsole") return 0;
  return device.path.starts_with("/machine/peripheral") ? 2 : 1;
}

bool before(const Placed& a, const Placed& b) {
  const DeviceFacts& one = *a.device;
  const DeviceFacts& other = *b.device;
  if (rank(one) != rank(other)) return rank(one) < rank(other);
  if (one.bus != other.bus) return path_before(one.bus, other.bus);
  const auto number = [](const DeviceFacts& of) { return std::tuple(of.index.value_or(0), of.nr.value_or(0)); };
  if (number(one) != number(other)) return number(one) < number(other);
  return path_before(one.path, other.path);
}

bool is_monitor(std::string_view label) {
  constexpr std::string_view kCompat = "compat_monitor";
  // The first is what libvirt calls its own, the second what QEMU makes of -monitor and -qmp.
  return label == "charmonitor" || (label.starts_with(kCompat) && label.size() > kCompat.size() &&
                                    std::all_of(label.begin() + kCompat.size(), label.end(), is_digit));
}

/// Why a chardev that no device uses is not offered.
std::string why_unused(const ChardevFacts& chardev, const Offer& offered) {
  if (is_monitor(chardev.label)) return "a QEMU monitor";
  if (chardev.label == "gdb") return "the gdb stub";
  if (!offered.at && !offered.reason.starts_with("no backend yet") && chardev.type != "chardev-socket")
    return offered.reason;
  return "no device of the guest uses it; perhaps a monitor";
}

void number(std::vector<Placed>& placed) {
  std::sort(placed.begin(), placed.end(), before);
  for (std::size_t at = 0; at < placed.size(); ++at) placed[at].chardev.position = static_cast<unsigned>(at);
}

bool is_mux(const std::vector<ChardevFacts>& chardevs, std::string_view label) {
  return std::any_of(chardevs.begin(), chardevs.end(), [label](const ChardevFacts& chardev) {
    return chardev.label == label && chardev.filename == "mux";
  });
}

Chardev conclude(const GuestFacts& facts, const ChardevFacts& chardev, const DeviceFacts* device) {
  Offer offered = offer(chardev, facts.directory);
  Chardev out;
  out.label = out.called = chardev.label;
  out.shown = std::move(offered.shown);
  const std::string_view label = chardev.label;
  if (label.ends_with(kBase) && is_mux(facts.chardevs, label.substr(0, label.size() - kBase.size()))) {
    out.reason = "under a mux: Ctrl-A x would end the guest";
    return out;
  }
  if (device == nullptr) {
    out.reason = why_unused(chardev, offered);
    return out;
  }
  FrontEndType type = front_end_type(*device);
  out.kind = type.kind;
  out.reason = type.kind == Kind::other ? std::move(type.why_not) : std::move(offered.reason);
  if (type.kind != Kind::other) out.at = std::move(offered.at);
  out.why_no_break = std::move(type.why_no_break);
  return out;
}

}  // namespace

bool path_before(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    if (is_digit(a[0]) && is_digit(b[0])) {
      const std::string_view one = take_number(a);
      const std::string_view other = take_number(b);
      if (one.size() != other.size()) return one.size() < other.size();
      if (one != other) return one < other;
      continue;
    }
    if (a[0] != b[0]) return a[0] < b[0];
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  return a.size() < b.size();
}

std::vector<Chardev> chardevs_of(const GuestFacts& facts) {
  const std::map<std::string, const DeviceFacts*> devices = users(facts.devices);
  std::map<Kind, std::vector<Placed>> kinds;
  for (const ChardevFacts& chardev : facts.chardevs) {
    const auto device = devices.find(chardev.label);
    Placed placed{{}, device == devices.end() ? nullptr : device->second};
    placed.chardev = conclude(facts, chardev, placed.device);
    kinds[placed.chardev.kind].push_back(std::move(placed));
  }
  for (const Kind kind : {Kind::serial, Kind::console, Kind::parallel}) number(kinds[kind]);
  std::sort(kinds[Kind::other].begin(), kinds[Kind::other].end(),
            [](const Placed& a, const Placed& b) { return path_before(a.chardev.label, b.chardev.label); });
  std::vector<Placed>& first = kinds[kinds[Kind::serial].empty() ? Kind::console : Kind::serial];
  if (!first.empty()) first.front().chardev.primary = true;
  std::vector<Chardev> out;
  for (auto& [kind, placed] : kinds) {
    for (Placed& one : placed) out.push_back(std::move(one.chardev));
  }
  return out;
}

}  // namespace charmux::discovery
