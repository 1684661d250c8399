// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "backend/backend.hpp"
#include "backend/opener.hpp"
#include "charmux/address/backend_address.hpp"

namespace charmux::backend {

/// Where a chardev is just now.
struct Location {
  State state = State::open;           ///< open: it can be opened at `at`; else what the console is instead.
  std::optional<address::Backend> at;  ///< there when `state` is open and there is no `opener`.
  std::string reason;                  ///< empty when open.
  bool ours_alone = false;             ///< it is known that no other client is connected to it.
  /// Makes what opens it, where the table of kinds does not know how; then `at` is not looked at.
  std::function<std::unique_ptr<Opener>(Opener::Owner&)> opener = {};
};

/// Says where a chardev is, each time before it is opened, and speaks to its guest beside it. Owned by one Line.
class Locator {
 public:
  virtual ~Locator() = default;
  /// `answer` is called once, perhaps from inside this; it may outlive who asked, who sees to that.
  virtual void locate(std::function<void(Location)> answer) = 0;
  /// The next opening may throw out whoever has it through libvirt.
  virtual void force() {}
  /// The address for people; what is known of it while it cannot be opened.
  [[nodiscard]] virtual std::string shown() const = 0;
  /// Whether breaks have a way of their own beside the chardev. Then send_break() is asked.
  [[nodiscard]] virtual bool has_break() const { return false; }
  /// The same as for locate(). Error: why the guest got none.
  virtual void send_break(std::function<void(Status)> answer) = 0;
};

/// The locator of a configured console: always the same address.
class FixedPlace final : public Locator {
 public:
  explicit FixedPlace(address::Backend at) : at_(std::move(at)) {}
  void locate(std::function<void(Location)> answer) override { answer({State::open, at_, {}, false}); }
  [[nodiscard]] std::string shown() const override { return address::to_text(at_); }
  void send_break(std::function<void(Status)>) override {}

 private:
  const address::Backend at_;
};

}  // namespace charmux::backend
