// SPDX-License-Identifier: Apache-2.0
#include "frontend/sessions.hpp"

#include <algorithm>
#include <utility>

namespace charmux::frontend {
namespace {

/// How often clients are looked at that may be dead; more often only for those who are given less time.
constexpr std::chrono::milliseconds kSweep{10'000};

std::chrono::milliseconds sweep_pause(const Overdue& overdue) {
  const auto least = overdue.stalled.count() > 0 ? std::min(overdue.stalled, overdue.dead) : overdue.dead;
  return std::clamp(least / 4, std::chrono::milliseconds(1), kSweep);
}

}  // namespace

Sessions::Sessions(loop::Loop& loop, Log& log, const Settings& settings)
    : loop_(loop), log_(log), settings_(settings), turn_end_(loop, [this] { turn_ends(); }), sweep_(loop, [this] {
        sweep();
      }) {}

void Sessions::add(std::unique_ptr<Connection> connection) {
  sessions_.push_back(std::move(connection));
  if (!sweep_.running()) sweep_.start(sweep_pause(settings_.overdue));
  // It may have expired in its own constructor, before it was here to be found.
  turn_end_.request();
}

bool Sessions::has_room(std::size_t most) {
  if (sessions_.size() < most) return true;
  if (!full_at_) {
    full_at_ = sessions_.size();
    log_.warn("full: {} connected, others are turned away; raise limits.viewers or the limit of open files", *full_at_);
  }
  return false;
}

void Sessions::stop() {
  for (const auto& session : sessions_) session->stop();
}

void Sessions::reconsider() {
  // What one is told may end others, but adds none.
  for (const auto& session : sessions_) session->reconsider();
}

void Sessions::set(const Settings& settings) {
  settings_ = settings;
  if (sweep_.running()) sweep_.start(sweep_pause(settings_.overdue));
}

bool Sessions::all_only_watch() const {
  return !sessions_.empty() && std::all_of(sessions_.begin(), sessions_.end(),
                                           [](const auto& session) { return session->phase() == Phase::watching; });
}

bool Sessions::all_sent() const {
  return std::all_of(sessions_.begin(), sessions_.end(), [](const auto& session) {
    return session->phase() == Phase::leaving || session->phase() == Phase::closed;
  });
}

void Sessions::expire_all(const std::string& reason) {
  for (const auto& session : sessions_) session->end(reason);
}

void Sessions::sweep() {
  for (const auto& session : sessions_) session->check(settings_.overdue);
  if (!sessions_.empty()) sweep_.start(sweep_pause(settings_.overdue));
}

void Sessions::bury(Connection&) { turn_end_.request(); }

void Sessions::call_again(Connection& connection) {
  called_again_.push_back(&connection);
  turn_end_.request();
}

void Sessions::turn_ends() {
  for (Connection* const each : std::exchange(called_again_, {})) each->go_on();
  // Who asked for it meanwhile and is over is not called any more.
  std::erase_if(called_again_, [](const Connection* each) { return each->phase() == Phase::closed; });
  reap();
}

void Sessions::reap() {
  const auto left = std::erase_if(sessions_, [](const auto& session) { return session->phase() == Phase::closed; });
  if (full_at_ && sessions_.size() <= *full_at_ / 2) full_at_.reset();
  if (left > 0 && sessions_.empty() && emptied_) emptied_();
}

}  // namespace charmux::frontend
