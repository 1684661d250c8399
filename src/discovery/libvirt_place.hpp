// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "backend/locator.hpp"
#include "discovery/libvirt_source.hpp"

namespace charmux::discovery {

/// The place of a console that is configured as one of a libvirt domain (`libvirt:alpha/serial1`). Owned by its Line;
/// the source outlives it.
class LibvirtPlace final : public backend::Locator {
 public:
  LibvirtPlace(LibvirtSource& source, address::Libvirt at) : source_(source), at_(std::move(at)) {}

  void locate(std::function<void(backend::Location)> answer) override;
  void force() override { force_ = true; }
  [[nodiscard]] std::string shown() const override { return address::to_text(at_); }
  [[nodiscard]] bool has_break() const override { return true; }
  void send_break(std::function<void(Status)> answer) override;

 private:
  LibvirtSource& source_;
  const address::Libvirt at_;
  bool force_ = false;
};

}  // namespace charmux::discovery
