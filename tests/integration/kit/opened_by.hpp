// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "backend/locator.hpp"

namespace charmux::test {

using MakeOpener = std::function<std::unique_ptr<backend::Opener>(backend::Opener::Owner&)>;

/// A place that brings its own opener, as those of libvirt do.
class OpenedBy final : public backend::Locator {
 public:
  explicit OpenedBy(MakeOpener make) : make_(std::move(make)) {}
  void locate(std::function<void(backend::Location)> answer) override {
    backend::Location location;
    location.opener = make_;
    answer(std::move(location));
  }
  [[nodiscard]] std::string shown() const override { return "somewhere"; }
  void send_break(std::function<void(Status)>) override {}

 private:
  const MakeOpener make_;
};

}  // namespace charmux::test
