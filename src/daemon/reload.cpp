// SPDX-License-Identifier: Apache-2.0
#include "daemon/reload.hpp"

#include <utility>

namespace charmux::daemon {
namespace {

constexpr std::string_view kNothing = "not reloaded: nothing has changed";

/// All of it, a line each, as it is told to who asked.
Error lines(const std::vector<std::string>& wrong) {
  std::string all;
  for (const std::string& each : wrong) all += each + "\n";
  return {all + std::string(kNothing)};
}

}  // namespace

Reload::Reload(loop::Loop& loop, Log& log, ReadConfig read, Owner owner)
    : loop_(loop), log_(log), read_(std::move(read)), owner_(std::move(owner)) {}

void Reload::begin(Done done) {
  if (stopped_) return;
  waiting_.push_back(std::move(done));
  go_on();
}

void Reload::stop() {
  stopped_ = true;
  work_ = {};
  waiting_.clear();
}

void Reload::go_on() {
  if (stopped_ || reading_ || waiting_.empty() || owner_.has_to_wait()) return;
  reading_ = true;
  served_ = std::exchange(waiting_, {});
  using Outcome = tl::expected<Reading, std::vector<std::string>>;
  const auto outcome = std::make_shared<std::optional<Outcome>>();
  work_ = loop::Work(
      loop_, [outcome, read = read_, open = owner_.open()] { *outcome = read_all(read, open); },
      [this, outcome] { was_read(std::move(**outcome)); });
}

void Reload::was_read(tl::expected<Reading, std::vector<std::string>> reading) {
  reading_ = false;
  std::vector<std::string> wrong;
  if (!reading)
    wrong = reading.error();
  else if (const Status applied = owner_.apply(std::move(*reading)); !applied)
    wrong.push_back(applied.error().text);
  for (const std::string& each : wrong) log_.error("{}", each);
  if (!wrong.empty()) log_.error("{}", kNothing);
  const Status done = wrong.empty() ? Status() : Status(tl::unexpected(lines(wrong)));
  for (const Done& each : std::exchange(served_, {})) each(done);
  go_on();
}

}  // namespace charmux::daemon
