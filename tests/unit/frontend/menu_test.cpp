// SPDX-License-Identifier: Apache-2.0
#include "frontend/menu.hpp"

#include <doctest/doctest.h>
#include <fmt/core.h>

#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "frontend/display_width.hpp"
#include "support/every_split.hpp"

using charmux::as_bytes;
using charmux::Bytes;
using charmux::BytesView;
using charmux::frontend::Menu;
using namespace std::string_view_literals;
using Kind = charmux::frontend::Menu::Outcome::Kind;

namespace {

std::vector<Menu::Row> fleet(std::size_t count) {
  std::vector<Menu::Row> rows;
  for (std::size_t i = 1; i <= count; ++i)
    rows.push_back({static_cast<unsigned>(i), fmt::format("vm-{:04}", i), "open", "", 0});
  return rows;
}

std::vector<Menu::Row> named(const std::vector<std::string>& names) {
  std::vector<Menu::Row> rows;
  for (const std::string& name : names) rows.push_back({static_cast<unsigned>(rows.size() + 1), name, "open", "", 0});
  return rows;
}

/// What a client saw and got, over all of its input.
struct Seen {
  std::string shown;
  Kind kind = Kind::none;
  std::string console;
  std::string rest;  ///< what was left to the console
  friend bool operator==(const Seen&, const Seen&) = default;
};

std::ostream& operator<<(std::ostream& stream, const Seen& seen) {
  return stream << seen.shown << "|" << static_cast<int>(seen.kind) << "|" << seen.console << "|" << seen.rest;
}

struct Client {
  explicit Client(std::vector<Menu::Row> consoles) : rows(std::move(consoles)) {}

  std::vector<Menu::Row> rows;
  std::size_t asked = 0;
  Menu menu{[this] {
    ++asked;
    return rows;
  }};

  std::string greeting() {
    std::string out;
    menu.greet(out);
    return out;
  }
  /// As a session does: each piece is sent on before the next comes.
  Seen type(const charmux::test::Pieces& pieces) {
    Seen seen;
    for (const Bytes& piece : pieces) {
      BytesView bytes = piece;
      if (seen.kind == Kind::none) {
        std::string out;
        const Menu::Outcome outcome = menu.typed(bytes, out);
        seen.shown += out;
        seen.kind = outcome.kind;
        seen.console = outcome.console;
      } else {
        menu.skip_line_end(bytes);
      }
      seen.rest += charmux::as_text(bytes);
    }
    return seen;
  }
  Seen type(std::string_view text) {
    const BytesView bytes = as_bytes(text);
    return type(charmux::test::Pieces{Bytes(bytes.begin(), bytes.end())});
  }
};

/// What `text` does to a fresh menu of these consoles, however it is cut.
Seen typed(const std::vector<Menu::Row>& rows, std::string_view text) {
  return charmux::test::every_split(as_bytes(text), [&](const charmux::test::Pieces& pieces) {
    Client client(rows);
    return client.type(pieces);
  });
}

/// The line that a client has on its terminal after these keys: what its Enter sends off as a name.
std::string line_after(std::string_view keys) {
  Seen seen = typed({}, std::string(keys) + "\r");
  const std::size_t begin = seen.shown.rfind("no console \"");
  if (begin == std::string::npos) return {};
  const std::size_t end = seen.shown.find("\"; ", begin);
  return seen.shown.substr(begin + 12, end - begin - 12);
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

constexpr std::string_view kSeveral = "[charmux: {}; a number or a name opens, /text filters, ? helps]\r\n";

}  // namespace

TEST_CASE("the greeting lists number, name, state, writer and viewers, in columns, and prompts") {
  Client client({{1, "alpha", "open", "oncall", 2}, {12, "b", "shut off", "", 0}});
  CHECK(client.greeting() == fmt::format(fmt::runtime(kSeveral), "2 consoles") +
                                 "1  alpha open     oncall 2\r\n"
                                 "12 b     shut off -      0\r\n"
                                 "charmux> ");
}

TEST_CASE("one console is a line with single blanks") {
  Client client({{1, "alpha", "open", "", 0}});
  CHECK(client.greeting() == fmt::format(fmt::runtime(kSeveral), "1 console") + "1 alpha open - 0\r\ncharmux> ");
}

TEST_CASE("columns are aligned by what a terminal shows, and no control byte of a name gets there") {
  Client client({{1, "日本", "open", "", 0}, {2, "e\xcc\x81t", "open", "", 0}, {3, "a\x1b[2J", "open", "b\a", 0}});
  const std::string out = client.greeting();
  CHECK(contains(out, "1 日本     open -     0\r\n"));
  CHECK(contains(out, "2 e\xcc\x81t       open -     0\r\n"));
  CHECK(contains(out, "3 a\\x1b[2J open b\\x07 0\r\n"));
}

TEST_CASE("a name that is too long is not cut and pushes its own line only") {
  Client client(named({std::string(50, 'x'), "b"}));
  const std::string out = client.greeting();
  CHECK(contains(out, "1 " + std::string(50, 'x') + " open - 0\r\n"));
  CHECK(contains(out, "2 b" + std::string(29, ' ') + " open - 0\r\n"));
}

TEST_CASE("a console without a number is listed last, and opened by its name alone") {
  const std::vector<Menu::Row> rows = {{0, "late", "no port", "", 0}, {1, "alpha", "open", "", 0}};
  Client client(rows);
  CHECK(contains(client.greeting(), "1 alpha open    - 0\r\n- late  no port - 0\r\n"));
  CHECK(typed(rows, "0\r").kind == Kind::none);
  CHECK(typed(rows, "late\r").console == "late");
}

TEST_CASE("Enter turns the pages of twenty, and begins again after the last") {
  Client client(fleet(45));
  const std::string first = client.greeting();
  CHECK(contains(first, "20 vm-0020 open - 0\r\n(1-20 of 45; Enter: more)\r\ncharmux> "));
  CHECK_FALSE(contains(first, "vm-0021"));
  const std::string second = client.type("\r").shown;
  CHECK(second.rfind("\r\n21 vm-0021", 0) == 0);
  CHECK(contains(second, "(21-40 of 45; Enter: more)\r\n"));
  const std::string third = client.type("\r").shown;
  CHECK(contains(third, "45 vm-0045 open - 0\r\ncharmux> "));
  CHECK_FALSE(contains(third, "more"));
  CHECK(client.type("\r").shown == "\r\n" + first);
}

TEST_CASE("twenty consoles are one page, and twenty-one are two") {
  CHECK_FALSE(contains(Client(fleet(20)).greeting(), "more"));
  CHECK(contains(Client(fleet(21)).greeting(), "(1-20 of 21; Enter: more)"));
}

TEST_CASE("the next page begins behind the last console shown, though consoles have come and gone") {
  Client client(fleet(45));
  (void)client.greeting();
  client.rows.erase(client.rows.begin(), client.rows.begin() + 10);
  CHECK(client.type("\r").shown.rfind("\r\n21 vm-0021", 0) == 0);
  client.rows.resize(5);
  CHECK(contains(client.type("\r").shown, "5 consoles"));
}

TEST_CASE("a number, a name or an unambiguous beginning and Enter opens") {
  const std::vector<Menu::Row> rows = named({"alpha", "alpha.serial1", "beta", "web server", "7up", "2"});
  const std::pair<std::string_view, std::string_view> table[] = {
      {"1\r", "alpha"},
      {"alpha\r", "alpha"},
      {"alpha.\r", "alpha.serial1"},
      {"b\r", "beta"},
      {"web s\r", "web server"},
      {"  beta  \r", "beta"},
      {"5\r", "7up"},
      {"7\r", "7up"},
      {"6\r", "2"},
      {"2\r", "2"} /* a name is exactly that */,
  };
  for (const auto& choice : table) {
    CAPTURE(choice.first);
    const Seen seen = typed(rows, choice.first);
    CHECK(seen.kind == Kind::open);
    CHECK(seen.console == choice.second);
  }
}

TEST_CASE("a name with control bytes is typed as it is shown") {
  CHECK(typed(named({"a\x1b[2J"}), "a\\x1b[2J\r").console == "a\x1b[2J");
  CHECK(typed(named({"日本", "日光"}), "日光\r").console == "日光");
}

TEST_CASE("every line end ends one line, and what comes behind the one that chooses is left to the console") {
  for (const std::string_view end : {"\r"sv, "\n"sv, "\r\n"sv, "\r\0"sv}) {
    const Seen seen = typed(named({"alpha"}), std::string("al") + std::string(end) + "root\r\n");
    CHECK(seen == Seen{"al\r\n", Kind::open, "alpha", "root\r\n"});
  }
  CHECK(typed(named({"alpha"}), "al\r\n\nx").rest == "\nx");
  CHECK(typed(named({"alpha"}), "al\n\nx").rest == "\nx");
}

TEST_CASE("every line end turns one page") {
  Client reference(fleet(70));
  std::string page = reference.type("\r").shown;
  page += reference.type("\r").shown;
  for (const std::string_view ends : {"\r\r"sv, "\n\n"sv, "\r\n\r\n"sv, "\r\0\r\0"sv})
    CHECK(typed(fleet(70), ends).shown == page);
}

TEST_CASE("a beginning of several consoles lists them, and prompts again") {
  const Seen few = typed(named({"web1", "web22", "db"}), "we\r");
  CHECK(few.shown ==
        "we\r\n[charmux: 2 consoles begin with \"we\"]\r\n1 web1  open - 0\r\n2 web22 open - 0\r\ncharmux> ");
  const Seen many = typed(fleet(57), "vm\r");
  CHECK(contains(many.shown, "[charmux: 57 consoles begin with \"vm\"]\r\n1  vm-0001"));
  CHECK(contains(many.shown, "20 vm-0020 open - 0\r\nand 37 more\r\ncharmux> "));
  CHECK_FALSE(contains(typed(fleet(20), "vm\r").shown, "more"));
}

TEST_CASE("what is no console is answered with what may have been meant") {
  const std::vector<Menu::Row> rows = named({"alpha", "beta-prod", "gamma-prod"});
  CHECK(typed(rows, "alhpa\r").shown == "alhpa\r\n[charmux: no console \"alhpa\"; did you mean alpha?]\r\ncharmux> ");
  CHECK(contains(typed(rows, "PROD\r").shown, "\"PROD\"; /PROD lists the 2 whose name contains it]"));
  CHECK(contains(typed(rows, "amma-\r").shown, "; /amma- lists the one whose name contains it]"));
  CHECK(contains(typed(rows, "99\r").shown, "[charmux: no console \"99\"; Enter lists what there is, ? helps]"));
}

TEST_CASE("a filter shows the names that contain it, whatever their case, until it is dropped") {
  const std::vector<Menu::Row> rows = named({"Web1", "db", "old-web", "x"});
  Client client(rows);
  const std::string all = client.greeting();
  CHECK(client.type("/wEB\r").shown ==
        "/wEB\r\n[charmux: 2 of 4 consoles contain \"web\"; / drops the filter]\r\n"
        "1 Web1    open - 0\r\n3 old-web open - 0\r\ncharmux> ");
  CHECK(contains(client.type("\r").shown, "2 of 4"));
  CHECK(client.type("/\r").shown == "/\r\n" + all);
  CHECK(contains(client.type("/nix\r").shown,
                 "[charmux: no console of 4 contains \"nix\"; / drops the filter]\r\ncharmux> "));
}

TEST_CASE("a filter is paged, and begins at its first page") {
  Client client(fleet(45));
  (void)client.greeting();
  CHECK(contains(client.type("/vm\r").shown, "45 of 45"));
  CHECK(contains(client.type("\r").shown, "(21-40 of 45; Enter: more)"));
  CHECK(contains(client.type("/VM-\r").shown, "(1-20 of 45; Enter: more)"));
}

TEST_CASE("a filter changes what is listed and not what a line means") {
  const std::vector<Menu::Row> rows = named({"web-old", "web-new", "db"});
  CHECK(typed(rows, "/new\rweb-old\r").console == "web-old");
  CHECK(typed(rows, "/new\r3\r").console == "db");
  CHECK(typed(rows, "/new\rd\r").console == "db");
  const Seen several = typed(rows, "/new\rweb\r");
  CHECK(several.kind == Kind::none);
  CHECK(contains(several.shown, "[charmux: 2 consoles begin with \"web\"]"));
}

TEST_CASE("without a console it says so, and Enter looks again") {
  Client client({});
  CHECK(client.greeting() == "[charmux: no consoles; Enter looks again, ? helps]\r\ncharmux> ");
  client.rows = named({"alpha"});
  CHECK(contains(client.type("\r").shown, "1 alpha open - 0\r\n"));
}

TEST_CASE("q and ^D on an empty line leave") {
  CHECK(typed(fleet(1), "q\r") == Seen{"q\r\n", Kind::leave, "", ""});
  CHECK(typed(fleet(1), "\x04") == Seen{"\r\n", Kind::leave, "", ""});
  CHECK(typed(fleet(1), "v\x04\r").kind == Kind::open);
}

TEST_CASE("? helps") {
  const std::string help = typed(fleet(1), "?\r").shown;
  for (const std::string_view word : {"NUMBER", "NAME", "/TEXT", "Enter", "^D"}) CHECK(contains(help, word));
  CHECK(help.substr(help.size() - 9) == "charmux> ");
}

TEST_CASE("a line is edited as a terminal does") {
  const std::pair<std::string_view, std::string_view> table[] = {
      {"abx\bc", "abc"},
      {"abx\x7f"
       "c",
       "abc"},
      {"\x7f\b"
       "a",
       "a"},
      {"日本\x7f", "日"},
      {"ae\xcc\x81\x7f"
       "b",
       "ab"},
      {"one two\x17x", "one x"},
      {"one two  \x17x", "one x"},
      {"\x17x", "x"},
      {"one two\x15"
       "abc",
       "abc"},
      {"one\x03"
       "abc",
       "abc"},
      {"a\x01\x02\x05\x1a\tb", "ab"},
  };
  for (const auto& edited : table) {
    CAPTURE(edited.second);
    CHECK(line_after(edited.first) == edited.second);
  }
}

TEST_CASE("what is erased goes from the screen, by its width") {
  CHECK(typed({}, "a\x7f").shown == "a\b \b");
  CHECK(typed({}, "日\x7f").shown == "日\b\b  \b\b");
  CHECK(typed({}, "e\xcc\x81\x7f").shown == "e\xcc\x81\b \b");
  CHECK(typed({}, "ab\x15").shown == "ab\b \b\b \b");
  CHECK(typed({}, "\x7f").shown.empty());
}

TEST_CASE("^C prompts anew, ^L and ^R show the line again") {
  CHECK(typed({}, "ab\x03").shown == "ab^C\r\ncharmux> ");
  CHECK(typed({}, "ab\x0c").shown == "ab\r\ncharmux> ab");
  CHECK(typed({}, "ab\x12").shown == "ab\r\ncharmux> ab");
}

TEST_CASE("keys without a character and answers of terminals are swallowed") {
  for (const std::string_view sequence :
       {"\x1b[A", "\x1bOA", "\x1b[24;80R", "\x1b[?62;1c", "\x1b[3~", "\x1b[1;5C", "\x1b[[A", "\x1bx",
        "\x1b]11;rgb:00/00/00\x07", "\x1b]11;rgb:00/00/00\x1b\\", "\x1bP1$r0m\x1b\\", "\x1b\x1b[A", "\x1b(B"}) {
    CAPTURE(sequence.substr(1));
    CHECK(typed({}, "a" + std::string(sequence) + "b").shown == "ab");
  }
}

TEST_CASE("Enter works though an escape was typed before it") {
  for (const std::string_view escape : {"\x1b", "\x1b[", "\x1bO", "\x1b]", "\x1b[1;"})
    CHECK(typed(named({"alpha"}), "al" + std::string(escape) + "\r").console == "alpha");
}

TEST_CASE("only whole characters are echoed, and no control among them") {
  CHECK(typed({},
              "a\xff\xc3"
              "b\x80\xc2\x9b\xed\xa0\x80\xe6\x97"
              "c\xf4\x90\x80\x80"
              "d")
            .shown == "abcd");
  CHECK(typed({}, "\xe6\x97\xe6\x97\xa5").shown == "日");
  CHECK(typed({}, "\xe6\x97\r").kind == Kind::none);
}

TEST_CASE("a line takes 256 bytes and a bell for each character more") {
  const std::string most(256, 'x');
  CHECK(typed({}, most + "yz").shown == most + "\a\a");
  CHECK(typed({}, most.substr(1) + "日y").shown == most.substr(1) + "\ay");
  CHECK(line_after(most + "y\x7f\x7fz") == most.substr(2) + "z");
}

TEST_CASE("a sentence from outside leaves the line as it was") {
  Client client(named({"alpha"}));
  (void)client.type("al");
  std::string out;
  client.menu.tell("[charmux: hello]", out);
  CHECK(out == "\r\n[charmux: hello]\r\ncharmux> al");
  CHECK(client.type("\r").console == "alpha");
}

TEST_CASE("the consoles are asked for by a page or a choice, and not by a key") {
  Client client(fleet(2000));
  (void)client.greeting();
  CHECK(client.asked == 1);
  (void)client.type(charmux::test::pieces_of(1, as_bytes("vm-20\x7f\x7f\x1b[A\x15\x0cvm-2000")));
  CHECK(client.asked == 1);
  CHECK(client.type("\r").console == "vm-2000");
  CHECK(client.asked == 2);
}

TEST_CASE("one that sends lines without end gets no page for each, and what it chooses all the same") {
  Client client(fleet(2000));
  const Seen seen = client.type(std::string(4096, '\r') + "/x\r?\rvm\rnone\r");
  CHECK(seen.shown.size() < 2 * Menu::kMaxUnread + 5000 * std::string_view("\r\ncharmux> ").size());
  CHECK(client.asked < 100);
  CHECK(client.type(std::string(200, 'x') + std::string(4096, '\x12') + "\x03").shown.size() < 2 * Menu::kMaxUnread);
  const Seen chosen = client.type(std::string(4096, '\r') + "vm-1999\rls\r");
  CHECK(chosen.console == "vm-1999");
  CHECK(chosen.rest == "ls\r");
  std::string unread(Menu::kMaxUnread, 'x');
  BytesView bytes = as_bytes("vm-0007\r");
  CHECK(client.menu.typed(bytes, unread).console == "vm-0007");
  client.rows = named({"new"});
  CHECK(client.type("/\r").console.empty());
  CHECK(client.type("new\r").console == "new");
}

TEST_CASE("a page of two thousand of the usual names fits in eighty columns") {
  std::vector<Menu::Row> rows = fleet(2000);
  for (Menu::Row& row : rows) {
    row.name = "production-web-" + row.name + ".serial1";
    row.state = "connecting";
    row.writer = "192.168.100.200:65535";
    row.viewers = 10;
  }
  Client client(rows);
  std::string out = client.greeting();
  while (!out.empty()) {
    const std::size_t end = out.find("\r\n");
    CHECK(charmux::frontend::display_width(out.substr(0, end)) < 80);
    out.erase(0, end == std::string::npos ? end : end + 2);
  }
}
