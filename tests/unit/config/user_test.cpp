// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "given.hpp"

using namespace charmux;
using namespace charmux::config;

namespace {

Config config_of(const std::string& text) {
  const auto config = parse_toml(text, "f", with({"c1=pty:/dev/pts/3"}), root());
  if (!config)
    for (const Problem& problem : config.error()) FAIL_CHECK(to_text(problem));
  REQUIRE(config);
  return *config;
}

/// What is wrong with a user "a" that has these lines too; the first of them is line 3.
std::string with_lines(const std::string& lines) { return problems("[[user]]\nname = \"a\"\n" + lines); }

}  // namespace

TEST_CASE("a user has a name, ways to log in, groups and rights") {
  const Config config = config_of(
      "[[user]]\nname = \"oncall\"\npassword = \"$y$j9T$salt$hash\"\ncertificate = \"CN=oncall,O=Lab\"\n"
      "groups = [\"eng\"]\nwatch = [\"*\"]\ncontrol = [\"lab-*\"]\nadmin = [\"lab-1\", \"lab-2\"]\n"
      "[[user]]\nname = \"b\"\npam = \"char_mux-1.d\"\ncertificate = [\"DNS:b.example\", \"email:b@example\"]\n"
      "[[user]]\nname = \"uid\"\n"
      "[[group]]\nname = \"eng\"\nwatch = [\"e*\"]\ncontrol = []\nadmin = [\"e1\"]\n");
  REQUIRE(config.users.size() == 3);
  const User oncall{
      "oncall", "$y$j9T$salt$hash", "", {"CN=oncall,O=Lab"}, {"eng"}, {{"*"}, {"lab-*"}, {"lab-1", "lab-2"}}};
  CHECK(config.users[0] == oncall);
  const User b{"b", "", "char_mux-1.d", {"DNS:b.example", "email:b@example"}, {}, {}};
  CHECK(config.users[1] == b);
  CHECK(config.users[2] == User{"uid", "", "", {}, {}, {}});
  CHECK(config.groups == std::vector<Group>{{"eng", {{"e*"}, {}, {"e1"}}}});
}

TEST_CASE("a name has from 1 to 64 bytes, none of them a colon or a control byte, and is one user's") {
  const auto named = [](const std::string& name) { return problems("[[user]]\nname = \"" + name + "\"\n"); };
  CHECK(named(std::string(64, 'x')) == "ok");
  CHECK(named("J\xc3\xb6rg of the lab") == "ok");
  const auto refused = [](const std::string& shown) {
    return "f:2:8: 'name' in [[user]] must have from 1 to 64 bytes, with neither ':' nor control bytes, not '" + shown +
           "'";
  };
  CHECK(named("") == refused(""));
  CHECK(named(std::string(65, 'x')) == refused(std::string(65, 'x')));
  CHECK(named("a:b") == refused("a:b"));
  CHECK(named("a\\n") == refused("a\\x0a"));
  CHECK(named("a\\u007f") == refused("a\\x7f"));
  CHECK(problems("[[group]]\nname = \"a:b\"\n") ==
        "f:2:8: 'name' in [[group]] must have from 1 to 64 bytes, with neither ':' nor control bytes, not 'a:b'");
  CHECK(problems("[[user]]\nname = \"a\"\n[[user]]\nname = \"a\"\n") ==
        "f:4:8: user 'a' is defined twice, first at f:2:8: give each its own name");
  CHECK(problems("[[group]]\nname = \"a\"\n[[group]]\nname = \"a\"\n") ==
        "f:4:8: group 'a' is defined twice, first at f:2:8: give each its own name");
  CHECK(problems("[[user]]\nname = \"a\"\n[[group]]\nname = \"a\"\n") == "ok");
  CHECK(problems("[[user]]\n[[group]]\n") ==
        "f:1:1: [[user]] needs the key 'name'\nf:2:1: [[group]] needs the key 'name'");
}

TEST_CASE("a password is a hash of crypt(5)") {
  for (const std::string good : {"$y$j9T$...", "$y$...", "$6$salt$hash", "$6$rounds=5000$salt$hash", "$2b$12$abc/.",
                                 "$7$C6..../....x$y", "$1$a$b"})
    CHECK_MESSAGE(with_lines("password = \"" + good + "\"\n") == "ok", good);
  for (const std::string bad : {"", "secret", "$ecret", "$", "$$", "$$x", "$6$", "$6$a b", "$6$a:b", "$6$a*", "$6$a!b",
                                "$6$a;b", "$6$a\\\\b", "$6$a\\tb", "$6$\xc3\xb6", "x$6$a$b"})
    CHECK_MESSAGE(with_lines("password = \"" + bad + "\"\n") ==
                      "f:3:12: 'password' in [[user]] is no hash of a password as in crypt(5): let `charmux passwd` "
                      "write it",
                  bad);
}

TEST_CASE("no message shows a password, whatever is wrong beside it") {
  for (const std::string lines :
       {"password = \"hunter2\"\n", "password = [\"hunter2\"]\n", "password = {a = \"hunter2\"}\n",
        "pasword = \"hunter2\"\n", "password = \"hunter2\"\npam = \"x\"\n",
        "password = \"hunter2\"\npassword = \"hunter2\"\n", "password = hunter2\n", "password = \"hunter2\n",
        "password = \"hunter2\"\nname = 1\n"}) {
    const std::string told = with_lines(lines);
    CHECK_MESSAGE(told != "ok", lines);
    CHECK_MESSAGE(told.find("hunter2") == std::string::npos, told);
  }
}

TEST_CASE("PAM checks a password instead of the file, by a service") {
  CHECK(with_lines("pam = \"charmux\"\n") == "ok");
  for (const std::string bad : {"", "a/b", "..", ".", "a b"})
    CHECK_MESSAGE(
        with_lines("pam = \"" + bad + "\"\n") ==
            "f:3:7: 'pam' in [[user]] must be the name of a PAM service, a file in /etc/pam.d, not '" + bad + "'",
        bad);
  CHECK(with_lines("password = \"$6$a$b\"\npam = \"charmux\"\n") ==
        "f:4:7: [[user]] has both 'password' and 'pam': leave one of them out");
}

TEST_CASE("a certificate is known by its subject, or by a name or an address of its alternative names") {
  for (const std::string good :
       {"CN=oncall", "CN=a,O=Lab\\\\, Inc.", "2.5.4.3=a", "C = DE, CN = a", "DNS:a", "email:a@b"})
    CHECK_MESSAGE(with_lines("certificate = \"" + good + "\"\n") == "ok", good);
  for (const std::string bad : {"", "oncall", "DNS:", "email:", "dns:a", "=a", "/C=DE/CN=a", "URI:x=y"})
    CHECK_MESSAGE(with_lines("certificate = [\"CN=x\", \"" + bad + "\"]\n") ==
                      "f:3:15: 'certificate' in [[user]] must be a subject such as \"CN=oncall,O=Lab\", or DNS:NAME or "
                      "email:ADDRESS, not '" +
                          bad + "'",
                  bad);
  CHECK(with_lines("certificate = []\n") ==
        "f:3:15: 'certificate' in [[user]] is empty: name one, or leave 'certificate' out");
  CHECK(with_lines("certificate = 1\n") ==
        "f:3:15: 'certificate' in [[user]] must be a text in quotes, or a list of such texts, not an integer");
  CHECK(
      with_lines("certificate = [1]\n") ==
      "f:3:15: 'certificate' in [[user]] must be a text in quotes, or a list of such texts, not an array of something "
      "else");
}

TEST_CASE("a certificate is one user's") {
  const auto two = [](const std::string& first, const std::string& second) {
    return problems("[[user]]\nname = \"a\"\ncertificate = " + first +
                    "\n[[user]]\nname = \"b\"\ncertificate = " + second + "\n");
  };
  CHECK(two("\"CN=x\"", "[\"CN=y\", \"CN=x\"]") ==
        "f:6:15: user 'b' has the 'certificate' 'CN=x' of user 'a' (f:3:15): give each its own");
  CHECK(two("\"DNS:Host.example\"", "\"DNS:host.EXAMPLE\"") ==
        "f:6:15: user 'b' has the 'certificate' 'DNS:host.EXAMPLE' of user 'a' (f:3:15): give each its own");
  CHECK(two("\"email:a@X.example\"", "\"email:a@x.example\"") ==
        "f:6:15: user 'b' has the 'certificate' 'email:a@x.example' of user 'a' (f:3:15): give each its own");
  CHECK(two("\"email:a@x\"", "\"email:A@x\"") == "ok");
  CHECK(two("[\"CN=x\", \"CN=x\"]", "\"cn=X\"") == "ok");
}

TEST_CASE("a user's groups are there") {
  const std::string eng = "[[group]]\nname = \"eng\"\n[[group]]\nname = \"ops\"\n";
  CHECK(with_lines("groups = [\"ops\", \"eng\"]\n" + eng) == "ok");
  CHECK(with_lines("groups = [\"ops\", \"egn\"]\n" + eng) ==
        "f:3:10: user 'a': there is no group 'egn' among 'eng', 'ops': did you mean 'eng'?");
  CHECK(with_lines("groups = [\"eng\"]\n") ==
        "f:3:10: user 'a': there is no group 'eng': write a [[group]] of that name");
  CHECK(with_lines("groups = \"eng\"\n" + eng) ==
        "f:3:10: 'groups' in [[user]] must be a list of texts, such as [\"lab-*\"], not a text");
  CHECK(with_lines("groups = [\"eng\"]\n[[group]]\nnmae = \"eng\"\n") ==
        "f:4:1: [[group]] needs the key 'name'\nf:5:1: unknown key 'nmae' in [[group]]: did you mean 'name'?");
}

TEST_CASE("a right is a list of globs, none of which holds a NUL") {
  CHECK(with_lines("watch = \"*\"\n") ==
        "f:3:9: 'watch' in [[user]] must be a list of texts, such as [\"lab-*\"], not a text");
  CHECK(with_lines("control = [\"a\\u0000\"]\n") ==
        "f:3:11: 'control' in [[user]] cannot hold a NUL byte, and no name has one");
  CHECK(problems("[[group]]\nname = \"g\"\nadmin = [\"a\\u0000\"]\n") ==
        "f:3:9: 'admin' in [[group]] cannot hold a NUL byte, and no name has one");
}
