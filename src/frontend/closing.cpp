// SPDX-License-Identifier: Apache-2.0
#include "frontend/closing.hpp"

#include <algorithm>

namespace charmux::frontend {
namespace {

using namespace std::chrono_literals;

constexpr auto kLook = 5ms;
/// How long clients that have been sent all may take to close their side.
constexpr auto kGoodbye = 2s;

}  // namespace

Closing::Closing(loop::Loop& loop, console::Directory& consoles, Listeners& listeners, Sessions& sessions,
                 std::string program)
    : loop_(loop),
      consoles_(consoles),
      listeners_(listeners),
      sessions_(sessions),
      program_(std::move(program)),
      look_(loop, [this] { look(); }) {}

void Closing::begin(std::optional<std::chrono::milliseconds> drain, Others others) {
  begun_ = true;
  others_ = std::move(others);
  listeners_.close();
  sessions_.stop();
  for (const auto& console : consoles_.all()) console->stop(program_ + " is stopping");
  if (drain) hurry(*drain);
  look_.start(0ms);
}

void Closing::hurry(std::chrono::milliseconds drain) {
  const MonoTime end = loop_.now() + drain;
  deadline_ = std::min(deadline_.value_or(end), end);
}

void Closing::look() {
  const MonoTime now = loop_.now();
  if (!deadline_ && sessions_.all_sent()) deadline_ = now + kGoodbye;
  const auto overdue = deadline_ ? now - *deadline_ : std::chrono::nanoseconds::min();
  if (sessions_.count() > 0 && overdue >= 0ns)
    sessions_.expire_all(fmt::format("it did not take its last bytes before {} stopped", program_));
  const bool others = !others_ || others_(overdue);
  const auto& all = consoles_.all();
  if (others && sessions_.count() == 0 &&
      std::all_of(all.begin(), all.end(), [](const auto& each) { return each->stopped(); }))
    return loop_.stop();
  look_.start(kLook);
}

}  // namespace charmux::frontend
