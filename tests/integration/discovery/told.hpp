// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "discovery/qmp_source.hpp"
#include "emulated_qemu.hpp"
#include "kit/world.hpp"

namespace charmux::test {

/// A source of guests in a folder of the test's own, and all that it has told.
class Discovery : public discovery::Sink {
 public:
  /// Looks every 20 ms; a monitor that does not greet at once is busy after `greeting`.
  explicit Discovery(std::chrono::milliseconds greeting = std::chrono::seconds(20)) {
    settings.poll = std::chrono::milliseconds(20);
    settings.greeting = greeting;
    settings.reopen_most = std::chrono::milliseconds(50);
    settings.walk = std::chrono::milliseconds(0);
  }

  void start(std::vector<std::string> patterns) {
    settings.patterns = std::move(patterns);
    source = std::make_unique<discovery::QmpSource>(world.loop, settings, world.log, *this);
    source->start();
    CHECK(told.empty());
  }

  void guest_is(const discovery::Guest& guest) override {
    ++times_told[guest.source];
    guests[guest.source] = guest;
    told.push_back("is " + guest.name);
  }
  void guest_happened(const std::string&, discovery::Happening happening) override {
    told.emplace_back(text_of(happening));
  }
  void guest_ended(const std::string& from) override {
    told.push_back("ended " + guests.at(from).name);
    guests.erase(from);
  }
  void guest_hidden(const std::string& from, const std::string& name, const std::string& reason) override {
    told.push_back("hidden " + name + ": " + reason);
    reason.empty() ? hidden.erase(from) : (hidden[from] = reason, std::size_t{});
  }

  template <class Predicate>
  void run_until(const char* what, Predicate holds) {
    world.run_until(what, [&] {
      for (const auto& qemu : qemus) qemu->poll();
      return holds();
    });
  }
  void run_until_told(const std::string& text) {
    CAPTURE(text);
    run_until("it is told", [&] { return tells(text) > 0; });
  }
  /// Lets one QEMU be looked at twice more.
  void let_look_at(std::size_t number) {
    const int before = qemus[number]->count("query-chardev");
    run_until("it was looked at", [&] { return qemus[number]->count("query-chardev") >= before + 2; });
  }
  /// The same for each that is there.
  void let_look() {
    std::vector<int> before;
    for (const auto& qemu : qemus) before.push_back(qemu->count("query-chardev"));
    run_until("all were looked at", [&] {
      for (std::size_t at = 0; at < qemus.size(); ++at) {
        if (qemus[at]->count("query-chardev") < before[at] + 2) return false;
      }
      return true;
    });
  }
  [[nodiscard]] long tells(const std::string& text) const { return std::count(told.begin(), told.end(), text); }

  EmulatedQemu& boot(const std::string& file, const std::string& name = "alpha") {
    qemus.push_back(std::make_unique<EmulatedQemu>(world.directory / file, name));
    qemus.back()->add_serial(0, "/dev/pts/7");
    return *qemus.back();
  }
  [[nodiscard]] std::string at(std::string_view file) const { return world.directory / file; }

  discovery::Located locate(const std::string& file, const std::string& label) {
    std::unique_ptr<discovery::Located> found;
    source->locate(at(file), label, false, [&](discovery::Located located) {
      found = std::make_unique<discovery::Located>(std::move(located));
    });
    CHECK_FALSE(found);
    run_until("it is located", [&] { return found != nullptr; });
    return *found;
  }

  World world;
  discovery::QmpSource::Settings settings;
  std::vector<std::unique_ptr<EmulatedQemu>> qemus;
  std::unique_ptr<discovery::QmpSource> source;
  std::vector<std::string> told;
  std::map<std::string, discovery::Guest> guests;
  std::map<std::string, std::string> hidden;
  std::map<std::string, int> times_told;
};

}  // namespace charmux::test
