// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <random>
#include <string>

#include "backend/backend.hpp"
#include "backend/locator.hpp"
#include "backend/opener.hpp"
#include "charmux/base/units.hpp"
#include "loop/backoff.hpp"
#include "loop/timer.hpp"

namespace charmux::backend {

/// How patient a backend is; the daemon's limits.
struct Patience {
  std::chrono::milliseconds connect_timeout;  ///< a connection that is not made by then counts as held by another.
  std::chrono::milliseconds reopen_first;     ///< the first wait before trying again,
  std::chrono::milliseconds reopen_most;      ///< and the longest.
  /// An answer where the chardev is that has not come by then is asked for again. Above the 30 s after which a monitor
  /// that does not answer is given up, whoever asked it being told.
  std::chrono::milliseconds locate_timeout{35'000};
};

/// The backend of every kind: asks where the chardev is, opens it there, watches it, loses it, and begins again.
/// What was written reaches the guest before it is closed: a socket's other side is told that no more comes, and has a
/// second to read what it has and close.
class Line final : public Backend, private Opener::Owner, private Channel::Owner {
 public:
  Line(loop::Loop& loop, Patience patience, std::unique_ptr<Locator> locator);

  void start(Sink& sink) override;
  [[nodiscard]] net::Io read(BytesSpan room) override;
  void hold(bool held) override;
  [[nodiscard]] net::Io write(BytesView bytes) override;
  [[nodiscard]] std::size_t leftover() const override { return leftover_; }
  [[nodiscard]] bool may_be_queued() const override { return may_be_queued_; }
  [[nodiscard]] std::string_view why_no_input() const override { return why_no_input_; }
  [[nodiscard]] std::string ended_as() const override { return ended_as_; }
  [[nodiscard]] std::string shown() const override { return locator_->shown(); }
  [[nodiscard]] std::optional<PtyDevice> pty() const override { return channel_ ? channel_->pty() : std::nullopt; }
  [[nodiscard]] PortControl* port() override { return channel_ ? channel_->port() : nullptr; }
  void send_break(std::function<void(Status)> answer) override;
  void retry() override;
  void relocate() override;
  void put_down(const std::string& reason) override;
  void reopen(bool force = false) override;
  void stop() override;
  [[nodiscard]] bool stopped() const override { return phase_ == Phase::stopped; }

 private:
  /// What it is about.
  enum class Phase {
    trying,   ///< waits for the next try, or for the outcome of one: an answer (`asking_`), or a connection.
    open,     ///< has the channel and watches it.
    parting,  ///< has said goodbye and waits for the other side to close; then `after_parting_`.
    down,     ///< was put down: leaves it alone.
    stopped,  ///< for good.
  };

  // Opener::Owner
  void opened(std::unique_ptr<Channel> channel, std::size_t leftover) override;
  void failed(State state, const std::string& reason) override;
  void remarked(const std::string& remark) override { sink_->backend_remarks(remark); }
  void worth_a_try() override { retry(); }
  [[nodiscard]] bool has_history() const override { return sink_->has_history(); }

  // Channel::Owner
  void channel_ready(unsigned ready) override;

  [[nodiscard]] bool waits_to_try() const;
  void try_now();
  void located(const Location& location);
  void watch();
  void lose();
  void become(State state, const std::string& reason);
  void part(Phase then);
  void look_whether_parted();
  [[nodiscard]] bool other_side_closed();
  [[nodiscard]] std::list<std::function<void(Status)>> close_channel();
  void timer_fired();

  loop::Loop& loop_;
  const Patience patience_;
  const std::unique_ptr<Locator> locator_;
  std::unique_ptr<Opener> opener_;
  std::optional<address::Backend> opener_at_;
  bool ours_alone_ = false;             ///< what the last Location said.
  std::shared_ptr<const void> asking_;  ///< whose answer is waited for; another's is not heard.

  Sink* sink_ = nullptr;
  Phase phase_ = Phase::trying;
  Phase after_parting_ = Phase::trying;
  MonoTime opened_at_{};
  MonoTime parting_deadline_{};
  bool parting_told_ = false;  ///< the sink knows what follows.
  std::string down_reason_;
  State state_ = State::connecting;
  std::string reason_;
  loop::Backoff backoff_;
  std::minstd_rand random_;
  std::unique_ptr<Channel> channel_;
  std::list<std::function<void(Status)>> breaks_;  ///< who waits for what the channel says of a break.
  loop::Timer timer_;  ///< the next try, the end of patience with an answer, or the next look at who is parted from.
  std::size_t leftover_ = 0;
  bool may_be_queued_ = false;
  std::string why_no_input_;
  std::string ended_as_;
  bool forces_ = false;  ///< the next try may throw somebody out.
  bool held_ = false;
  bool write_blocked_ = false;
  bool lost_ = false;  ///< read() met the end; dealt with when backend_readable() returns.
};

}  // namespace charmux::backend
