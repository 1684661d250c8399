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
  /// Where guests are looked for has changed, or what is wanted of them: all that is there is told again. What a source
  /// told that is no more, the sink forgets by itself.
  void change(const config::Config& before, const config::Config& now);
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

  loop::Loop& loop_;
  Log& log_;
  discovery::Sink& sink_;
  std::unique_ptr<discovery::QmpSource> qmp_;
  discovery::Libvirts libvirts_;
};

}  // namespace charmux::daemon
