// SPDX-License-Identifier: Apache-2.0
#include "console/input_mixer.hpp"

#include <algorithm>

namespace charmux::console {

InputMixer::Queues::const_iterator InputMixer::find(Writer writer) const {
  return std::find_if(queues_.begin(), queues_.end(), [writer](const Queue& each) { return each.writer == writer; });
}

InputMixer::Queues::iterator InputMixer::find(Writer writer) {
  return std::find_if(queues_.begin(), queues_.end(), [writer](const Queue& each) { return each.writer == writer; });
}

bool InputMixer::may_pass(Writer writer, MonoTime now) const {
  return waiting_ == 0 && settings_.pace.none() && (writer == last_writer_ || !claimed(now));
}

void InputMixer::passed(Writer writer, BytesView read, std::size_t taken, MonoTime now) {
  if (taken > 0) guest_has(writer, read.first(taken), now);
}

void InputMixer::guest_has(Writer writer, BytesView bytes, MonoTime now) {
  if (writer != last_writer_) keys_ = {};
  if (writer != last_writer_) in_key_ = 0;
  for (const std::byte byte : bytes) {
    keys_.pass(byte);
    in_key_ = keys_.outside() ? 0 : in_key_ + 1;
    if (in_key_ >= kLongestKey) {
      keys_ = {};
      in_key_ = 0;
    }
  }
  last_writer_ = writer;
  last_ = now;
}

void InputMixer::add(Writer writer, BytesView read, MonoTime now) {
  if (read.empty()) return;
  auto queue = find(writer);
  if (queue == queues_.end()) queue = queues_.insert(queue, Queue{writer, InputPace(settings_.pace)});
  if (queue->bytes.empty()) queue->pace.begins(now);
  append(queue->bytes, read);
  queue->reads.push_back(read.size());
  waiting_ += read.size();
}

void InputMixer::set_pace(const InputPace::Settings& pace, MonoTime now) {
  settings_.pace = pace;
  std::erase_if(queues_, [](const Queue& each) { return each.bytes.empty(); });
  for (Queue& each : queues_) {
    each.pace = InputPace(pace);
    each.pace.begins(now);
  }
}

// --- whose turn it is ---

InputMixer::Queues::iterator InputMixer::whose_turn(MonoTime now) {
  if (!keys_.outside()) {
    const auto in_key = find(last_writer_);
    if (in_key != queues_.end() && ready(*in_key, now)) return in_key;
    if (claimed(now)) return queues_.end();
  }
  if (unfinished_)
    if (const auto begun = find(*unfinished_); begun != queues_.end() && ready(*begun, now)) return begun;
  return std::find_if(queues_.begin(), queues_.end(), [&](const Queue& each) { return ready(each, now); });
}

std::optional<InputMixer::Turn> InputMixer::next(MonoTime now) {
  if (waiting_ == 0) return std::nullopt;
  const auto queue = whose_turn(now);
  if (queue == queues_.end()) return std::nullopt;
  // Alone, it need not take turns.
  const std::size_t most = waiting_ == queue->bytes.size() ? waiting_ : queue->reads.front();
  return Turn{queue->writer, BytesView(queue->bytes).first(paced(*queue, most, now))};
}

std::size_t InputMixer::paced(const Queue& queue, std::size_t most, MonoTime now) const {
  const BytesView bytes = BytesView(queue.bytes).first(most);
  if (settings_.pace.none()) return most;
  std::size_t allowed = queue.pace.allowed(bytes, now);
  protocol::KeyScanner keys = queue.writer == last_writer_ ? keys_ : protocol::KeyScanner();
  keys.pass(bytes.first(allowed));
  const std::size_t whole = std::min(most, allowed + kLongestUnpaced);
  std::size_t end = allowed;
  while (!keys.outside() && end < whole) keys.pass(bytes[end++]);
  return keys.outside() ? end : allowed;
}

void InputMixer::gave(const Turn& turn, std::size_t taken, MonoTime now) {
  if (taken == 0) return;
  const bool stuck = taken < turn.bytes.size();
  const BytesView bytes = turn.bytes.first(taken);
  guest_has(turn.writer, bytes, now);
  const auto queue = find(turn.writer);
  if (!settings_.pace.none()) queue->pace.gave(bytes, now);
  take_reads(*queue, taken);
  queue->bytes.erase(queue->bytes.begin(), queue->bytes.begin() + static_cast<std::ptrdiff_t>(taken));
  waiting_ -= taken;
  unfinished_.reset();
  if (stuck) unfinished_ = turn.writer;
  if (queue->bytes.empty() && settings_.pace.none())
    queues_.erase(queue);
  else if (!unfinished_)
    std::rotate(queue, queue + 1, queues_.end());
}

void InputMixer::take_reads(Queue& queue, std::size_t bytes) {
  while (bytes > 0) {
    std::size_t& read = queue.reads.front();
    const std::size_t part = std::min(bytes, read);
    bytes -= part;
    read -= part;
    if (read == 0) queue.reads.pop_front();
  }
}

std::optional<MonoTime> InputMixer::due(MonoTime now) const {
  if (waiting_ == 0) return std::nullopt;
  std::optional<MonoTime> due;
  const auto sooner = [&due](MonoTime time) { due = std::min(due.value_or(time), time); };
  for (const Queue& each : queues_)
    if (!each.bytes.empty() && (each.writer == last_writer_ || !claimed(now))) sooner(each.pace.free_at());
  if (claimed(now)) sooner(last_ + kKeyPatience);
  return due;
}

// --- what there is ---

std::size_t InputMixer::waiting(Writer writer) const {
  const auto queue = find(writer);
  return queue == queues_.end() ? 0 : queue->bytes.size();
}

std::size_t InputMixer::drop(Writer writer) {
  const auto queue = find(writer);
  if (queue == queues_.end()) return 0;
  const std::size_t bytes = queue->bytes.size();
  waiting_ -= bytes;
  queues_.erase(queue);
  if (unfinished_ == writer) unfinished_.reset();
  return bytes;
}

}  // namespace charmux::console
