// SPDX-License-Identifier: Apache-2.0
#include "frontend/login.hpp"

#include <doctest/doctest.h>

#include "support/every_split.hpp"

using namespace charmux;
using namespace charmux::frontend;

namespace {

/// A client that types, and what it was asked for.
struct Asked {
  std::string shown;
  std::string name;
  std::string password;
  bool leaves = false;
  std::string ahead;  ///< typed behind the password
  friend bool operator==(const Asked&, const Asked&) = default;
};

Asked typed(std::string_view keys) {
  return test::every_split(as_bytes(keys), [](const test::Pieces& pieces) {
    Login login;
    Asked asked;
    login.greet(asked.shown);
    bool checks = false;
    for (const Bytes& piece : pieces) {
      BytesView bytes = piece;
      if (checks) {
        asked.ahead += as_text(bytes);
        continue;
      }
      const Login::Outcome outcome = login.typed(bytes, asked.shown);
      checks = outcome.kind == Login::Outcome::Kind::check;
      asked.leaves = asked.leaves || outcome.kind == Login::Outcome::Kind::leave;
      if (asked.leaves) break;
      asked.ahead += as_text(bytes);
    }
    asked.name = login.name();
    asked.password = login.take_password();
    return asked;
  });
}

}  // namespace

TEST_CASE("name and password are asked for, and the password is not shown") {
  const Asked asked = typed("oncall\rsecret word\r");
  CHECK(asked.shown == "charmux login: oncall\r\nPassword: \r\n");
  CHECK(asked.name == "oncall");
  CHECK(asked.password == "secret word");
  CHECK(asked.ahead.empty());
}

TEST_CASE("what is typed behind the password is nobody's yet") {
  const Asked asked = typed("ann\rpw\rls\r");
  CHECK(asked.password == "pw");
  CHECK(asked.ahead == "ls\r");
}

TEST_CASE("an empty name is asked for again, an empty password is one") {
  const Asked asked = typed("\r\rann\r\r");
  CHECK(asked.shown == "charmux login: \r\ncharmux login: \r\ncharmux login: ann\r\nPassword: \r\n");
  CHECK(asked.name == "ann");
  CHECK(asked.password.empty());
  CHECK(asked.ahead.empty());
}

TEST_CASE("keys that correct a line do so in a password, too, unseen") {
  const Asked asked = typed("amm\x7f\x7fnn\rwrong\x15good\x7f\x7fld\r");
  CHECK(asked.name == "ann");
  CHECK(asked.password == "gold");
  CHECK(asked.shown.find("Password: \r\n") != std::string::npos);
}

TEST_CASE("^D and ^C leave, wherever") {
  CHECK(typed("\x04").leaves);
  CHECK(typed("\x03").leaves);
  CHECK(typed("ann\r\x04").leaves);
  CHECK(typed("ann\rhalf\x03").leaves);
}

TEST_CASE("after a wrong password the name is asked for again, and nothing of the first is left") {
  Login login;
  std::string shown;
  BytesView first = as_bytes("ann\rwrong\r");
  CHECK(login.typed(first, shown).kind == Login::Outcome::Kind::check);
  CHECK(login.take_password() == "wrong");
  CHECK(login.take_password().empty());
  shown.clear();
  login.again("Login incorrect", shown);
  CHECK(shown == "Login incorrect\r\ncharmux login: ");
  BytesView second = as_bytes("\nben\rgood\r");  // the LF belongs to the Enter before
  CHECK(login.typed(second, shown).kind == Login::Outcome::Kind::check);
  CHECK(login.name() == "ben");
  CHECK(login.take_password() == "good");
}
