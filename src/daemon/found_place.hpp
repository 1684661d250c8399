// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "backend/locator.hpp"
#include "discovery/qmp_source.hpp"

namespace charmux::daemon {

/// What is known of a discovered chardev, kept up to date by the roster and read by its place.
struct Finding {
  enum class Guest { ended, running, without_it };
  Guest guest = Guest::ended;
  std::string source;        ///< where its guest is, or was
  std::string label;         ///< QEMU's name for it there
  std::string shown;         ///< its address for people
  std::string why_no_break;  ///< empty: a break reaches the guest
};

/// The place of a discovered console: asks its guest's QEMU before each opening, since a pty's number or a socket's
/// port may be another guest's by then, and sends breaks that way.
class FoundPlace final : public backend::Locator {
 public:
  FoundPlace(std::shared_ptr<const Finding> finding, discovery::QmpSource& source)
      : finding_(std::move(finding)), source_(source) {}

  void locate(std::function<void(backend::Location)> answer) override;
  [[nodiscard]] std::string shown() const override { return finding_->shown; }
  [[nodiscard]] bool has_break() const override { return true; }
  void send_break(std::function<void(Status)> answer) override;

 private:
  const std::shared_ptr<const Finding> finding_;
  discovery::QmpSource& source_;
};

}  // namespace charmux::daemon
