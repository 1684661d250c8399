// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "backend/locator.hpp"
#include "charmux/base/log.hpp"
#include "charmux/config/config.hpp"
#include "discovery/libvirts.hpp"
#include "discovery/qmp_source.hpp"
#include "loop/loop.hpp"

namespace charmux::daemon {

/// All that the configuration names as sources of guests, as one: monitors, and each libvirt URI. For the loop's
/// thread.
class Sources final : public discovery::Source {
 public:
  Sources(const config::Config& config, loop::Loop& loop, Log& log, discovery::Sink& sink);
  ~Sources() override = default;

  void start() override;
  /// `guest` is the source of a guest, as that was told.
  void locate(const std::string& guest, const std::string& label, bool force,
              std::function<void(discovery::Located)> answer) override;
  void send_break(const std::string& guest, const std::string& label, std::function<void(Status)> answer) override;

  /// The place of a configured console.
  [[nodiscard]] std::unique_ptr<backend::Locator> place_of(const address::Backend& backend);
  /// See Libvirts.
  [[nodiscard]] bool end() { return libvirts_.end(); }

 private:
  [[nodiscard]] discovery::Source& of(const std::string& guest);

  discovery::QmpSource qmp_;
  discovery::Libvirts libvirts_;
};

}  // namespace charmux::daemon
