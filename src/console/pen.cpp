// SPDX-License-Identifier: Apache-2.0
#include "console/pen.hpp"

#include <algorithm>
#include <utility>

#include "charmux/base/units.hpp"
#include "console/notices.hpp"
#include "console/viewer.hpp"

namespace charmux::console {
namespace {

using config::WriterMode;

constexpr const char* kLaidDown = "laid it down";

bool shares(const Viewer& viewer) { return viewer.settings().writer == WriterMode::shared; }

}  // namespace

Pen::Pen(std::chrono::milliseconds idle, loop::Loop& loop, Input& input, Comings& comings, Owner owner)
    : idle_after_(idle), loop_(loop), input_(input), comings_(comings), owner_(std::move(owner)), idle_(loop, [this] {
        look_for_idleness();
      }) {}

const Viewer* Pen::writer() const {
  const std::optional<Id> id = writer_id();
  return id ? owner_.find(*id) : nullptr;
}

bool Pen::may_write(const Viewer& viewer) const {
  return !viewer.spies() && (shares(viewer) || lock_.holder() == viewer.id());
}

// --- what viewers do ---

void Pen::attach(Viewer& viewer) {
  if (viewer.settings().writer == WriterMode::force) return take(viewer, "by attaching");
  if (!shares(viewer) && !lock_.holder() && lock_.attach(viewer.id())) got(viewer, "by attaching");
}

bool Pen::type(Viewer& viewer) {
  if (viewer.spies()) return false;
  if (shares(viewer)) shared_ = viewer.id();
  if (lock_.holder() == viewer.id()) typed_at_ = loop_.now();
  if (may_write(viewer)) return true;
  if (!lock_.type(viewer.id())) return false;
  got(viewer, "by typing");
  comings_.tell();
  return true;
}

PenAnswer Pen::ask(Viewer& viewer) {
  viewer.set_spying(false);
  if (done_ == viewer.id()) done_.reset();
  if (shares(viewer) || type(viewer)) return PenAnswer::yours;
  tell_holder_of(viewer);
  return PenAnswer::asked;
}

void Pen::force(Viewer& viewer) {
  take(viewer, "by force");
  comings_.tell();
}

void Pen::take(Viewer& viewer, const std::string& how) {
  viewer.set_spying(false);
  if (done_ == viewer.id()) done_.reset();
  if (lock_.holder() == viewer.id()) return;
  const std::optional<Id> before = lock_.seize(viewer.id());
  // Who has finished typing does not wait to type again.
  if (before && std::exchange(done_, std::nullopt)) (void)lock_.leave(*before);
  if (Viewer* const loser = before ? owner_.find(*before) : nullptr) {
    drop_input(*loser, viewer.who() + " took the pen before the guest read them");
    owner_.passed(*loser, false, viewer.who() + " took it");
    loser->notify(notices::pen_lost(viewer.who()));
    loser->knows_writer = viewer.id();
    loser->input_may_go_on();
  }
  got(viewer, how);
}

void Pen::lay_down(const Viewer& viewer) {
  std::erase(asked_, viewer.id());
  if (shared_ == viewer.id()) shared_.reset();
  if (lock_.holder() == viewer.id() && input_.waiting(viewer.id()) > 0)
    done_ = viewer.id();
  else
    pass_on(viewer.id(), kLaidDown);
}

void Pen::input_went(Id writer) {
  if (done_ == writer && input_.waiting(writer) == 0) pass_on(writer, kLaidDown);
}

void Pen::leave(const Viewer& viewer) {
  std::erase(asked_, viewer.id());
  if (shared_ == viewer.id()) shared_.reset();
  drop_input(viewer, viewer.who() + " left before the guest read them");
  pass_on(viewer.id(), {});
}

// --- how the pen passes ---

void Pen::got(const Viewer& viewer, const std::string& how) {
  asked_.clear();
  comings_.has_pen(&viewer);
  owner_.passed(viewer, true, how);
  typed_at_ = loop_.now();
  if (idle_after_.count() > 0) idle_.start(idle_after_);
}

void Pen::pass_on(Id from, const std::string& why) {
  const bool had_it = lock_.holder() == from;
  const std::optional<Id> next = lock_.leave(from);
  if (!had_it) return;
  if (const Viewer* const loser = owner_.find(from)) owner_.passed(*loser, false, why);
  done_.reset();
  asked_.clear();
  idle_.stop();
  comings_.has_pen(nullptr);
  if (Viewer* const heir = next ? owner_.find(*next) : nullptr) {
    got(*heir, "in line");
    heir->notify(std::string(notices::kYouType));
  }
  comings_.tell();
}

void Pen::tell_holder_of(const Viewer& asker) {
  Viewer* const holder = owner_.find(*lock_.holder());
  if (holder == nullptr || std::find(asked_.begin(), asked_.end(), asker.id()) != asked_.end()) return;
  asked_.push_back(asker.id());
  const auto& keys = holder->keys();
  holder->notify(notices::asks_to_type(asker.who(), keys ? config::text_of(*keys) + "s" : ""));
}

// --- idleness ---

void Pen::set_idle(std::chrono::milliseconds after) {
  idle_after_ = after;
  if (after.count() == 0) return idle_.stop();
  if (lock_.holder()) look_for_idleness();
}

void Pen::look_for_idleness() {
  Viewer* const holder = lock_.holder() ? owner_.find(*lock_.holder()) : nullptr;
  if (holder == nullptr) return;
  if (input_.waiting(holder->id()) > 0) typed_at_ = loop_.now();
  const auto left = idle_after_ - std::chrono::floor<std::chrono::milliseconds>(loop_.now() - typed_at_);
  if (left.count() > 0) return idle_.start(left);
  const std::optional<Id> next = lock_.next();
  const Viewer* const heir = next ? owner_.find(*next) : nullptr;
  holder->notify(notices::pen_idle(idle_after_, heir == nullptr ? "" : heir->who()));
  holder->knows_writer = next.value_or(0);
  pass_on(holder->id(), "typed nothing for " + format_duration(idle_after_));
}

void Pen::drop_input(const Viewer& viewer, const std::string& why) {
  if (const std::size_t bytes = input_.drop(viewer.id()); bytes > 0) owner_.dropped(viewer, bytes, why);
}

}  // namespace charmux::console
