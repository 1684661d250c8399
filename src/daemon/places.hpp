// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace charmux::daemon {

/// What is there and not offered: a chardev that is no console, a monitor that lets nobody look.
struct Unoffered {
  std::string name;
  std::string backend;
  std::string state;  ///< "refused", or "waiting" where it may change by itself
  std::string reason;
};

/// The places where guests are found, by their sources' names for them, and what is known of each. A value.
class Places {
 public:
  struct Place {
    std::string state;              ///< "running", "paused", "monitor busy", ...; empty: nobody is there
    std::vector<std::string> keys;  ///< of its guest's consoles
    std::vector<Unoffered> unoffered;
    bool running = false;  ///< there is a guest that can be seen, perhaps shut off
    std::string uuid{};    ///< the guest's
  };
  /// That place; made when there is none.
  [[nodiscard]] Place& at(const std::string& source) { return places_[source]; }
  /// Null: there is none.
  [[nodiscard]] const Place* find(const std::string& source) const;
  void forget_those(const std::function<bool(const std::string& source)>& which);
  /// Forgets those where nobody is.
  void drop_empty();
  /// The sources of guests that a libvirt connection told of.
  [[nodiscard]] std::vector<std::string> behind(const std::string& uri) const;
  /// The libvirt source that shows the guest of that UUID; empty: none does.
  [[nodiscard]] std::string libvirt_with(const std::string& uuid) const;
  /// The monitors that show it.
  [[nodiscard]] std::vector<std::string> monitors_with(const std::string& uuid) const;

  /// All of all places, each place's together.
  [[nodiscard]] std::vector<Unoffered> unoffered() const;
  struct Listed {
    std::string address;
    std::string state;
  };
  /// Each monitor with its guest's state, each libvirt connection with how many guests are behind it.
  [[nodiscard]] std::vector<Listed> all() const;

 private:
  [[nodiscard]] std::string counted(const std::string& uri, const std::string& state) const;
  std::map<std::string, Place> places_;
};

}  // namespace charmux::daemon
