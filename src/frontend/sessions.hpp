// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "frontend/connection.hpp"
#include "frontend/telnet_scratch.hpp"
#include "loop/timer.hpp"
#include "loop/turn_end.hpp"

namespace charmux::frontend {

/// All clients' connections of the daemon. Owns them, and destroys those that are over at the end of the turn, when
/// nothing of theirs is on the stack.
class Sessions final : private Keeper {
 public:
  struct Settings {
    std::size_t outbox;                 ///< the most that is owed to a client before it is read no further.
    std::size_t send_queue = 64 * KiB;  ///< the most that waits in a client's kernel queue, in bytes.
    Overdue overdue{std::chrono::milliseconds(0), std::chrono::minutes(5)};
  };
  Sessions(loop::Loop& loop, Log& log, const Settings& settings);

  /// What a session needs to be made.
  [[nodiscard]] Connection::Context context() { return {loop_, log_, *this, settings_.outbox}; }
  [[nodiscard]] net::Stream stream(UniqueFd client) const { return {std::move(client), settings_.send_queue}; }
  [[nodiscard]] TelnetScratch& telnet_scratch() { return telnet_scratch_; }
  void add(std::unique_ptr<Connection> connection);
  [[nodiscard]] std::size_t count() const { return sessions_.size(); }
  /// Whether one more may come where there may be `most`. Warns when it first may not, and again only after half of
  /// them have left.
  [[nodiscard]] bool has_room(std::size_t most);

  /// The configuration has changed: whoever may be here no longer ends.
  void reconsider();
  /// From now on; what is queued for those who are here stays.
  void set(const Settings& settings);

  /// Called at the end of the turn in which the last one there has left.
  void when_empty(std::function<void()> callback) { emptied_ = std::move(callback); }
  /// Whether some are there, and all of them have closed their sending side: those who have gone altogether may look
  /// so.
  [[nodiscard]] bool all_only_watch() const;
  /// After stop(): all have been sent what there was, and only their goodbyes are waited for.
  [[nodiscard]] bool all_sent() const;

  /// charmuxd stops: all are sent what there is and leave.
  void stop();
  /// The time for that is up.
  void expire_all(const std::string& reason);

 private:
  void bury(Connection& connection) override;
  void call_again(Connection& connection) override;
  void turn_ends();
  void reap();
  void sweep();

  loop::Loop& loop_;
  Log& log_;
  Settings settings_;
  TelnetScratch telnet_scratch_;
  std::vector<std::unique_ptr<Connection>> sessions_;
  std::vector<Connection*> called_again_;
  std::function<void()> emptied_;
  std::optional<std::size_t> full_at_;  ///< how many there were when the log was told.
  loop::TurnEnd turn_end_;
  loop::Timer sweep_;
};

}  // namespace charmux::frontend
