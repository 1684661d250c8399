// SPDX-License-Identifier: Apache-2.0
#include "frontend/sessions.hpp"

namespace charmux::frontend {

Sessions::Sessions(loop::Loop& loop, Log& log, std::size_t outbox)
    : loop_(loop), log_(log), outbox_(outbox), turn_end_(loop, [this] { reap(); }) {}

void Sessions::add(std::unique_ptr<Connection> connection) {
  sessions_.push_back(std::move(connection));
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

void Sessions::expire_all(const std::string& reason) {
  for (const auto& session : sessions_) session->end(reason);
}

void Sessions::bury(Connection&) { turn_end_.request(); }

void Sessions::reap() {
  std::erase_if(sessions_, [](const auto& session) { return session->phase() == Phase::closed; });
  if (full_at_ && sessions_.size() <= *full_at_ / 2) full_at_.reset();
}

}  // namespace charmux::frontend
