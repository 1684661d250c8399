// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "charmux/address/libvirt_uri.hpp"
#include "charmux/address/parts.hpp"
#include "charmux/config/match.hpp"
#include "config/settle.hpp"

namespace charmux::config {
namespace {

using address::in_quotes;

/// Ports that are pinned, as messages and comparisons need them.
struct Pin {
  std::string what;  ///< "console 'a'", "[[match]] 'lab-*'"
  std::uint16_t port = 0;
  Origin at;
};

std::vector<Pin> pins_of(const Draft& draft, const Config& config) {
  std::vector<Pin> pins;
  for (std::size_t i = 0; i < draft.consoles.size(); ++i)
    if (const auto& port = config.consoles[i].port)
      pins.push_back({"console " + in_quotes(draft.consoles[i].name), *port,
                      draft.consoles[i].settings.at("port", draft.consoles[i].at)});
  for (const MatchDraft& each : draft.matches)
    if (each.match.port)
      pins.push_back(
          {"[[match]] " + in_quotes(each.match.console), *each.match.port, each.settings.at("port", each.at)});
  return pins;
}

/// "7001-7999 or 9001-9999": every range there is.
std::string ranges_of(const Config& config) {
  std::string ranges;
  for (const Listen& listen : config.listens)
    if (listen.ports)
      ranges += fmt::format("{}{}-{}", ranges.empty() ? "" : " or ", listen.ports->low, listen.ports->high);
  return ranges;
}

}  // namespace

void settle_discovery(const Draft& draft, Config& config, Report& report) {
  std::map<std::string_view, Origin> taken;
  for (const DiscoverDraft& each : draft.discovers) {
    // A pattern begins with a slash and a URI does not, so neither is ever taken for the other.
    const std::string& place = each.discover.qmp.empty() ? each.discover.libvirt : each.discover.qmp;
    const auto [earlier, is_new] = taken.emplace(place, each.at);
    if (!is_new && !place.empty())
      report.add(each.at, fmt::format("{} is discovered twice, first at {}: keep one", in_quotes(place),
                                      report.where(earlier->second)));
    config.discovers.push_back(each.discover);
  }
  if (draft.discovers.empty() && draft.consoles.empty()) {
    Discover& discover = config.discovers.emplace_back();
    discover.libvirt = discover.text = address::kSystemUri;
  }
  for (const MatchDraft& each : draft.matches) {
    const Match& match = each.match;
    if (match.size && match.replay && *match.replay > *match.size)
      report.add(each.settings.at("replay", each.at),
                 fmt::format("[[match]] {} has a 'replay' of {}, more than its 'size' of {}: give it a smaller replay",
                             in_quotes(match.console), format_size(*match.replay), format_size(*match.size)));
    config.matches.push_back(match);
  }
}

void settle_pins(const Draft& draft, const Config& config, Report& report) {
  std::map<unsigned, const Pin*> taken;
  const std::vector<Pin> pins = pins_of(draft, config);
  for (const Pin& pin : pins) {
    const auto number = number_at(config, pin.port);
    if (!number) {
      const std::string ranges = ranges_of(config);
      report.add(pin.at, ranges.empty() ? fmt::format("{} has a 'port' of {}, and no listener has ports=: give one, or "
                                                      "leave 'port' out",
                                                      pin.what, pin.port)
                                        : fmt::format("{} has a 'port' of {}, outside every ports= of a listener: "
                                                      "choose one of {}",
                                                      pin.what, pin.port, ranges));
      continue;
    }
    // Two tables for one name are one console's, of which the later wins.
    const auto [earlier, is_new] = taken.emplace(*number, &pin);
    if (!is_new && earlier->second->what != pin.what)
      report.add(pin.at, fmt::format("{} has the 'port' of {} ({}): give each its own", pin.what, earlier->second->what,
                                     report.where(earlier->second->at)));
  }
}

}  // namespace charmux::config
