// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "loop/timer.hpp"

namespace charmux::console {

class Viewer;

/// Tells a console's viewers who else comes and goes, and who has the pen now, each only what is new to it. Of a crowd
/// they hear once every kPause, in sum: the first news are told at once, what follows waits. A member of its console.
/// For the loop's thread.
class Comings {
 public:
  static constexpr std::chrono::milliseconds kPause{1000};

  /// `viewers` are the console's, the oldest first.
  Comings(loop::Loop& loop, const std::vector<Viewer*>& viewers);

  /// It is among the viewers now, and knows what there is to know.
  void came(const Viewer& viewer);
  /// It is no more.
  void left(const Viewer& viewer);
  /// Who has the pen; null: nobody.
  void has_pen(const Viewer* viewer) { writer_ = viewer; }
  /// Tells what has happened, now or when the pause is over.
  void tell();

 private:
  void tell_now();
  [[nodiscard]] std::string news_for(const Viewer& viewer) const;

  const std::vector<Viewer*>& viewers_;
  const Viewer* writer_ = nullptr;
  std::vector<std::uint64_t> came_;  ///< their ids, which grow.
  std::vector<std::uint64_t> left_;  ///< of each the newest id when it left: who came later does not know of it.
  std::string last_came_;            ///< who that was
  std::string last_left_;
  std::uint64_t newest_ = 0;
  loop::Timer pause_;
};

}  // namespace charmux::console
