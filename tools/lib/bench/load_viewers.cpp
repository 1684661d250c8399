// SPDX-License-Identifier: Apache-2.0
#include "load_viewers.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <utility>

namespace bench {
namespace {

/// With more, ports run out at one source address.
constexpr std::size_t kManyViewers = 5000;
/// Viewers of a flood are woken for so much at once, so that reading costs less than sending and it is the multiplexer
/// that is measured. Not where there are more: each would wait longer than a viewer that keeps up does.
constexpr int kBatch = 128 * 1024;
constexpr std::size_t kMostBatching = 100;

std::string_view next_run(TelnetClient* telnet, std::string_view& wire) {
  return telnet != nullptr ? telnet->next(wire) : std::exchange(wire, {});
}

}  // namespace

Viewers::Viewers(const Options& options, const Pattern& pattern, RecordBook* records, Poller& poller)
    : options_(options),
      pattern_(pattern),
      records_(records),
      poller_(poller),
      place_(options.address, options.port, options.viewers + options.stalled > kManyViewers),
      viewers_(options.viewers + options.stalled),
      room_(kMost) {
  if (options.tls) tls_.emplace();
}

bool Viewers::connect_one() {
  Viewer& viewer = viewers_[connected_];
  viewer.fd = place_.try_connect(connected_);
  if (viewer.fd < 0) return false;
  if (tls_) viewer.tls = tls_->connect(viewer.fd);
  if (options_.telnet) viewer.telnet = std::make_unique<TelnetClient>();
  poller_.add(viewer.fd, Kind::viewer, connected_++);
  return true;
}

void Viewers::readable(std::size_t number) {
  Viewer& viewer = viewers_[number];
  while (viewer.stage != Stage::stalled) {
    const ssize_t size = receive(viewer);
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) fail("viewer {} was closed after {} bytes", number, console_bytes(viewer));
    take(number, {room_.data(), static_cast<std::size_t>(size)});
    // Of a stream, less than there is room for is all there is (epoll(7)); a record of TLS says nothing of the next.
    if (!viewer.tls && static_cast<std::size_t>(size) < room_.size()) return;
  }
}

ssize_t Viewers::receive(Viewer& viewer) {
  if (viewer.tls) return viewer.tls->read(room_.data(), room_.size());
  return ::recv(viewer.fd, room_.data(), room_.size(), MSG_DONTWAIT);
}

void Viewers::take(std::size_t number, std::string_view wire) {
  Viewer& viewer = viewers_[number];
  if (viewer.stage == Stage::joining) wire = join(viewer, number, wire);
  if (viewer.stage != Stage::reading || wire.empty()) return;
  if (records_ == nullptr && !options_.gaps) return compare(viewer, number, wire);
  const Nanoseconds time = records_ != nullptr ? now() : 0;
  while (!wire.empty()) {
    const std::string_view run = next_run(viewer.telnet.get(), wire);
    viewer.bytes += run.size();
    if (records_ != nullptr) records_->take(number, run, time);
  }
  answer(viewer);
}

std::string_view Viewers::join(Viewer& viewer, std::size_t number, std::string_view wire) {
  const char* const end = wire.data() + wire.size();
  while (!wire.empty()) {
    const std::string_view run = next_run(viewer.telnet.get(), wire);
    viewer.had_byte |= !run.empty();
    for (const char& byte : run) {
      viewer.marker = byte == kMarker[viewer.marker] ? viewer.marker + 1 : byte == kMarker[0] ? 1 : 0;
      if (viewer.marker < kMarker.size()) continue;
      begin(viewer, number);
      return {&byte + 1, static_cast<std::size_t>(end - (&byte + 1))};
    }
  }
  answer(viewer);
  if (!viewer.attached && viewer.had_byte && (!viewer.telnet || viewer.telnet->settled())) {
    viewer.attached = true;
    ++attached_;
  }
  return {};
}

void Viewers::begin(Viewer& viewer, std::size_t number) {
  ++begun_;
  viewer.stage = number < options_.viewers ? Stage::reading : Stage::stalled;
  if (viewer.stage == Stage::stalled)
    poller_.remove(viewer.fd);
  else if (!options_.records && options_.viewers <= kMostBatching)
    ::setsockopt(viewer.fd, SOL_SOCKET, SO_RCVLOWAT, &kBatch, sizeof kBatch);
}

void Viewers::compare(Viewer& viewer, std::size_t number, std::string_view wire) {
  const std::string_view expected = pattern_.wire(viewer.bytes, wire.size());
  if (wire != expected) {
    const auto at =
        static_cast<std::uint64_t>(std::mismatch(wire.begin(), wire.end(), expected.begin()).first - wire.begin());
    viewer.bytes += at;
    fail("viewer {} did not see what was printed after its first {} bytes", number, console_bytes(viewer));
  }
  viewer.bytes += wire.size();
}

void Viewers::answer(Viewer& viewer) {
  if (!viewer.telnet || viewer.telnet->answers().empty()) return;
  std::string& answers = viewer.telnet->answers();
  if (::send(viewer.fd, answers.data(), answers.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(answers.size()))
    fail("a viewer's telnet answers were not taken: {}", strerror(errno));
  answers.clear();
}

std::uint64_t Viewers::console_bytes(const Viewer& viewer) const {
  return records_ == nullptr && !options_.gaps ? pattern_.console_bytes(viewer.bytes) : viewer.bytes;
}

std::vector<std::uint64_t> Viewers::received() const {
  std::vector<std::uint64_t> each;
  for (std::size_t i = 0; i < options_.viewers; ++i) each.push_back(console_bytes(viewers_[i]));
  return each;
}

void Viewers::read_rest() {
  for (std::size_t i = first_behind_; i < options_.viewers; ++i) readable(i);
}

bool Viewers::all_have(std::uint64_t printed) {
  for (; first_behind_ < options_.viewers; ++first_behind_) {
    const std::uint64_t had = console_bytes(viewers_[first_behind_]);
    if (had > printed) fail("viewer {} had {} bytes, and {} were printed", first_behind_, had, printed);
    if (had < printed) return false;
  }
  return true;
}

std::string Viewers::who_lacks(std::uint64_t printed) const {
  return fmt::format("viewer {} had {} of the {} bytes that were printed", first_behind_,
                     console_bytes(viewers_[first_behind_]), printed);
}

}  // namespace bench
