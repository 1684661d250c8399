// SPDX-License-Identifier: Apache-2.0
#include "load_course.hpp"

#include <algorithm>
#include <iostream>

#include "load_process.hpp"

namespace bench {
namespace {

constexpr Nanoseconds kMillisecond = kSecond / 1000;
/// How often a port that does not answer yet is tried, and a chardev that takes nothing: not every kernel tells of room
/// in a pty.
constexpr Nanoseconds kRetry = kMillisecond;
/// How long nothing has to come to viewers that may miss bytes before they have all they will get.
constexpr Nanoseconds kQuiet = kSecond / 2;
/// Viewers that connect in a row before what came to the others is looked at.
constexpr std::size_t kConnectsATurn = 64;

/// What the guest prints at once when it floods. More grows cold in the caches before the multiplexer reads it.
constexpr std::size_t kPrint = std::size_t{128} * 1024;

std::optional<RecordBook> book_for(const Options& options) {
  if (!options.records) return {};
  const double most = options.records->rate * (options.warm_up + options.seconds) * 1.1 + 100;
  return std::optional<RecordBook>(std::in_place, options.records->size, options.viewers,
                                   static_cast<std::size_t>(most));
}

}  // namespace

Course::Course(const Options& options)
    : options_(options),
      pid_(options.pid),
      chardev_(options.chardev),
      pattern_(options.output, options.telnet),
      records_(book_for(options)),
      viewers_(options, pattern_, records_ && !options.gaps ? &*records_ : nullptr, poller_) {
  if (options.storm) stormers_.emplace(options, poller_);
  outcome_.gaps = options.gaps;
  poller_.add(chardev_.fd(), Kind::chardev, 0, true);
}

std::string Course::run() {
  std::cout << "listening" << std::endl;
  if (pid_ == "-") std::getline(std::cin, pid_);
  outcome_.cpu = !pid_.empty();
  attach();
  mark();
  std::cout << "attached" << std::endl;
  measure();
  finish();
  std::string json = "{" + members(outcome_);
  if (records_) {
    json += ", \"latency_us\": " + microseconds(records_->latencies());
    json += ", \"last_us\": " + microseconds(records_->lasts());
  }
  if (stormers_)
    json += fmt::format(R"(, "storm": {{"came": {}, "turned_away": {}, "served_us": {}}})", stormers_->came(),
                        stormers_->turned_away(), microseconds(stormers_->served()));
  return json + "}";
}

template <typename Done, typename Say>
void Course::until(Done&& done, Say&& say) {
  const Nanoseconds deadline = now() + kDeadline;
  while (!done()) {
    if (now() > deadline) fail("in {} s {}", kDeadline / kSecond, say());
    turn(kRetry);
  }
}

void Course::attach() {
  connect_all();
  const Nanoseconds began = now();
  // One line end reaches all who are attached; not so many that a thousand viewers' are a flood.
  const Nanoseconds pause = std::max(5 * kMillisecond, static_cast<Nanoseconds>(viewers_.wanted()) * 20'000);
  Nanoseconds due = began;
  until(
      [&] {
        if (viewers_.attached() == viewers_.wanted()) return true;
        if (chardev_.open() && now() >= due && chardev_.print("\n") == 1) due = now() + pause;
        return false;
      },
      [&] {
        return fmt::format("{} of {} viewers were attached (had a byte, and with telnet BINARY)", viewers_.attached(),
                           viewers_.wanted());
      });
  outcome_.attached = outcome_.connected + now() - began;
}

void Course::connect_all() {
  until([&] { return viewers_.wanted() == 0 || viewers_.connect_one(); },
        [&] { return fmt::format("port {} did not answer", options_.port); });
  const Nanoseconds began = now();
  while (viewers_.connected() < viewers_.wanted()) {
    if (!viewers_.connect_one()) fail("viewer {} was refused", viewers_.connected());
    if (viewers_.connected() % kConnectsATurn == 0) turn(0);
  }
  outcome_.connected = now() - began;
}

void Course::mark() {
  std::string_view rest = kMarker;
  until(
      [&] {
        if (chardev_.open()) rest.remove_prefix(rest.empty() ? 0 : chardev_.print(rest));
        return rest.empty() && viewers_.begun() == viewers_.wanted();
      },
      [&] { return fmt::format("{} of {} viewers had the marker", viewers_.begun(), viewers_.wanted()); });
}

void Course::measure() {
  const Nanoseconds start = now();
  const Nanoseconds begin = start + from_seconds(options_.warm_up);
  const Nanoseconds end = begin + from_seconds(options_.seconds);
  bool begun = false;
  writable_ = true;
  record_due_ = start;
  if (stormers_) stormers_->begin(start);
  for (Nanoseconds time = start; time < end; time = now()) {
    if (!begun && time >= begin) {
      begun = true;
      outcome_.first = moment();
      if (records_) records_->begin();
    }
    Nanoseconds next = std::min(print(time), begun ? end : begin);
    if (stormers_) {
      stormers_->come(time);
      next = std::min(next, stormers_->due());
    }
    turn(next - now());
  }
  outcome_.last = moment();
  if (stormers_) stormers_->end();
}

void Course::finish() {
  const auto rests_done = [&] {
    if (!rest_.empty()) (void)print_record(now());
    viewers_.read_rest();
    return rest_.empty();
  };
  if (!options_.gaps) {
    until([&] { return rests_done() && viewers_.all_have(outcome_.printed); },
          [&] { return viewers_.who_lacks(outcome_.printed); });
    outcome_.received = viewers_.received();
    return;
  }
  Nanoseconds quiet_since = now();
  until(
      [&] {
        std::vector<std::uint64_t> received = viewers_.received();
        if (received != outcome_.received) quiet_since = now();
        outcome_.received = std::move(received);
        return rests_done() && now() > quiet_since + kQuiet;
      },
      [] { return std::string("viewers were still getting bytes"); });
}

void Course::turn(Nanoseconds most) {
  poller_.wait(most, [this](Kind kind, std::size_t number, std::uint32_t events) {
    switch (kind) {
      case Kind::viewer: return viewers_.readable(number);
      case Kind::chardev: return chardev_ready(events);
      case Kind::stormer: return stormers_->readable(number, now());
    }
  });
}

void Course::chardev_ready(std::uint32_t events) {
  if (!chardev_.open()) {
    const int listener = chardev_.fd();
    chardev_.accept();
    if (!chardev_.open()) return;
    poller_.remove(listener);
    poller_.add(chardev_.fd(), Kind::chardev, 0, true);
    return;
  }
  if ((events & EPOLLOUT) != 0) writable_ = true;
  if ((events & ~std::uint32_t{EPOLLOUT}) != 0) chardev_.drain();
}

Nanoseconds Course::print(Nanoseconds time) { return options_.records ? print_record(time) : flood(time); }

Nanoseconds Course::flood(Nanoseconds time) {
  if (!writable_) {
    writable_ = true;  // tried again when nothing happens meanwhile
    return time + kRetry;
  }
  const std::size_t taken = chardev_.print(pattern_.printed(outcome_.printed, kPrint));
  outcome_.printed += taken;
  // What was taken in part is full; a turn is for the viewers then.
  writable_ = taken == kPrint;
  return writable_ ? time : time + kRetry;
}

Nanoseconds Course::print_record(Nanoseconds time) {
  if (rest_.empty()) {
    if (time < record_due_) return record_due_;
    rest_ = records_->next();
    records_->printed(now());
    // Those that could not be printed in time are left out, or they would come in a heap.
    record_due_ = std::max(record_due_ + from_seconds(1 / options_.records->rate), time);
  }
  const std::size_t taken = chardev_.print(rest_);
  rest_.remove_prefix(taken);
  outcome_.printed += taken;
  return rest_.empty() ? record_due_ : time + kRetry;
}

Moment Course::moment() const {
  Moment moment;
  moment.received = viewers_.received();
  if (!pid_.empty()) moment.cpu = cpu_of(pid_);
  moment.load_cpu = cpu_of("self");
  moment.time = now();
  return moment;
}

}  // namespace bench
