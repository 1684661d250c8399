// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "unit/frontend/menu_kit.hpp"

using namespace charmux;
using namespace charmux::test;
using namespace std::string_view_literals;

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

TEST_CASE("a filter changes what is listed and not what a line means") {
  const std::vector<Menu::Row> rows = named({"web-old", "web-new", "db"});
  CHECK(typed(rows, "/new\rweb-old\r").console == "web-old");
  CHECK(typed(rows, "/new\r3\r").console == "db");
  CHECK(typed(rows, "/new\rd\r").console == "db");
  const Seen several = typed(rows, "/new\rweb\r");
  CHECK(several.kind == Kind::none);
  CHECK(contains(several.shown, "[charmux: 2 consoles begin with \"web\"]"));
}

TEST_CASE("q and ^D on an empty line leave") {
  CHECK(typed(fleet(1), "q\r") == Seen{"q\r\n", Kind::leave, "", ""});
  CHECK(typed(fleet(1), "\x04") == Seen{"\r\n", Kind::leave, "", ""});
  CHECK(typed(fleet(1), "v\x04\r").kind == Kind::open);
}

TEST_CASE("the consoles are asked for by a page or a choice, and not by a key") {
  Client client(fleet(2000));
  (void)client.greeting();
  CHECK(client.asked == 1);
  (void)client.type(pieces_of(1, as_bytes("vm-20\x7f\x7f\x1b[A\x15\x0cvm-2000")));
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
