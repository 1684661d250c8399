// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "backend/locator.hpp"
#include "discovery/guest.hpp"
#include "discovery/location.hpp"
#include "hypervisor/qmp_client.hpp"

namespace charmux::daemon {

/// What is known of a discovered chardev, kept up to date by the roster, and by its place when that sees that the
/// chardev has closed.
struct Finding {
  enum class Guest {
    unknown,     ///< remembered, and not seen since
    running,     ///< seen, and it has the chardev
    hidden,      ///< something is there that cannot be looked at: `reason`
    unseen,      ///< its monitor is gone, its chardev is still open
    without_it,  ///< it is there, and has the chardev no more
    shut_off,    ///< its source knows that it is there and does not run
    undefined,   ///< its source knows that it is there no more
    ended,
  };
  Guest guest = Guest::unknown;
  std::string source;        ///< where its guest is, or was
  std::string label;         ///< QEMU's name for it there
  std::string shown;         ///< its address for people
  std::string why_no_break;  ///< empty: a break reaches the guest
  bool own_break = false;    ///< by the chardev itself
  std::string reason;        ///< of hidden
};

/// The place of a discovered console: asks its source before each opening, since a pty's number or a socket's
/// port may be another guest's by then, and sends breaks that way.
class FoundPlace final : public backend::Locator {
 public:
  FoundPlace(std::shared_ptr<Finding> finding, discovery::Source& source)
      : finding_(std::move(finding)), source_(source) {}

  /// Whether what hides a guest passes by itself: another client leaves its monitor, or QEMU goes on.
  [[nodiscard]] static bool is_busy(std::string_view reason) {
    return reason == "monitor busy" || reason == hypervisor::kNoAnswer || reason.starts_with(discovery::kOutOfReach);
  }

  void locate(std::function<void(backend::Location)> answer) override;
  [[nodiscard]] std::string shown() const override { return finding_->shown; }
  void force() override { force_ = true; }
  [[nodiscard]] bool has_break() const override { return !finding_->own_break; }
  void send_break(std::function<void(Status)> answer) override;

 private:
  const std::shared_ptr<Finding> finding_;
  discovery::Source& source_;
  bool force_ = false;
};

}  // namespace charmux::daemon
