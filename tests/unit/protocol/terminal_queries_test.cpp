// SPDX-License-Identifier: Apache-2.0
#include "charmux/protocol/terminal_queries.hpp"

#include <doctest/doctest.h>

#include <ostream>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/every_split.hpp"

using namespace charmux;
using namespace charmux::protocol;
using namespace std::string_literals;

namespace {

/// What passes, what is asked, and what is unfinished at the end.
struct Sorted {
  std::string passed, asked, unfinished;
  friend bool operator==(const Sorted&, const Sorted&) = default;
};

std::ostream& operator<<(std::ostream& out, const Sorted& sorted) {
  return out << '"' << sorted.passed << "\" / \"" << sorted.asked << "\" / \"" << sorted.unfinished << '"';
}

/// Of windows that follow one another, each begun with what the last one left unfinished.
Sorted sort(const test::Pieces& windows) {
  Sorted sorted;
  for (const Bytes& piece : windows) {
    const std::string text = std::exchange(sorted.unfinished, {}) + std::string(as_text(piece));
    // In memory of its own size, so that a sanitizer sees a read past its end.
    const Bytes window(as_bytes(text).begin(), as_bytes(text).end());
    std::size_t at = 0;
    TerminalQueries queries(window);
    while (const auto query = queries.next()) {
      REQUIRE(query->begin >= at);
      REQUIRE(query->length > 0);
      sorted.passed += text.substr(at, query->begin - at);
      (query->unfinished ? sorted.unfinished : sorted.asked) += text.substr(query->begin, query->length);
      at = query->begin + query->length;
      REQUIRE((!query->unfinished || (at == text.size() && !queries.next())));
    }
    sorted.passed += text.substr(at);
    CHECK(sorted.unfinished.size() <= kLongestTerminalQuery);
  }
  return sorted;
}

Sorted sort(std::string_view text) { return sort(test::pieces_of(text.size() + 1, as_bytes(text))); }

const std::vector<std::string> kQueries = {
    "\x05",
    "\x1bZ",
    "\x1b[c",
    "\x1b[0c",
    "\x1b[>c",
    "\x1b[>0c",
    "\x1b[=c",
    "\x1b[5n",
    "\x1b[6n",
    "\x1b[?6n",
    "\x1b[?15n",
    "\x1b[?25n",
    "\x1b[?26n",
    "\x1b[?62n",
    "\x1b[?63;1n",
    "\x1b[?996n",
    "\x1b[4$p",
    "\x1b[?2026$p",
    "\x1bP$qm\x1b\\",
    "\x1bP$q\"p\x1b\\",
    "\x1bP1$qr\x1b\\",
    "\x1bP+q544e;524742\x1b\\",
    "\x1bP+Q76\x1b\\",
    "\x1b]4;0;?\x07",
    "\x1b]4;0;?;1;?;15;?\x1b\\",
    "\x1b]4;1;red;2;?\x07",
    "\x1b]5;0;?\x07",
    "\x1b]10;?\x07",
    "\x1b]11;?\x1b\\",
    "\x1b]10;#fff;?\x07",
    "\x1b]19;?\x07",
    "\x1b]21;foreground=?\x1b\\",
    "\x1b]22;?__current__\x1b\\",
    "\x1b]50;?\x07",
    "\x1b]52;c;?\x07",
    "\x1b]52;;?\x1b\\",
    "\x1b]60\x1b\\",
    "\x1b]61;allowColorOps\x07",
    "\x1b]99;i=1:p=?;\x1b\\",
    "\x1b]1337;ReportCellSize\x07",
    "\x1b]1337;Capabilities\x1b\\",
    "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\",
    "\x1b[11t",
    "\x1b[13;2t",
    "\x1b[14t",
    "\x1b[15t",
    "\x1b[16t",
    "\x1b[18t",
    "\x1b[19t",
    "\x1b[20t",
    "\x1b[21t",
    "\x1b[>q",
    "\x1b[>0q",
    "\x1b[x",
    "\x1b[1x",
    "\x1b[1;1;1;1;24;80*y",
    "\x1b[?u",
    "\x1b[1$w",
    "\x1b[1$u",
    "\x1b[&u",
    "\x1b[\"v",
    "\x1b['|",
    "\x1b[?1;1;0S",
    "\x1b[?4m",
    "\x1b[#|",
    "\x1b[#R",
    "\x1b[#S",
    // Interrupted, or with something in between that terminals take no notice of.
    "\x1b[6\n\x7fn",
    "\x1b\n[6n",
    "\x1b]11;\r\n?\x07",
    "\x1b]11;?\x18",
    "\x1b]11;?\x1a",
    "\x1b[\x1b[6n",
    "\x1b\x1b\x1b[6n",
    "\x1b]4;1\x1b[6n",
    "\x1bP\x1b[c",
    "\x1b[3\x05",
};

const std::vector<std::string> kOthers = {
    "text",
    "\x1b[m",
    "\x1b[1;31m",
    "\x1b[38:2:1:2:3m",
    "\x1b[6N",
    "\x1b[6~",
    "\x1b[H\x1b[J",
    "\x1b[?25l",
    "\x1b[?2004h",
    "\x1b[?1c",
    "\x1b[?17;0;127c",
    "\x1b[>4;2m",
    "\x1b[>4n",
    "\x1b[>1u",
    "\x1b[<u",
    "\x1b[=1u",
    "\x1b[u",
    "\x1b[2 q",
    "\x1b[!p",
    "\x1b[61\"p",
    "\x1b[3S",
    "\x1b[8;24;80t",
    "\x1b[t",
    "\x1b[1t",
    "\x1b[22;0t",
    "\x1b[65;1;1;2;2$x",
    "\x1b[2*x",
    "\x1b[6$|",
    "\x1b[6\x18n",
    "\x1b[6\x1an",
    "\x1b[\xc3\xa9"
    "6n",
    "\x1b[6\x9b"
    "6n",
    "\x9b"
    "6n",
    "\xc2\x9b"
    "6n",
    "\x1b]0;why?\x07",
    "\x1b]0;?\x07",
    "\x1b]4;1;red\x07",
    "\x1b]11;#123456\x1b\\",
    "\x1b]52;c;Zm9v\x07",
    "\x1b]P0a1b2c3",
    "\x1b]R",
    "\x1b]1337;File=inline=1:AAAA\x07",
    "\x1b]99;i=1;text\x1b\\",
    "\x1bPq#0;2;0;0;0~-\x1b\\",
    "\x1bP1$r0m\x1b\\",
    "\x1bP+r544e\x1b\\",
    "\x1b_Ga=T,f=24;AAAA\x1b\\",
    "\x1b_Xa=q\x1b\\",
    "\x1b^[6n\x1b\\",
    "\x1bX]11;?\x07\x1b\\",
    "\x1b(B\x1b)0",
    "\x1b#8",
    "\x1b%G",
    "\x1b\x37\x1b\x38\x1b=\x1b>\x1b"
    "c",
    "\x1b\\",
    "[6n",
    "\xff\xfe\x80",
};

}  // namespace

TEST_CASE("what makes a terminal answer is found between other output, however it comes in pieces") {
  for (const std::string& query : kQueries) {
    CAPTURE(query);
    const std::string text = "login: \x1b[0m" + query + "\x1b[1mroot";
    const Sorted sorted = test::every_split(as_bytes(text), [](const test::Pieces& pieces) { return sort(pieces); });
    CHECK(sorted == Sorted{"login: \x1b[0m\x1b[1mroot", query, ""});
  }
}

TEST_CASE("all other output passes, however it comes in pieces") {
  for (const std::string& other : kOthers) {
    CAPTURE(other);
    const std::string text = "a" + other + "b\x1b[mc";
    const Sorted sorted = test::every_split(as_bytes(text), [](const test::Pieces& pieces) { return sort(pieces); });
    CHECK(sorted == Sorted{text, "", ""});
  }
}

TEST_CASE("what may still become a query is unfinished, and nothing else is") {
  for (const std::string& begun :
       {"\x1b"s, "\x1b["s, "\x1b[?6"s, "\x1b[\n"s, "\x1b]"s, "\x1b]1"s, "\x1b]11;#ff"s, "\x1b]11;?"s, "\x1b]11;?\x1b"s,
        "\x1b]52;c;"s, "\x1bP"s, "\x1bP$"s, "\x1bP+q\x1b"s, "\x1b_G"s, "\x1b[\x1b"s, "\x1b]1337;Rep"s}) {
    CAPTURE(begun);
    CHECK(sort("a" + begun) == Sorted{"a", "", begun});
  }
  for (const std::string& begun : {"\x1b("s, "\x1b]0"s + ";", "\x1b]52;c;A"s, "\x1bPq"s, "\x1bPtmux;"s, "\x1b_Gf=24;"s,
                                   "\x1b_a"s, "\x1b^"s, "\x1b]P1"s, "\x1b]1337;F"s, "\xc3"s}) {
    CAPTURE(begun);
    CHECK(sort("a" + begun) == Sorted{"a" + begun, "", ""});
  }
}

TEST_CASE("a string of which another sequence makes an end asks, if it would at its own end") {
  CHECK(sort("\x1b]11;?\x1b[m") == Sorted{"\x1b[m", "\x1b]11;?", ""});
  CHECK(sort("\x1bP+q544e\x1b[1m") == Sorted{"\x1b[1m", "\x1bP+q544e", ""});
  CHECK(sort("\x1b]11;#fff\x1b[m") == Sorted{"\x1b]11;#fff\x1b[m", "", ""});
}

TEST_CASE("an ENQ in a string passes for nothing else than an ENQ") {
  CHECK(sort("\x1b]0;ti\x05tle\x07") == Sorted{"\x1b]0;title\x07", "\x05", ""});
  CHECK(sort("\x05\x05x") == Sorted{"x", "\x05\x05", ""});
}

TEST_CASE("a sequence longer than any query passes, and what follows in it is looked at anew") {
  const std::string open = "\x1b]4;1;" + std::string(kLongestTerminalQuery - 6, 'x');
  CHECK(open.size() == kLongestTerminalQuery);
  CHECK(sort(open) == Sorted{open, "", ""});
  CHECK(sort(open.substr(1)) == Sorted{open.substr(1), "", ""});
  CHECK(sort(open.substr(0, open.size() - 1)) == Sorted{"", "", open.substr(0, open.size() - 1)});
  CHECK(sort(open + ";?\x07\x1b[6n\x05") == Sorted{open + ";?\x07", "\x1b[6n\x05", ""});
  const std::string just = open.substr(0, open.size() - 3) + ";?\x07";
  CHECK(sort(just) == Sorted{"", just, ""});
}

TEST_CASE("of many sequences that interrupt one another the oldest go, so that what waits never grows") {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "\x1b[1";
  const auto run = [](const test::Pieces& pieces) { return sort(pieces); };
  const Sorted open = run(test::pieces_of(1, as_bytes(text)));
  CHECK(open.passed.empty());
  CHECK(open.asked + open.unfinished == text);
  const Sorted closed = run(test::pieces_of(7, as_bytes(text + "m")));
  CHECK(closed.asked + closed.passed == text + "m");
  CHECK(closed == run(test::pieces_of(text.size() + 1, as_bytes(text + "m"))));
}

TEST_CASE("random output is cut into the same parts wherever its windows end, and what passes asks nothing") {
  static constexpr std::string_view kOften = "\x1b\x1b\x1b[[]P\\_G6nc?;11$+qm=a,\x05\x07\x18\n";
  std::mt19937 random(8);
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    while (text.size() < random() % 900)
      text += random() % 20 != 0  ? std::string(1, kOften[random() % kOften.size()])
              : random() % 5 != 0 ? kQueries[random() % kQueries.size()]
                                  : std::string(random() % 300, 'x');
    const Sorted whole = sort(text);
    CHECK(sort(test::pieces_of(1 + random() % 40, as_bytes(text))) == whole);
    CHECK(whole.passed.size() + whole.asked.size() + whole.unfinished.size() == text.size());
    CHECK(sort(whole.passed) == Sorted{whole.passed, "", ""});
    CHECK(as_text(without_terminal_queries(as_bytes(text))) == whole.passed);
  }
}
