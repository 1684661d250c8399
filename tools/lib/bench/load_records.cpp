// SPDX-License-Identifier: Apache-2.0
#include "load_records.hpp"

#include <algorithm>

#include "load_fail.hpp"

namespace bench {

RecordBook::RecordBook(std::size_t size, std::size_t viewers, std::size_t most)
    : size_(size), record_(size, '.'), expected_(size, '.'), readers_(viewers) {
  record_.back() = expected_.back() = '\n';
  write(expected_, 0);
  printed_at_.reserve(most);
  missing_.reserve(most);
  lasts_.reserve(most);
  latencies_.reserve(most * viewers);
}

void RecordBook::write(std::string& record, std::size_t number) const {
  fmt::format_to(record.data(), "{:016x}", number);
}

std::string_view RecordBook::next() {
  write(record_, printed_at_.size());
  return record_;
}

void RecordBook::printed(Nanoseconds time) {
  printed_at_.push_back(time);
  missing_.push_back(readers_.size());
}

void RecordBook::take(std::size_t viewer, std::string_view bytes, Nanoseconds time) {
  Reader& reader = readers_[viewer];
  while (!bytes.empty()) {
    if (expected_number_ != reader.records) write(expected_, expected_number_ = reader.records);
    const std::size_t count = std::min(bytes.size(), size_ - reader.bytes);
    if (reader.records >= printed_at_.size() || bytes.substr(0, count) != expected_.substr(reader.bytes, count))
      fail("viewer {} did not see what was printed after record {}", viewer, reader.records);
    bytes.remove_prefix(count);
    reader.bytes += count;
    if (reader.bytes == size_) complete(viewer, time);
  }
}

void RecordBook::complete(std::size_t viewer, Nanoseconds time) {
  Reader& reader = readers_[viewer];
  const std::size_t number = reader.records++;
  reader.bytes = 0;
  const bool is_last = --missing_[number] == 0;
  if (number < first_) return;
  const Nanoseconds latency = time - printed_at_[number];
  latencies_.push_back(latency);
  if (is_last) lasts_.push_back(latency);
}

}  // namespace bench
