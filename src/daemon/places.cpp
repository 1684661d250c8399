// SPDX-License-Identifier: Apache-2.0
#include "daemon/places.hpp"

namespace charmux::daemon {

const Places::Place* Places::find(const std::string& source) const {
  const auto at = places_.find(source);
  return at == places_.end() ? nullptr : &at->second;
}

void Places::drop_empty() {
  std::erase_if(places_, [](const auto& entry) { return entry.second.state.empty() && entry.second.keys.empty(); });
}

std::vector<Unoffered> Places::unoffered() const {
  std::vector<Unoffered> all;
  for (const auto& [source, place] : places_) all.insert(all.end(), place.unoffered.begin(), place.unoffered.end());
  return all;
}

std::vector<Places::Listed> Places::all() const {
  std::vector<Listed> all;
  for (const auto& [source, place] : places_)
    if (!place.state.empty()) all.push_back({"qmp:" + source, place.state});
  return all;
}

}  // namespace charmux::daemon
