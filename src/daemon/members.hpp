// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "charmux/base/log.hpp"
#include "charmux/config/config.hpp"
#include "console/directory.hpp"
#include "console/fanout.hpp"
#include "daemon/found_place.hpp"
#include "daemon/histories.hpp"
#include "daemon/journals.hpp"
#include "daemon/records.hpp"
#include "daemon/registry.hpp"
#include "daemon/retired.hpp"
#include "daemon/sources.hpp"
#include "frontend/listeners.hpp"

namespace charmux::daemon {

/// Makes consoles, and keeps those that were discovered, by the registry's keys: each with what is known of its
/// chardev. Gives them the names and numbers that the registry has for them. For the loop's thread.
/// `opened`: called each time that the backend of one is open.
class Members {
 public:
  struct Member {
    std::shared_ptr<Finding> finding;
    console::Console* console;
  };
  /// What the configuration says of one console: see config::Console.
  struct Settings {
    std::uint64_t size;
    std::uint64_t replay;
    std::chrono::milliseconds max_guest_pause;
    std::string log;
    config::Typing typing;
  };
  Members(const config::Config& config, loop::Loop& loop, Log& log, console::Fanout& fanout,
          console::Directory& consoles, frontend::Listeners& listeners, Sources& sources, Records& records,
          std::function<void(const console::Console&)> opened);

  /// Consoles that are there are opened, and those that are made from now on at once.
  void start();

  /// A console that is no member: a configured one. Error: its history cannot be kept.
  [[nodiscard]] Result<console::Console*> add(const Registry::Entry& entry, const Settings& settings,
                                              std::unique_ptr<backend::Locator> locator);
  /// Null: there is none of that key.
  [[nodiscard]] Member* find(const std::string& key);
  [[nodiscard]] const Member* find(const std::string& key) const;
  /// The member whose entry that is now: it may have been known by another key, or have to be made. Null: its history
  /// cannot be kept, which the log says.
  [[nodiscard]] Member* of(const Registry::Entry& entry);
  /// Gives the consoles of changed entries the name and number that the registry has for them now.
  void follow(const Registry& registry, const Registry::Told& told);
  /// That console, and its history, will not be asked for any more.
  void forget(const Registry::Entry& entry);
  /// That console is not wanted any more, for now: its viewers are told, and its history is kept. It is no member from
  /// here on, and soon no console: see Retired.
  void retire(console::Console& console);
  [[nodiscard]] Retired& retired() { return retired_; }
  /// The configuration says this of it now; it does not change the size or the pause. `log` was `logged` until now.
  void configure(console::Console& console, const Settings& settings, const std::string& logged);
  /// The same for all members; `before`: the configuration until now.
  void configure_all(const Registry& registry, const config::Config& before);

  [[nodiscard]] std::map<std::string, Member>& all() { return members_; }
  [[nodiscard]] const std::map<std::string, Member>& all() const { return members_; }
  [[nodiscard]] Histories& histories() { return histories_; }
  [[nodiscard]] Journals& journals() { return journals_; }
  [[nodiscard]] bool started() const { return started_; }

 private:
  void keep_log(console::Console& console, const std::string& path);

  const config::Config& config_;
  loop::Loop& loop_;
  Log& log_;
  console::Fanout& fanout_;
  console::Directory& consoles_;
  frontend::Listeners& listeners_;
  Sources& sources_;
  Records& records_;
  const std::function<void(const console::Console&)> opened_;
  Histories histories_;
  Journals journals_;
  Retired retired_;
  std::map<std::string, Member> members_;  ///< by key
  bool started_ = false;
};

}  // namespace charmux::daemon
