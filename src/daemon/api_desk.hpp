// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "console/directory.hpp"
#include "daemon/roster.hpp"
#include "frontend/api_house.hpp"
#include "frontend/listeners.hpp"

namespace charmux::daemon {

/// The daemon as its API sees it: answers out of what there is, and passes on what is to be done.
class ApiDesk final : public frontend::ApiHouse {
 public:
  /// Reads the configuration again, for that user.
  using Reload = std::function<void(const std::string& user, std::function<void(Status)> done)>;
  ApiDesk(console::Directory& consoles, const Roster& roster, const frontend::Listeners& listeners, Reload reload)
      : consoles_(consoles), roster_(roster), listeners_(listeners), reload_(std::move(reload)) {}

  [[nodiscard]] std::vector<frontend::ConsoleFacts> consoles() override;
  [[nodiscard]] std::optional<frontend::ConsoleFacts> console(const std::string& name) override;
  [[nodiscard]] std::vector<frontend::ViewerFacts> viewers(const std::string& name) override;
  [[nodiscard]] frontend::DaemonFacts daemon() override;
  [[nodiscard]] console::Console* find(const std::string& name) override { return consoles_.find(name); }
  [[nodiscard]] std::optional<frontend::History> history(const std::string& name, std::optional<std::uint64_t> bytes,
                                                         std::optional<std::uint64_t> since) override;
  void send_break(const std::string& name, const std::string& user, std::function<void(Status)> done) override;
  [[nodiscard]] Status put_down(const std::string& name, const std::string& user) override;
  [[nodiscard]] Status reopen(const std::string& name, const std::string& user, bool force) override;
  [[nodiscard]] Status broadcast(const std::string& name, const std::string& user, const std::string& text) override;
  void reload(const std::string& user, std::function<void(Status)> done) override { reload_(user, std::move(done)); }

 private:
  [[nodiscard]] frontend::ConsoleFacts facts_of(console::Console& console) const;

  console::Directory& consoles_;
  const Roster& roster_;
  const frontend::Listeners& listeners_;
  const Reload reload_;
  const WallTime since_ = std::chrono::system_clock::now();
};

}  // namespace charmux::daemon
