// SPDX-License-Identifier: Apache-2.0
#include "frontend/escape_keys.hpp"

#include <doctest/doctest.h>
#include <fmt/core.h>

#include <string>
#include <string_view>

#include "support/every_split.hpp"

using namespace charmux;
using namespace charmux::test;
using frontend::EscapeKeys;
using frontend::KeyPiece;

namespace {

/// In tables, '@' stands for ^E.
std::string keys(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c == '@') c = '\x05';
  return out;
}

/// What became of it: the guest's bytes as they are ('@' for ^E), <key argument> for a command, "text" for an echo.
struct Became {
  std::string text;
  bool echoes = false;

  void add(const KeyPiece& piece) {
    if (std::exchange(echoes, piece.kind == KeyPiece::Kind::echo) != echoes) text += '"';
    switch (piece.kind) {
      case KeyPiece::Kind::data:
        for (const char c : as_text(piece.data)) text += c == '\x05' ? '@' : c;
        break;
      case KeyPiece::Kind::command: text += fmt::format("<{}{}>", std::to_integer<char>(piece.key), piece.text); break;
      case KeyPiece::Kind::line_begins: text += "<line:"; break;
      case KeyPiece::Kind::echo: text += piece.text; break;
      case KeyPiece::Kind::line_dropped: text += "dropped>"; break;
    }
  }
};

std::string typed(std::string_view table_text) {
  const std::string bytes = keys(table_text);
  return every_split(as_bytes(bytes), [](const Pieces& pieces) {
    EscapeKeys parser;
    Became became;
    for (const Bytes& piece : pieces) {
      BytesView rest = piece;
      while (const auto found = parser.next(rest)) became.add(*found);
      CHECK(rest.empty());
    }
    return became.text;
  });
}

using Table = std::pair<std::string_view, std::string_view>[];

}  // namespace

TEST_CASE("what is no command is the guest's, byte for byte, wherever ^E stands in it") {
  const Table table = {
      {"ls -l\r", "ls -l\r"}, {"@x", "@x"},   {"a@b@c?d", "a@b<?>d"}, {"@@x", "@@x"},   {"@@@@x", "@@@@x"},
      {"@@c.", "@<.>"},       {"@C.", "@C."}, {"c.", "c."},           {"@\rc", "@\rc"}, {"\xff@\xff", "\xff@\xff"},
  };
  for (const auto& [bytes, became] : table) CHECK(typed(bytes) == became);
}

TEST_CASE("^E is held until the next byte tells what it is") {
  EscapeKeys parser;
  const std::string held = keys("@");
  BytesView bytes = as_bytes(held);
  CHECK_FALSE(parser.next(bytes));
  CHECK(parser.held() == 1);
  const std::string next = "x";
  bytes = as_bytes(next);
  CHECK(as_text(parser.next(bytes)->data) == "\x05");
  CHECK(parser.held() == 0);
  CHECK(as_text(parser.next(bytes)->data) == "x");
  CHECK_FALSE(parser.next(bytes));
}

TEST_CASE("behind the escape sequence stands one key, and what belongs to it") {
  const Table table = {
      {"@c.", "<.>"},          {"a@cwb", "a<w>b"},    {"@c\r", "<\r>"},         {"@c\x12x", "<\x12>x"},
      {"@cl0x", "<l0>x"},      {"@cl?x", "<l?>x"},    {"@c\\101x", "<\\101>x"}, {"@c\\1x01", "<\\1x>01"},
      {"@c\\8", "<\\8>"},      {"@c@c.", "<\x05>c."}, {"@c\x1b[A", "<\x1b>[A"}, {"@c?@c?", "<?><?>"},
      {"@cl@c.", "<l\x05>c."},
  };
  for (const auto& [bytes, became] : table) CHECK(typed(bytes) == became);
}

TEST_CASE("while a command is incomplete nothing is the guest's") {
  for (const char* const begun : {"@c", "@cl", "@ce", "@cex", "@c\\", "@c\\10"}) CHECK(typed(begun).empty());
  CHECK(typed("@cbhi") == "<line:\"hi");
}

TEST_CASE("a new escape sequence holds for what is typed behind it") {
  const Table table = {
      {"@ce~~ab@c.~~?", "<e~~>ab@c.<?>"},
      {"@cexyxy.", "<exy><.>"},
      {"@cexxxxwxa", "<exx><w>xa"},
      {"@cexyxe@c@cw", "<exy>xe@c@cw"},
      {"@cexyxye@c@cw",
       "<exy><e\x05"
       "c><w>"},
  };
  for (const auto& [bytes, became] : table) CHECK(typed(bytes) == became);
}

TEST_CASE("a line is edited and echoed until Enter, and what follows is the guest's again") {
  const Table table = {
      {"@cbhi\rls\r", "<line:\"hi\r\n\"<bhi>ls\r"},
      {"@cbhx\x7f"
       "i\rls",
       "<line:\"hx\b \bi\r\n\"<bhi>ls"},
      {"@cbhi\r\nls", "<line:\"hi\r\n\"<bhi>ls"},
      {"@cbhi\nls", "<line:\"hi\r\n\"<bhi>ls"},
      {"@cb\rls", "<line:\"\r\n\"<b>ls"},
      {"@cb@c.\rls", "<line:\"c.\r\n\"<bc.>ls"},
      {"@cb日本\x7f\r", "<line:\"日本\b\b  \b\b\r\n\"<b日>"},
      {"@cba\x12"
       "b\r",
       "<line:\"ab\r\n\"<bab>"},
  };
  for (const auto& [bytes, became] : table) CHECK(typed(bytes) == became);
}

TEST_CASE("^C, ESC and ^D on an empty line drop it; an arrow key that did so goes with it") {
  const Table table = {
      {"@cbhi\x03ls", "<line:\"hi\"dropped>ls"},   {"@cbhi\x1bls", "<line:\"hi\"dropped>ls"},
      {"@cb\x04ls", "<line:dropped>ls"},           {"@cbh\x04i\r", "<line:\"hi\r\n\"<bhi>"},
      {"@cbhi\x1b[Als", "<line:\"hi\"dropped>ls"}, {"@cbhi\x1b[1;5Cls", "<line:\"hi\"dropped>ls"},
      {"@cbhi\x1bOPls", "<line:\"hi\"dropped>ls"}, {"@cb\x1b@cw", "<line:dropped><w>"},
      {"@cb\x1b[\rls", "<line:dropped>\rls"},      {"@cbx\x03@cby\r", "<line:\"x\"dropped><line:\"y\r\n\"<by>"},
  };
  for (const auto& [bytes, became] : table) CHECK(typed(bytes) == became);
}
