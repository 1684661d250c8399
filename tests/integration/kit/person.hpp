// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kit/house.hpp"

namespace charmux::test {

/// A viewer of a house's console without a client: what it is told is written down, what it types is typed at once.
class Person final : private console::Wire {
 public:
  Person(House& house, const std::string& name, console::ViewerSettings settings = {}) : house_(house) {
    viewer_.emplace(house.console, static_cast<console::Wire&>(*this), settings,
                    console::ViewerOrigin{"10.0.0.1:4000", "a door", name});
  }
  static console::ViewerSettings with(config::WriterMode mode) {
    console::ViewerSettings settings;
    settings.writer = mode;
    return settings;
  }

  [[nodiscard]] console::Viewer& viewer() { return *viewer_; }
  [[nodiscard]] bool type(std::string_view text) { return house_.console.type(*viewer_, as_bytes(text)); }
  [[nodiscard]] console::PenAnswer ask() { return house_.console.ask_for_pen(*viewer_); }
  void leave() { viewer_.reset(); }

  /// The notices behind the line that it was greeted with, without brackets and prefix.
  [[nodiscard]] const std::vector<std::string>& told() const { return told_; }
  [[nodiscard]] long times_told(std::string_view text) const { return std::count(told_.begin(), told_.end(), text); }
  [[nodiscard]] const std::string& greeting() const { return greeting_; }
  void wait_told(std::string_view text) {
    house_.run_until(("a person is told: " + std::string(text)).c_str(), [&] { return times_told(text) > 0; });
  }
  /// How often it was said that its socket may be read again.
  [[nodiscard]] int may_go_on() const { return may_go_on_; }

 private:
  Sent send(BytesView bytes, std::uint64_t) override { return {bytes.size(), false}; }
  void tell(std::string_view notice, bool) override {
    const std::string text(notice.substr(10, notice.size() - 11));  // [charmux: ...]
    if (greeting_.empty())
      greeting_ = text;
    else if (text != "live")
      told_.push_back(text);
  }
  bool flush() override { return true; }
  void input_may_go_on() override { ++may_go_on_; }
  void finished() override {}
  void expire(const std::string&) override {}

  House& house_;
  std::string greeting_;
  std::vector<std::string> told_;
  int may_go_on_ = 0;
  std::optional<console::Viewer> viewer_;
};

}  // namespace charmux::test
