// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "backend/locator.hpp"
#include "charmux/address/backend_address.hpp"

namespace charmux::test {

/// What every backend has to stand, whatever its kind. Beside each, what has to be seen.
enum class Scenario {
  open,           ///< not there at first: waited for, with a reason; then it is, and bytes go both ways.
  flood,          ///< 4 MiB as fast as they are taken: all, in order.
  turns,          ///< much has come, and little is read at a time: the loop goes on between two reads.
  silence,        ///< nothing is said: the loop rests, and it stays open.
  peer_closes,    ///< an orderly end: the last words are read, then it is closed, with a reason.
  peer_vanishes,  ///< it dies: closed, with a reason.
  half_open,      ///< it says that it will say no more: what it said is read; what then is the kind's own matter.
  reopen,         ///< it is there again after its end; and it is let go and taken back when told.
  all_bytes,      ///< 0 to 255, in pairs, unchanged both ways.
  back_pressure,  ///< it does not read: less is taken, the loop rests; when it reads, all arrives in order.
  send_break,     ///< a break between what is typed before and behind it; or the reason why there is none.
};

/// The far side of one kind of backend: a VM, device or server that a test plays. It never waits.
class Peer {
 public:
  virtual ~Peer() = default;

  /// The address of its console; the same all its life.
  [[nodiscard]] virtual address::Backend at() const = 0;
  /// The place that says so, where it says more.
  [[nodiscard]] virtual std::unique_ptr<backend::Locator> locator() {
    return std::make_unique<backend::FixedPlace>(at());
  }
  /// Lets itself be opened (listens, makes its pty, connects, ...): first, and again after close() and vanish().
  virtual void come_up() = 0;
  /// Moves what can be moved now. In whatever a test waits for, this is called again and again.
  virtual void poll() = 0;
  /// It knows that its console is open.
  [[nodiscard]] virtual bool connected() const = 0;
  /// Prints this, as it is taken.
  virtual void say(std::string_view bytes) = 0;
  /// What has been typed into it so far.
  [[nodiscard]] virtual const std::string& heard() const = 0;
  /// From now on poll() reads what is typed, or does not; at first it does.
  virtual void read_input(bool reads) = 0;
  /// Ends in order, when all that it was to say is on its way.
  virtual void close() = 0;
  /// Whether its end throws away what was not read yet, as the kernel does with a pty's.
  [[nodiscard]] virtual bool end_discards() const { return false; }
  /// Dies without a goodbye.
  virtual void vanish() = 0;
  /// Says that it will say no more, and reads on.
  virtual void half_close() = 0;
  /// Whether half_close() is the end to this kind; else its console stays open.
  [[nodiscard]] virtual bool half_close_ends() const { return true; }
  /// How many breaks it was sent; nullopt: this kind carries none, which its console says.
  [[nodiscard]] virtual std::optional<int> breaks() const { return std::nullopt; }
  /// Why a scenario does not apply to this kind; empty: it does.
  [[nodiscard]] virtual std::string_view not_applicable(Scenario) const { return {}; }
  /// Bytes that the back-pressure scenario types: more than all queues on the way hold.
  [[nodiscard]] virtual std::size_t too_much_input() const { return std::size_t{16} * 1024 * 1024; }
};

}  // namespace charmux::test
