// SPDX-License-Identifier: Apache-2.0
#include "charmux/protocol/text_boundary.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

using namespace charmux;
using namespace charmux::protocol;
using namespace std::string_literals;

namespace {

/// A boundary that is so from the beginning of the text, found in the slow way.
std::size_t first_boundary_from(std::string_view text, std::size_t from) {
  while (from < text.size() && position_after(as_bytes(text.substr(0, from))).inside_sequence) ++from;
  return from;
}

std::size_t start(const std::string& history, std::size_t want, std::size_t slack, bool whole = true) {
  // In memory of its own size, so that a sanitizer sees a read past its end.
  const Bytes exact(as_bytes(history).begin(), as_bytes(history).end());
  return replay_start(exact, want, slack, whole);
}

}  // namespace

TEST_CASE("a line starts at the beginning and after each LF outside a sequence, never after a bare CR") {
  struct Case {
    std::string before;
    bool line_start;
  };
  const std::vector<Case> cases = {
      {"", true},          {"\n", true},        {"a\r\n", true},      {"a\n\n", true},          {"a", false},
      {"a\r", false},      {"a\n\r", false},    {"a\nb", false},      {"a\n\x1b[m", false},     {"\x1b]0;a\n", false},
      {"\x1bPq\n", false}, {"\x1b[1\n", false}, {"\xe2\x82\n", true}, {"\x1b]0;a\x07\n", true}, {"\x18\n", true}};
  for (const Case& c : cases) {
    CAPTURE(c.before);
    CHECK(position_after(as_bytes(c.before)).line_start == c.line_start);
  }
}

TEST_CASE("the inside of a sequence reaches from its first byte to before its last") {
  const std::vector<std::string> sequences = {"\x1b[m",
                                              "\x1b[1;31m",
                                              "\x1b[?2004h",
                                              "\x1b[ q",
                                              "\x1b[1\r\n\x07m",
                                              "\x1b]0;title\x07",
                                              "\x1b]0;t\xc3\xa9\x07",
                                              "\x1bP+q544e\x07\x1b\\",
                                              "\x1b]52;c;\n\x1b\\",
                                              "\x1b_a\r\nb\x1b\\",
                                              "\x1b^x\x1b\\",
                                              "\x1bXx\x1b\\",
                                              "\x1b(B",
                                              "\x1b(P",
                                              "\x1b#8",
                                              "\x1b%G",
                                              "\0337",
                                              "\x1b=",
                                              "\x1b\n=",
                                              "\x1b[12\x18",
                                              "\x1b]0;abc\x1a",
                                              "\x1b\x1b\x1b[m",
                                              "\x1b]0;a\x1b[1m",
                                              "\xc3\xa9",
                                              "\xe2\x82\xac",
                                              "\xf0\x9f\x98\x80",
                                              "\xe0\xa0\x80",
                                              "\xed\x9f\xbf",
                                              "\xf4\x8f\xbf\xbf",
                                              "\x1b\x7f[1\x7fm"};
  for (const std::string& sequence : sequences) {
    CAPTURE(sequence);
    for (std::size_t i = 1; i <= sequence.size(); ++i) {
      CAPTURE(i);
      const std::string before = "text " + sequence.substr(0, i);
      CHECK(position_after(as_bytes(before)).inside_sequence == (i < sequence.size()));
      const auto boundary = bytes_to_boundary(as_bytes(before), as_bytes(sequence.substr(i) + "more"));
      CHECK(boundary == sequence.size() - i);
      if (i < sequence.size())
        CHECK_FALSE(bytes_to_boundary(as_bytes(before), as_bytes(sequence.substr(i, sequence.size() - i - 1))));
    }
  }
}

TEST_CASE("bytes that are no character are text, and what they interrupt is over") {
  const std::vector<std::string> outside = {"\x80",     "\xbf",  "\x9b",      "\xc0",     "\xc1",
                                            "\xf5",     "\xff",  "\xe0\x80",  "\xed\xa0", "\xf0\x80",
                                            "\xf4\x90", "\xe2x", "\xe2\x82x", "\x1b\x80", "\x1b[1\x80"};
  for (const std::string& before : outside) {
    CAPTURE(before);
    CHECK_FALSE(position_after(as_bytes(before)).inside_sequence);
    CHECK(bytes_to_boundary(as_bytes(before), {}) == 0U);
  }
  CHECK(position_after(as_bytes("\xe2\xc3")).inside_sequence);
  CHECK(position_after(as_bytes("\x1b[1\xc3")).inside_sequence);
}

TEST_CASE("8-bit controls neither begin nor end a sequence") {
  CHECK_FALSE(position_after(as_bytes("\x9b;2")).inside_sequence);
  CHECK(position_after(as_bytes("\x1b]0;a\x9c")).inside_sequence);
  CHECK(position_after(as_bytes("\x1bP0;a\xc2\x9c")).inside_sequence);
}

TEST_CASE("a replay begins at the line that gives at least what is wanted") {
  const std::string history = "one\r\ntwo\r\nthree\r\n";
  struct Case {
    std::size_t want, begin;
  };
  const std::vector<Case> cases = {{0, 17}, {1, 10}, {7, 10}, {8, 5}, {12, 5}, {13, 0}, {17, 0}, {1000, 0}};
  for (const Case& c : cases) {
    CAPTURE(c.want);
    CHECK(start(history, c.want, 100) == c.begin);
    // Of a history that has lost its beginning, what comes first is no line start: it is given as far as it is wanted.
    CHECK(start(history, c.want, 100, false) ==
          (c.begin == 0 ? history.size() - std::min(c.want, history.size()) : c.begin));
  }
}

TEST_CASE(
    "a line that began too long ago is entered in its middle, after the sequence or character that is open there") {
  struct Case {
    std::string history;
    std::size_t want, slack, begin;
  };
  const std::string text(20, 'x');
  const std::vector<Case> cases = {
      {"\n" + text, 10, 10, 1},  // just near enough
      {"\n" + text, 10, 9, 11},  // one byte too far
      {text, 10, 10, 0},         // the beginning of everything
      {text, 10, 9, 10},
      {text + "\x1b[1;31mred" + text, 27, 3, 27},    // inside the colour: after it
      {text + "\x1b[1;31mred" + text, 30, 3, 20},    // before it
      {text + "\x1b]0;a\nb\x07" + text, 21, 6, 28},  // a title's line end is no line start
      {text + "\xe2\x82\xac" + text, 22, 3, 23},     // inside a character
      {text + "\xe2\x82\xac" + text, 21, 3, 23},
      {text + "\x1b[1", 1, 3, 20},           // a sequence that is not yet whole
      {text + "\x1b[1", 1, 1, 22},           // the same, begun too far away
      {text + "\x1b]0;" + text, 20, 3, 24},  // a title without an end is given as text
      {text + "\x1b[m", 2, 3, 23},           // nothing is left behind the sequence
      {"", 10, 10, 0},
  };
  for (const Case& c : cases) {
    CAPTURE(c.history);
    CAPTURE(c.want);
    CHECK(start(c.history, c.want, c.slack) == c.begin);
  }
}

TEST_CASE("a history that begins inside a character is given from the next one") {
  CHECK(start("\x82\xacxyz", 5, 10, false) == 2);
  CHECK(start("\x82\xacxyz", 4, 10, false) == 2);
  CHECK(start("\x82\xacxyz", 3, 10, false) == 2);
  CHECK(start("\x82\xacxyz", 2, 10, false) == 3);
  CHECK(start("\x82\x82\x82\x82\x82", 5, 10, false) == 3);
  CHECK(start("\x82\xacxyz", 5, 10, true) == 0);
  CHECK(start("\x82\xacxyz", 4, 0, true) == 1);
  CHECK(start("\x82", 5, 10, false) == 1);
}

TEST_CASE("a sequence that opened long before the replay is seen from as far as the lookback, and no farther") {
  const std::string title = "\x1b]0;";
  const std::string tail = "tail\x07rest of the line";
  const std::string near = title + std::string(kSequenceLookback / 2, 't') + tail;
  CHECK(start(near, tail.size(), 3) == near.size() - tail.size() + 5);
  const std::string far = title + std::string(kSequenceLookback * 2, 't') + tail;
  CHECK(start(far, tail.size(), 3) == far.size() - tail.size());
}

TEST_CASE("in random output a replay gives what is wanted, and begins where the whole stream has a boundary") {
  static constexpr std::string_view kOften = "\x1b\x1b[]P\\m;1\n\r\x07\x18\xe2\x82\xac\xc3";
  std::mt19937 random(48);
  for (int round = 0; round < 2000; ++round) {
    std::string history;
    while (history.size() < random() % 60)
      history += random() % 2 == 0 ? kOften[random() % kOften.size()] : static_cast<char>(random() & 0xFFU);
    const std::size_t want = random() % 40;
    const std::size_t slack = random() % 20;
    const std::size_t target = history.size() - std::min(want, history.size());
    const std::size_t begin = start(history, want, slack);
    CAPTURE(round);
    CHECK(begin + slack >= target);
    CHECK(begin <= history.size());
    const TextPosition there = position_after(as_bytes(std::string_view(history).substr(0, begin)));
    if (there.inside_sequence) CHECK(begin == target);
    if (begin < target && !there.line_start) CHECK(first_boundary_from(history, target) == history.size());
    if (begin > target) CHECK(begin == first_boundary_from(history, target));
  }
}
