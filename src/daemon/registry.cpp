// SPDX-License-Identifier: Apache-2.0
#include "daemon/registry.hpp"

#include <algorithm>
#include <utility>

#include "daemon/registry_file.hpp"

namespace charmux::daemon {
namespace {

/// "serial/0" of "UUID/serial/0": kind and position. A name in front of it may have slashes of its own.
std::string_view place_of(std::string_view key) {
  const std::size_t last = key.rfind('/');
  if (last == std::string_view::npos || last == 0) return {};
  const std::size_t before = key.rfind('/', last - 1);
  return before == std::string_view::npos ? std::string_view() : key.substr(before + 1);
}

/// "UUID" of "UUID/serial/0": its guest.
std::string_view guest_of(std::string_view key) {
  const std::size_t place = place_of(key).size();
  return place == 0 ? key : key.substr(0, key.size() - place - 1);
}

/// Where a console is from, for people: a configured one is found nowhere.
std::string place_text(const std::string& source) { return source.empty() ? "the configuration" : source; }

/// To the unit that the file keeps.
WallTime rounded(WallTime time) {
  return WallTime(std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()));
}

}  // namespace

// --- the file ---

Registry Registry::load(const std::string& path, WallTime now, std::vector<std::string>& remarks) {
  Registry registry(path);
  Result<std::vector<Entry>> entries = registry_file::read(path);
  if (!entries) {
    const Result<std::string> aside = registry_file::set_aside(path, now);
    remarks.push_back(
        fmt::format("{} {}; {}; names and numbers are given anew", path, entries.error().text,
                    aside ? "it was renamed to " + *aside : "it cannot be renamed: " + aside.error().text));
    return registry;
  }
  for (Entry& entry : *entries) {
    // How long before now it went nobody saw.
    if (std::exchange(entry.present, false)) {
      entry.seen = rounded(now);
      registry.changed_ = true;
    }
    registry.insert(entry);
  }
  return registry;
}

std::optional<std::string> Registry::take_unsaved() {
  if (!std::exchange(changed_, false)) return std::nullopt;
  return registry_file::to_text(entries_);
}

// --- coming and going ---

const Registry::Entry& Registry::admit(const Wish& wish, unsigned most, WallTime now, Told& told) {
  Entry& entry = entry_for(wish, told);
  if (!entry.present || entry.source != wish.source || entry.guest != wish.guest) changed_ = true;
  if (!entry.present) entry.seen = rounded(now);
  entry.source = wish.source;
  entry.guest = wish.guest;
  settle_name(entry, wish, told);
  settle_number(entry, wish, most, told);
  entry.present = true;
  return entry;
}

void Registry::depart(std::string_view key, WallTime now) {
  const auto found = entries_.find(key);
  if (found == entries_.end() || !found->second.present) return;
  found->second.present = false;
  found->second.seen = rounded(now);
  changed_ = true;
}

void Registry::missing_since(const std::string& name, std::optional<WallTime> time) {
  const auto found = names_.find(name);
  if (found == names_.end() || found->second->missing_since == time) return;
  found->second->missing_since = time;
  changed_ = true;
}

std::vector<Registry::Entry> Registry::forget_older_than(std::chrono::milliseconds keep, WallTime now,
                                                         const std::function<bool(const Entry&)>& may_go) {
  std::vector<Entry> forgotten;
  for (auto each = entries_.begin(); each != entries_.end();) {
    Entry& entry = each->second;
    const bool old = std::chrono::floor<std::chrono::milliseconds>(now - entry.seen) > keep;
    if (entry.present || !old || (may_go && !may_go(entry))) {
      ++each;
      continue;
    }
    names_.erase(entry.name);
    if (entry.number != 0) drop_number(entry.number);
    forgotten.push_back(std::move(entry));
    each = entries_.erase(each);
    changed_ = true;
  }
  return forgotten;
}

const Registry::Entry* Registry::find(std::string_view key) const {
  const auto found = entries_.find(key);
  return found != entries_.end() ? &found->second : nullptr;
}

bool Registry::may_be_there(const Entry& entry) const {
  return entry.present || (may_be_there_ && may_be_there_(entry));
}

Registry::Entry& Registry::entry_for(const Wish& wish, Told& told) {
  if (const auto known = entries_.find(wish.key); known != entries_.end()) return known->second;
  changed_ = true;
  if (const Entry* const heir = heir_of(wish)) {
    // The node is moved, not copied: whoever holds the entry goes on holding it.
    told.remarks.push_back(
        fmt::format("console {}: goes on as that of the guest {} at {}; the one it was of, {}, is gone", heir->name,
                    wish.guest, wish.source, guest_of(heir->key)));
    auto node = entries_.extract(heir->key);
    node.key() = wish.key;
    node.mapped().key = wish.key;
    return entries_.insert(std::move(node)).position->second;
  }
  return entries_.emplace(wish.key, Entry{wish.key, wish.guest, {}, {}, 0, wish.source, {}, false, false})
      .first->second;
}

/// The entry whose guest bore that name and is no more, or is where another is now: of several, the last to go.
Registry::Entry* Registry::heir_of(const Wish& wish) {
  const std::string_view place = place_of(wish.key);
  if (wish.guest.empty() || place.empty()) return nullptr;
  std::vector<Entry*> heirs;
  for (auto& [key, entry] : entries_)
    if (!entry.present && entry.guest == wish.guest && entry.wish == wish.name && place_of(key) == place &&
        (entry.source == wish.source || !may_be_there(entry)))
      heirs.push_back(&entry);
  if (heirs.empty()) return nullptr;
  // A guest of which another console is there is there itself.
  std::set<std::string_view> living{guest_of(wish.key)};
  for (const auto& [key, entry] : entries_)
    if (entry.present && entry.guest == wish.guest) living.insert(guest_of(key));
  Entry* heir = nullptr;
  for (Entry* const each : heirs)
    if (living.count(guest_of(each->key)) == 0 && (heir == nullptr || each->seen > heir->seen)) heir = each;
  return heir;
}

Registry::Entry& Registry::insert(const Entry& entry) {
  Entry& there = entries_.emplace(entry.key, entry).first->second;
  names_[there.name] = &there;
  if (there.number != 0) numbers_[there.number] = &there;
  return there;
}

// --- names ---

std::string Registry::free_name(const std::string& name) const {
  for (unsigned n = 2;; ++n)
    if (std::string tried = fmt::format("{}~{}", name, n); names_.count(tried) == 0) return tried;
}

void Registry::set_name(Entry& entry, const std::string& name) {
  if (const auto old = names_.find(entry.name); old != names_.end() && old->second == &entry) names_.erase(old);
  entry.name = name;
  names_[name] = &entry;
  changed_ = true;
}

void Registry::settle_name(Entry& entry, const Wish& wish, Told& told) {
  if (entry.wish == wish.name) return;
  entry.wish = wish.name;
  const auto holder = names_.find(wish.name);
  if (holder == names_.end()) return set_name(entry, wish.name);
  Entry& other = *holder->second;
  // A configured console has its name from whoever is not there for certain.
  if (wish.guest.empty() ? other.present : may_be_there(other)) {
    set_name(entry, free_name(wish.name));
    told.remarks.push_back(fmt::format("console {}: the name is taken by {}; this one is {}", wish.name,
                                       place_text(other.source), entry.name));
    return;
  }
  told.changes.push_back({other.key, other.name, other.number});
  set_name(other, free_name(wish.name));
  set_name(entry, wish.name);
  told.remarks.push_back(fmt::format("console {}: the name goes to {}; the one of {}, which is not there, is {} now",
                                     wish.name, place_text(wish.source), place_text(other.source), other.name));
}

// --- numbers ---

void Registry::set_number(Entry& entry, unsigned number) {
  if (entry.number == number) return;
  if (const auto old = numbers_.find(entry.number); old != numbers_.end() && old->second == &entry)
    drop_number(entry.number);
  entry.number = number;
  if (number != 0) numbers_[number] = &entry;
  changed_ = true;
}

void Registry::drop_number(unsigned number) {
  numbers_.erase(number);
  none_free_below_ = std::min(none_free_below_, number);
}

unsigned Registry::lowest_free(unsigned most) {
  unsigned& number = none_free_below_;
  while (numbers_.count(number) != 0 || reserved_.count(number) != 0) ++number;
  return most == 0 || number <= most ? number : 0;
}

Registry::Entry* Registry::longest_gone(unsigned most) {
  Entry* gone = nullptr;
  for (const auto& [number, entry] : numbers_)
    if (!may_be_there(*entry) && number <= most && reserved_.count(number) == 0 &&
        (gone == nullptr || entry->seen < gone->seen))
      gone = entry;
  return gone;
}

void Registry::settle_number(Entry& entry, const Wish& wish, unsigned most, Told& told) {
  if (wish.pinned && take_pinned(entry, *wish.pinned, most, told)) return;
  entry.pinned = false;
  const bool fits = most == 0 || entry.number <= most;
  if (entry.number != 0 && fits && reserved_.count(entry.number) == 0) return;
  take_any(entry, most, told);
}

bool Registry::take_pinned(Entry& entry, unsigned pinned, unsigned most, Told& told) {
  const auto holder = numbers_.find(pinned);
  if (holder == numbers_.end() || holder->second == &entry) {
    set_number(entry, pinned);
    entry.pinned = true;
    return true;
  }
  Entry& other = *holder->second;
  if (other.present && other.pinned) {
    if (!entry.present)
      told.remarks.push_back(
          fmt::format("console {}: its number {} is pinned to console {} too, which has it; give each its own port",
                      entry.name, pinned, other.name));
    return false;
  }
  told.changes.push_back({other.key, other.name, other.number});
  set_number(other, 0);
  set_number(entry, pinned);
  entry.pinned = true;
  make_way(other, entry, most, told);
  return true;
}

/// Finds another number for one that had what is pinned to `pinned` now.
void Registry::make_way(Entry& other, const Entry& pinned, unsigned most, Told& told) {
  // One that is not there waits until it is before it takes another's.
  if (other.present)
    take_any(other, most, told);
  else
    set_number(other, lowest_free(most));
  const std::string now = other.number == 0 ? "none is left for it" : fmt::format("it has {} now", other.number);
  told.remarks.push_back(fmt::format("console {}: its number {} is pinned to console {}; {}", other.name, pinned.number,
                                     pinned.name, now));
}

void Registry::take_any(Entry& entry, unsigned most, Told& told) {
  if (const unsigned free = lowest_free(most); free != 0) {
    if (entry.number != 0)
      told.remarks.push_back(
          fmt::format("console {}: its number {} is pinned to another or beyond all ports=; it has {} now", entry.name,
                      entry.number, free));
    return set_number(entry, free);
  }
  Entry* const gone = longest_gone(most);
  if (gone != nullptr) {
    const unsigned number = gone->number;
    told.changes.push_back({gone->key, gone->name, number});
    set_number(*gone, 0);
    set_number(entry, number);
    told.remarks.push_back(
        fmt::format("console {}: every number is taken; it has {} of console {}, which is gone for longest", entry.name,
                    number, gone->name));
    return;
  }
  set_number(entry, 0);
  if (!entry.present)
    told.remarks.push_back(
        fmt::format("console {}: all {} numbers are taken by consoles that are there: it has no port; "
                    "widen a listener's ports=",
                    entry.name, most));
}

}  // namespace charmux::daemon
