// SPDX-License-Identifier: Apache-2.0
#include "daemon/places.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "discovery/libvirt_source.hpp"

namespace charmux::daemon {

const Places::Place* Places::find(const std::string& source) const {
  const auto at = places_.find(source);
  return at == places_.end() ? nullptr : &at->second;
}

void Places::forget_those(const std::function<bool(const std::string& source)>& which) {
  std::erase_if(places_, [&](const auto& each) { return which(each.first); });
}

void Places::drop_empty() {
  std::erase_if(places_, [](const auto& entry) { return entry.second.state.empty() && entry.second.keys.empty(); });
}

std::vector<Unoffered> Places::unoffered() const {
  std::vector<Unoffered> all;
  for (const auto& [source, place] : places_) all.insert(all.end(), place.unoffered.begin(), place.unoffered.end());
  return all;
}

std::vector<std::string> Places::behind(const std::string& uri) const {
  std::vector<std::string> sources;
  for (const auto& [source, place] : places_)
    if (source != uri && discovery::is_libvirt_source(source) && discovery::uri_of(source) == uri)
      sources.push_back(source);
  return sources;
}

std::string Places::libvirt_with(const std::string& uuid) const {
  const auto at = std::find_if(places_.begin(), places_.end(), [&](const auto& entry) {
    return entry.second.uuid == uuid && discovery::is_libvirt_source(entry.first);
  });
  return uuid.empty() || at == places_.end() ? "" : at->first;
}

std::vector<std::string> Places::monitors_with(const std::string& uuid) const {
  std::vector<std::string> sources;
  for (const auto& [source, place] : places_)
    if (!uuid.empty() && place.uuid == uuid && !discovery::is_libvirt_source(source)) sources.push_back(source);
  return sources;
}

std::string Places::counted(const std::string& uri, const std::string& state) const {
  const std::vector<std::string> guests = behind(uri);
  const auto off = std::count_if(guests.begin(), guests.end(),
                                 [&](const std::string& source) { return places_.at(source).state == "shut off"; });
  if (guests.empty()) return state;
  return fmt::format("{}: {} running, {} shut off", state, static_cast<std::ptrdiff_t>(guests.size()) - off, off);
}

std::vector<Places::Listed> Places::all() const {
  std::vector<Listed> all;
  for (const auto& [source, place] : places_) {
    const bool is_guest = discovery::is_libvirt_source(source) && discovery::uri_of(source) != source;
    if (place.state.empty() || is_guest) continue;
    all.push_back({discovery::source_text(source),
                   discovery::is_libvirt_source(source) ? counted(source, place.state) : place.state});
  }
  return all;
}

}  // namespace charmux::daemon
