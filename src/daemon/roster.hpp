// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "charmux/base/log.hpp"
#include "charmux/config/config.hpp"
#include "charmux/config/match.hpp"
#include "console/directory.hpp"
#include "console/fanout.hpp"
#include "daemon/found_place.hpp"
#include "daemon/histories.hpp"
#include "daemon/registry_saver.hpp"
#include "discovery/guest.hpp"
#include "discovery/qmp_source.hpp"
#include "frontend/listeners.hpp"

namespace charmux::daemon {

/// Which consoles there are: those of the configuration, those that are remembered, and those that sources find. Makes
/// each a Console with its name and number for life, and lists what is not offered. For the loop's thread.
class Roster final : private discovery::Sink {
 public:
  Roster(const config::Config& config, loop::Loop& loop, Log& log, console::Fanout& fanout,
         console::Directory& consoles, frontend::Listeners& listeners);
  ~Roster() override;

  /// Makes the configured and the remembered consoles. Error: a history cannot be kept, with the reason.
  [[nodiscard]] Status prepare();
  /// Opens them, and begins to look for more.
  void start();
  /// Takes in no more, and puts the last of what is remembered on the disk; stopped() when it is there.
  void stop();
  [[nodiscard]] bool stopped() const { return saver_.idle(); }

  /// What is there and not offered: a chardev that is no console, a monitor that lets nobody look.
  struct Unoffered {
    std::string name;
    std::string backend;
    std::string state;  ///< "refused", or "waiting" where it may change by itself
    std::string reason;
  };
  [[nodiscard]] std::vector<Unoffered> unoffered() const;
  /// Each source that is known, and how it is: "running", "monitor busy", ...
  struct SourceState {
    std::string address;
    std::string state;
  };
  [[nodiscard]] std::vector<SourceState> sources() const;

 private:
  /// A discovered console.
  struct Member {
    std::shared_ptr<Finding> finding;
    console::Console* console;
  };
  /// A place where guests are found, by its name there.
  struct Place {
    std::string hidden_as;  ///< what people call it while `state` says why it is hidden
    std::string state;
    std::vector<std::string> keys;  ///< of its guest's consoles
    std::vector<Unoffered> unoffered;
  };

  // discovery::Sink
  void guest_is(const discovery::Guest& guest) override;
  void guest_happened(const std::string& source, discovery::Happening happening) override;
  void guest_ended(const std::string& source) override;
  void guest_hidden(const std::string& source, const std::string& name, const std::string& reason) override;

  [[nodiscard]] Status make_fixed(const config::Console& each);
  void recall(const Registry::Entry& entry);
  /// What a chardev of a guest is made to be: a console, or a line that says why it is none.
  void take_in(const discovery::Guest& guest, const discovery::Chardev& chardev, Place& place);
  [[nodiscard]] std::string key_of(const discovery::Guest& guest, const discovery::Chardev& chardev) const;
  /// The member whose entry that is now: it may have been known by another key, or have to be made. Null: its history
  /// cannot be kept, which the log says.
  [[nodiscard]] Member* member_of(const Registry::Entry& entry);
  [[nodiscard]] Result<console::Console*> add_console(const std::string& name, std::uint64_t size, std::uint64_t replay,
                                                      std::unique_ptr<backend::Locator> locator);
  /// Gives every console the name and number that the registry has for it.
  void follow_registry(const Registry::Told& told);
  [[nodiscard]] const config::Discover* discover_of(const std::string& source) const;

  const config::Config& config_;
  loop::Loop& loop_;
  Log& log_;
  console::Fanout& fanout_;
  console::Directory& consoles_;
  frontend::Listeners& listeners_;
  Histories histories_;
  Registry registry_;
  RegistrySaver saver_;
  const std::unique_ptr<discovery::QmpSource> qmp_;
  std::map<std::string, Member> members_;  ///< by key
  std::map<std::string, Place> places_;    ///< by source
  enum class Phase { preparing, running, stopping };
  Phase phase_ = Phase::preparing;  ///< consoles that are made while running are opened at once.
};

}  // namespace charmux::daemon
