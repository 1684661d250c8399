// SPDX-License-Identifier: Apache-2.0
// Consoles as the configuration has them, and as it has them now that it has changed.
#include <algorithm>

#include "charmux/config/match.hpp"
#include "daemon/roster.hpp"

namespace charmux::daemon {
namespace {

using config::Config;

std::string key_of_fixed(const std::string& name) { return "console/" + name; }

Members::Settings settings_of(const config::Console& each) {
  return {each.size, each.replay, each.max_guest_pause, each.log, each.typing};
}

const config::Console* find(const Config& config, const std::string& name) {
  const auto at = std::find_if(config.consoles.begin(), config.consoles.end(),
                               [&](const config::Console& each) { return each.name == name; });
  return at == config.consoles.end() ? nullptr : &*at;
}

}  // namespace

const Registry::Entry& Roster::admit_fixed(const config::Console& each) {
  Registry::Told told;
  const std::optional<unsigned> pinned = each.port ? config::number_at(config_, *each.port) : std::nullopt;
  const Registry::Entry& entry = registry_.admit({key_of_fixed(each.name), {}, each.name, {}, pinned},
                                                 config::most_numbers(config_), std::chrono::system_clock::now(), told);
  members_.follow(registry_, told);
  return entry;
}

Status Roster::make_fixed(const config::Console& each) {
  const Registry::Entry& entry = admit_fixed(each);
  auto place = std::make_unique<backend::MovingPlace>(sources_.place_of(each.backend));
  backend::MovingPlace* const at = place.get();
  Result<console::Console*> console = members_.add(entry, settings_of(each), std::move(place));
  if (!console) return tl::unexpected(console.error());
  (*console)->set_number(entry.number);
  fixed_[each.name] = {*console, at};
  return {};
}

void Roster::change(const Config& before) {
  registry_.reserve(config::pinned_numbers(config_));
  change_fixed(before);
  number_fixed();
  // What is found may be a configured console now, or be one no more.
  if (before.discovers != config_.discovers || before.matches != config_.matches ||
      before.consoles != config_.consoles || before.history != config_.history)
    change_found(before);
  saver_.save();
}

// --- configured ones ---

void Roster::change_fixed(const Config& before) {
  for (const config::Console& was : before.consoles) {
    const auto known = fixed_.find(was.name);
    const config::Console* const is = find(config_, was.name);
    if (known == fixed_.end()) continue;
    if (is != nullptr) {
      if (!(was == *is)) change_fixed(was, *is);
      continue;
    }
    registry_.depart(key_of_fixed(was.name), std::chrono::system_clock::now());
    members_.retire(*known->second.console);
    fixed_.erase(known);
  }
  for (const config::Console& each : config_.consoles) {
    if (fixed_.count(each.name) != 0) continue;
    if (const Status made = make_fixed(each); !made) {
      log_.error("console {}: {}", each.name, made.error().text);
      continue;
    }
    console::Console& console = *fixed_[each.name].console;
    log_.info("console {}: new", console.name());
    console.start();
    listeners_.offer(console);
  }
}

void Roster::change_fixed(const config::Console& was, const config::Console& is) {
  const Fixed& fixed = fixed_[is.name];
  log_.info("console {}: changed", fixed.console->name());
  members_.configure(*fixed.console, settings_of(is), was.log);
  if (was.backend == is.backend) return;
  fixed.place->move_to(sources_.place_of(is.backend));
  fixed.console->relocate();
}

/// A pin may be new, or a range of ports.
void Roster::number_fixed() {
  for (const config::Console& each : config_.consoles)
    if (fixed_.count(each.name) != 0) admit_fixed(each);
  for (const auto& [name, fixed] : fixed_) {
    const Registry::Entry* const entry = registry_.find(key_of_fixed(name));
    console::Console& console = *fixed.console;
    if (entry == nullptr || entry->number == console.number()) continue;
    listeners_.withdraw(console);
    console.set_number(entry->number);
    listeners_.offer(console);
  }
}

// --- found ones ---

/// Whether a console that was called so is still to be there. Its prefix may be another one.
bool Roster::is_wanted(const Config& before, const std::string& source, const std::string& wish) const {
  const config::Discover* const was = config::discover_for(before, source);
  const config::Discover* const is = config::discover_for(config_, source);
  if (is == nullptr) return false;
  const bool prefixed = was != nullptr && wish.starts_with(was->prefix);
  return config::wanted(config_, is, prefixed ? is->prefix + wish.substr(was->prefix.size()) : wish);
}

void Roster::change_found(const Config& before) {
  members_.configure_all(registry_, before);
  std::vector<std::string> unwanted;
  for (const auto& [key, member] : members_.all()) {
    const Registry::Entry* const entry = registry_.find(key);
    if (entry != nullptr && !is_wanted(before, member.finding->source, entry->wish)) unwanted.push_back(key);
  }
  for (const std::string& key : unwanted) {
    registry_.depart(key, std::chrono::system_clock::now());
    members_.retire(*members_.find(key)->console);
  }
  const auto is_left = [this](const std::string& source) { return config::discover_for(config_, source) == nullptr; };
  std::erase_if(monitored_, [&](const auto& each) { return is_left(each.first); });
  places_.forget_those(is_left);
  sources_.change(before, config_);
  // What was asked of a source that is no more has no answer.
  for (const auto& [key, member] : members_.all())
    if (!member.console->is_open()) member.console->relocate();
  if (!config_.discovers.empty()) tidy_.start(kTidy);
}

}  // namespace charmux::daemon
