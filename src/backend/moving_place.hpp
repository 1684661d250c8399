// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "backend/locator.hpp"

namespace charmux::backend {

/// A place that may become another one, as the address of a configured console does. Owned by its Line, which is to
/// relocate() after each move; what the place before still answers counts no more then.
class MovingPlace final : public Locator {
 public:
  explicit MovingPlace(std::unique_ptr<Locator> at) : at_(std::move(at)) {}
  void move_to(std::unique_ptr<Locator> at) { at_ = std::move(at); }

  void locate(std::function<void(Location)> answer) override { at_->locate(std::move(answer)); }
  void force() override { at_->force(); }
  [[nodiscard]] std::string shown() const override { return at_->shown(); }
  [[nodiscard]] bool has_break() const override { return at_->has_break(); }
  void send_break(std::function<void(Status)> answer) override { at_->send_break(std::move(answer)); }

 private:
  std::unique_ptr<Locator> at_;
};

}  // namespace charmux::backend
