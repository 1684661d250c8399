// SPDX-License-Identifier: Apache-2.0
#include "console/input.hpp"

#include <utility>

namespace charmux::console {

Input::Input(const InputMixer::Settings& settings, loop::Loop& loop, Owner owner)
    : loop_(loop), owner_(std::move(owner)), mixer_(settings), due_(loop, [this] { go_on(); }) {}

void Input::type(Writer writer, BytesView read) {
  const bool direct = held_ == 0 && !blocked_ && mixer_.may_pass(writer, loop_.now());
  const BytesView rest = read.subspan(direct ? pass(writer, read) : 0);
  if (rest.empty()) return;
  mixer_.add(writer, rest, loop_.now());
  go_on();
}

std::size_t Input::pass(Writer writer, BytesView read) {
  const net::Io io = owner_.give(read);
  const std::size_t taken = io.kind == net::Io::Kind::moved ? io.bytes : 0;
  mixer_.passed(writer, read, taken, loop_.now());
  blocked_ = taken < read.size();
  return taken;
}

void Input::writable() {
  blocked_ = false;
  go_on();
}

void Input::set_pace(const InputPace::Settings& pace) {
  mixer_.set_pace(pace, loop_.now());
  go_on();
}

void Input::release() {
  --held_;
  go_on();
}

void Input::go_on() {
  due_.stop();
  const MonoTime now = loop_.now();
  while (held_ == 0 && !blocked_) {
    const auto turn = mixer_.next(now);
    if (!turn) break;
    const net::Io io = owner_.give(turn->bytes);
    const std::size_t taken = io.kind == net::Io::Kind::moved ? io.bytes : 0;
    blocked_ = taken < turn->bytes.size();
    mixer_.gave(*turn, taken, now);
    if (taken > 0) owner_.moved(turn->writer);
  }
  if (held_ > 0 || blocked_) return;
  if (const auto due = mixer_.due(now)) due_.start(std::chrono::ceil<std::chrono::milliseconds>(*due - now));
}

}  // namespace charmux::console
