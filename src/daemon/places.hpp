// SPDX-License-Identifier: Apache-2.0
#pragma once

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
    bool running = false;  ///< there is a guest that can be seen
  };
  /// That place; made when there is none.
  [[nodiscard]] Place& at(const std::string& source) { return places_[source]; }
  /// Null: there is none.
  [[nodiscard]] const Place* find(const std::string& source) const;
  /// Forgets those where nobody is.
  void drop_empty();

  /// All of all places, each place's together.
  [[nodiscard]] std::vector<Unoffered> unoffered() const;
  struct Listed {
    std::string address;
    std::string state;
  };
  [[nodiscard]] std::vector<Listed> all() const;

 private:
  std::map<std::string, Place> places_;
};

}  // namespace charmux::daemon
