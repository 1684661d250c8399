// SPDX-License-Identifier: Apache-2.0
#include "console/input_pace.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace charmux;
using namespace charmux::console;
using namespace std::chrono_literals;

namespace {

constexpr MonoTime kStart{1h};

/// How much of `text` has gone at that time, when the pace is asked every `step`.
std::size_t gone_after(std::chrono::nanoseconds time, const InputPace::Settings& settings, const std::string& text,
                       std::chrono::nanoseconds step) {
  InputPace pace(settings);
  pace.begins(kStart);
  std::size_t gone = 0;
  for (auto now = 0ns; now <= time; now += step) {
    const BytesView next = as_bytes(text).subspan(gone);
    const std::size_t some = pace.allowed(next, kStart + now);
    pace.gave(next.first(some), kStart + now);
    gone += some;
  }
  return gone;
}

}  // namespace

TEST_CASE("a rate is kept to the byte on the average, however often it is asked") {
  const std::string text(200'000, 'x');
  for (const std::uint64_t rate : {1U, 7U, 300U, 960U, 11'520U, 99'991U})
    for (const auto step : {1ms, 3ms, 17ms, 50ms}) {
      CAPTURE(rate);
      CAPTURE(step.count());
      // The first goes at once, so in n whole seconds there are n * rate, and one more.
      const auto seconds = step * 1000 / 1ms;
      CHECK(gone_after(step * 1000, {rate, 0ms}, text, step) ==
            std::min<std::size_t>(text.size(), rate * static_cast<std::uint64_t>(seconds) / 1000 + 1));
    }
}

TEST_CASE("no rate lets all go at once") {
  const std::string text(5000, 'x');
  CHECK(gone_after(0ms, {}, text, 1ms) == 5000);
}

TEST_CASE("nothing goes for a while after a CR, and what is late does not shorten that") {
  InputPace pace({0, 20ms});
  pace.begins(kStart);
  const std::string text = "ls\rpwd\rx";
  CHECK(pace.allowed(as_bytes(text), kStart) == 3);
  pace.gave(as_bytes("ls\r"), kStart);
  CHECK(pace.allowed(as_bytes("pwd\rx"), kStart + 19ms) == 0);
  CHECK(pace.allowed(as_bytes("pwd\rx"), kStart + 40ms) == 4);
  pace.gave(as_bytes("pwd\r"), kStart + 40ms);
  CHECK(pace.free_at() == kStart + 60ms);
}

TEST_CASE("a pause is not made good: neither while nothing was typed nor while the guest took nothing for long") {
  InputPace pace({1000, 0ms});
  pace.begins(kStart);
  const std::string text(1000, 'x');
  pace.gave(as_bytes("x"), kStart);
  pace.begins(kStart + 5s);
  CHECK(pace.allowed(as_bytes(text), kStart + 5s) == 1);
  // From here on it might have gone on: so much is made good, and no more.
  CHECK(pace.allowed(as_bytes(text), kStart + 9s) == 51);
}
