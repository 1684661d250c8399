// SPDX-License-Identifier: Apache-2.0
#include "frontend/last_lines.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

using namespace charmux;
using frontend::last_lines;

namespace {

/// What is shown of a history, between the two notices; and the first of these.
struct Shown {
  std::string title;
  std::string text;
};

Shown shown(const std::string& history, std::size_t lines) {
  char name[] = "/tmp/last-linesXXXXXX";
  const std::filesystem::path directory = ::mkdtemp(name);
  std::string all;
  {
    auto opened = history::Ring::open(directory / "ring", 128 * KiB);
    REQUIRE(opened);
    history::Ring ring = std::move(opened->ring);
    for (std::string_view rest = history; !rest.empty();) {
      const BytesSpan window = ring.window();
      const std::size_t size = std::min(window.size(), rest.size());
      std::copy_n(as_bytes(rest).begin(), size, window.begin());
      ring.commit(size, std::chrono::system_clock::now());
      if (!ring.begun()) REQUIRE(ring.begin());
      rest.remove_prefix(size);
    }
    all = last_lines(ring, lines);
  }
  std::filesystem::remove_all(directory);
  const std::size_t end = all.find("\r\n");
  const std::string live = "[charmux: live]";
  REQUIRE(all.ends_with(live));
  return {all.substr(0, end), all.substr(end + 2, all.size() - end - 2 - live.size())};
}

}  // namespace

TEST_CASE("the last lines end with what is unfinished, which is one of them") {
  CHECK(shown("a\nb\nc\n", 2).text == "b\nc\n");
  CHECK(shown("a\nb\nc", 2).text == "b\nc\r\n");
  CHECK(shown("a\nb\nc", 1).text == "c\r\n");
  CHECK(shown("a\nb\nc", 20).text == "a\nb\nc\r\n");
  CHECK(shown("\n\n\n", 2).text == "\n\n");
  CHECK(shown("a\nb", 1).title == "[charmux: the last line]");
  CHECK(shown("a\nb", 20).title == "[charmux: the last 20 lines]");
}

TEST_CASE("a sequence that is open at the end is left out") {
  CHECK(shown("a\nb\x1b[1", 1).text == "b\r\n");
  CHECK(shown("a\nb\x1b]0;title", 1).text == "b\r\n");
  CHECK(shown("a\nb\xe6\x97", 1).text == "b\r\n");
  CHECK(shown("a\nb\x1b[1m", 1).text == "b\x1b[1m\r\n");
}

TEST_CASE("what terminals would answer is left out") { CHECK(shown("a\nb\x1b[6nc\x05\n", 1).text == "bc\n"); }

TEST_CASE("a line without an end is shown in part, from outside a sequence on, and that is said") {
  const Shown cut = shown(std::string(100'000, 'x'), 20);
  CHECK(cut.title == "[charmux: the last 32768 bytes of the last 20 lines]");
  CHECK(cut.text.size() == frontend::kMostShownAgain + 2);
  std::string characters;
  while (characters.size() < 100'000) characters += "日";
  const Shown whole = shown(characters + "a", 1);
  CHECK(whole.text.substr(0, 3) == "日");
  CHECK(whole.text.size() <= frontend::kMostShownAgain + 2);
}
