// SPDX-License-Identifier: Apache-2.0
// Listeners when the configuration has changed.
#include <algorithm>

#include "frontend/listeners.hpp"

namespace charmux::frontend {
namespace {

using Wanted = Listeners::Wanted;

/// The one of the same kind and place, or null.
const Wanted* like(const config::Listen& listen, const std::vector<Wanted>& wanted) {
  const auto at = std::find_if(wanted.begin(), wanted.end(), [text = config::door_text(listen)](const Wanted& each) {
    return config::door_text(each.terms.listen) == text;
  });
  return at == wanted.end() ? nullptr : &*at;
}

}  // namespace

Status Listeners::change(const std::vector<Wanted>& wanted, const config::Config& config) {
  if (Status good = check_those_that_stay(wanted, config); !good) return good;
  const std::vector<const Wanted*> fresh = those_that_are_new(wanted);
  // What goes may be in the way of what comes: at the same port of all addresses, or of another kind.
  Replaced gone = take_those_that_go(wanted);
  close(gone);
  if (Status open = open_all(fresh); !open) {
    open_again(gone);
    return open;
  }
  forget(gone);
  settle(wanted);
  return {};
}

std::vector<const Wanted*> Listeners::those_that_are_new(const std::vector<Wanted>& wanted) const {
  const std::vector<Listed> there = all();
  std::vector<const Wanted*> fresh;
  for (const Wanted& each : wanted)
    if (std::none_of(there.begin(), there.end(), [text = config::door_text(each.terms.listen)](const Listed& listed) {
          return listed.address == text;
        }))
      fresh.push_back(&each);
  return fresh;
}

Listeners::Replaced Listeners::take_those_that_go(const std::vector<Wanted>& wanted) {
  Replaced gone;
  const auto fixed = std::stable_partition(fixed_.begin(), fixed_.end(),
                                           [&](const Fixed& each) { return like(each.listen(), wanted) != nullptr; });
  const auto row = std::stable_partition(rows_.begin(), rows_.end(),
                                         [&](const Row& each) { return like(each->listen(), wanted) != nullptr; });
  std::move(fixed, fixed_.end(), std::back_inserter(gone.fixed));
  std::move(row, rows_.end(), std::back_inserter(gone.rows));
  fixed_.erase(fixed, fixed_.end());
  rows_.erase(row, rows_.end());
  return gone;
}

/// All of them, or none.
Status Listeners::open_all(const std::vector<const Wanted*>& fresh) {
  const std::size_t before = fixed_.size();
  const std::size_t rows_before = rows_.size();
  for (const Wanted* const each : fresh) {
    Status open = this->open(each->terms, each->endpoints);
    if (open) continue;
    fixed_.erase(fixed_.begin() + static_cast<std::ptrdiff_t>(before), fixed_.end());
    rows_.erase(rows_.begin() + static_cast<std::ptrdiff_t>(rows_before), rows_.end());
    return open;
  }
  for (std::size_t i = rows_before; i < rows_.size(); ++i)
    for (console::Console* const each : offered_) rows_[i]->offer(*each);
  return {};
}

void Listeners::forget(Replaced& gone) {
  for (const Fixed& each : gone.fixed) {
    each.terms->closed = true;
    log_.info("listening no more: {}", each.door.text());
  }
  for (const Row& each : gone.rows) {
    each->terms().closed = true;
    log_.info("listening no more: {}", config::door_text(each->listen()));
  }
}

/// Others are looked at when they are opened.
Status Listeners::check_those_that_stay(const std::vector<Wanted>& wanted, const config::Config& config) {
  const auto check = [&](const config::Listen& listen, const std::vector<net::Endpoint>& endpoints) -> Status {
    const Wanted* const now = like(listen, wanted);
    for (const net::Endpoint& each : now == nullptr ? std::vector<net::Endpoint>() : endpoints)
      if (const auto open = each.is_local() ? std::nullopt : config::exposure(now->terms.listen, config, each.text()))
        return tl::unexpected(*open);
    return {};
  };
  for (const Fixed& each : fixed_)
    if (Status good = check(each.listen(), each.endpoints); !good) return good;
  for (const Row& each : rows_)
    if (Status good = check(each->listen(), each->endpoints()); !good) return good;
  return {};
}

void Listeners::close(Replaced& gone) {
  for (Fixed& each : gone.fixed) each.door.close();
  for (const Row& each : gone.rows) each->close();
}

void Listeners::open_again(Replaced& gone) {
  for (Fixed& each : gone.fixed) {
    if (const Status open = each.door.listen(loop_, each.endpoints); !open) log_.error("{}", open.error().text);
    fixed_.push_back(std::move(each));
  }
  for (Row& each : gone.rows) {
    for (console::Console* const console : offered_) each->offer(*console);
    rows_.push_back(std::move(each));
  }
}

/// The terms of those that stay are what they are to be.
void Listeners::settle(const std::vector<Wanted>& wanted) {
  const auto change = [&](Entrance::Terms& terms) {
    const Wanted* const now = like(terms.listen, wanted);
    if (now == nullptr || (now->terms.listen == terms.listen && now->terms.naming == terms.naming)) return;
    terms.listen = now->terms.listen;
    terms.naming = now->terms.naming;
    ++terms.version;
    log_.info("changed: listener {}", config::door_text(terms.listen));
  };
  for (const Fixed& each : fixed_) change(*each.terms);
  for (const Row& each : rows_) change(each->terms());
}

}  // namespace charmux::frontend
