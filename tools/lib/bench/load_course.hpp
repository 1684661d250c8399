// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "load_chardev.hpp"
#include "load_options.hpp"
#include "load_pattern.hpp"
#include "load_poller.hpp"
#include "load_records.hpp"
#include "load_report.hpp"
#include "load_storm.hpp"
#include "load_viewers.hpp"

namespace bench {

/// One measurement from its beginning to its end: the guest and all viewers, in one thread, so that they share one CPU
/// without a scheduler's doing.
class Course {
 public:
  explicit Course(const Options& options);
  /// Returns what was measured, as JSON.
  [[nodiscard]] std::string run();

 private:
  void attach();
  void connect_all();
  void mark();
  void measure();
  void finish();

  /// Goes on until done() says so; fails after the deadline, with what say() says of how far it came.
  template <typename Done, typename Say>
  void until(Done&& done, Say&& say);
  /// What happens within `most`.
  void turn(Nanoseconds most);
  void chardev_ready(std::uint32_t events);
  /// Prints what is due, and returns when the next is.
  [[nodiscard]] Nanoseconds print(Nanoseconds time);
  [[nodiscard]] Nanoseconds flood(Nanoseconds time);
  [[nodiscard]] Nanoseconds print_record(Nanoseconds time);
  [[nodiscard]] Moment moment() const;

  const Options& options_;
  std::string pid_;
  Poller poller_;
  Chardev chardev_;
  Pattern pattern_;
  std::optional<RecordBook> records_;
  Viewers viewers_;
  std::optional<Stormers> stormers_;
  Outcome outcome_;
  bool writable_ = false;
  std::string_view rest_;  ///< of a record that was taken in part
  Nanoseconds record_due_ = 0;
};

}  // namespace bench
