// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "frontend/display_width.hpp"
#include "unit/frontend/menu_kit.hpp"

using namespace charmux;
using namespace charmux::test;
using namespace std::string_view_literals;

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

TEST_CASE("every line end turns one page") {
  Client reference(fleet(70));
  std::string page = reference.type("\r").shown;
  page += reference.type("\r").shown;
  for (const std::string_view ends : {"\r\r"sv, "\n\n"sv, "\r\n\r\n"sv, "\r\0\r\0"sv})
    CHECK(typed(fleet(70), ends).shown == page);
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

TEST_CASE("without a console it says so, and Enter looks again") {
  Client client({});
  CHECK(client.greeting() == "[charmux: no consoles; Enter looks again, ? helps]\r\ncharmux> ");
  client.rows = named({"alpha"});
  CHECK(contains(client.type("\r").shown, "1 alpha open - 0\r\n"));
}

TEST_CASE("? helps") {
  const std::string help = typed(fleet(1), "?\r").shown;
  for (const std::string_view word : {"NUMBER", "NAME", "/TEXT", "Enter", "^D"}) CHECK(contains(help, word));
  CHECK(help.substr(help.size() - 9) == "charmux> ");
}

TEST_CASE("a sentence from outside leaves the line as it was") {
  Client client(named({"alpha"}));
  (void)client.type("al");
  std::string out;
  client.menu.tell("[charmux: hello]", out);
  CHECK(out == "\r\n[charmux: hello]\r\ncharmux> al");
  CHECK(client.type("\r").console == "alpha");
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
    CHECK(frontend::display_width(out.substr(0, end)) < 80);
    out.erase(0, end == std::string::npos ? end : end + 2);
  }
}
