// SPDX-License-Identifier: Apache-2.0
#include "access/rules.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>

using namespace charmux;
using namespace charmux::access;

namespace {

using Kind = Person::Kind;
using Names = std::vector<std::string>;

config::User user(const std::string& name, config::Rights rights = {}, Names groups = {}, Names certificates = {}) {
  config::User made;
  made.name = name;
  made.rights = std::move(rights);
  made.groups = std::move(groups);
  made.certificates = std::move(certificates);
  return made;
}

/// oncall types at lab consoles, ann belongs to eng, which watches all, and to rack, which administers two; root1
/// administers all; nobody1 has no rights.
Rules rules() {
  return Rules({user("oncall", {{}, {"lab-*"}, {}}), user("ann", {}, {"eng", "rack"}), user("root1", {{}, {}, {"*"}}),
                user("nobody1")},
               {{"eng", {{"*"}, {}, {}}}, {"rack", {{}, {}, {"rack1", "rack2"}}}});
}

Person called(const std::string& name) { return {Kind::user, name, {}}; }
Person local(const std::string& name, Names groups = {}) { return {Kind::local, name, std::move(groups)}; }

const config::User* by(const Rules& all, net::PeerCertificate certificate) { return all.user_of(certificate); }

}  // namespace

TEST_CASE("a user has the rights of each glob that fits the console, and none elsewhere") {
  CHECK(rules().right(called("oncall"), "lab-1") == Right::control);
  CHECK(rules().right(called("oncall"), "lab-") == Right::control);
  CHECK(rules().right(called("oncall"), "my-lab-1") == Right::none);
  CHECK(rules().right(called("oncall"), "rack1") == Right::none);
  CHECK(rules().right(called("nobody1"), "lab-1") == Right::none);
}

TEST_CASE("a user has the rights of all groups he names, and of those the most") {
  CHECK(rules().right(called("ann"), "lab-1") == Right::watch);
  CHECK(rules().right(called("ann"), "rack1") == Right::admin);
  const Rules both({user("ann", {{}, {"a*"}, {}}, {"eng"})}, {{"eng", {{"*"}, {}, {"ab"}}}});
  CHECK(both.right(called("ann"), "aa") == Right::control);
  CHECK(both.right(called("ann"), "ab") == Right::admin);
  CHECK(both.right(called("ann"), "b") == Right::watch);
}

TEST_CASE("names of consoles fit as everywhere in charmux: * crosses slashes and dots, the whole name counts") {
  const Rules all({user("a", {{"*"}, {"hv7-?", "x[12]"}, {"with\\*star"}})}, {});
  CHECK(all.right(called("a"), "a/b.serial1") == Right::watch);
  CHECK(all.right(called("a"), "hv7-1") == Right::control);
  CHECK(all.right(called("a"), "hv7-12") == Right::watch);
  CHECK(all.right(called("a"), "x2") == Right::control);
  CHECK(all.right(called("a"), "with*star") == Right::admin);
  CHECK(all.right(called("a"), "with-star") == Right::watch);
}

TEST_CASE("whoever is no user (any more) has no rights, and names are exact") {
  CHECK(rules().right(called("gone"), "lab-1") == Right::none);
  CHECK(rules().right(called("Oncall"), "lab-1") == Right::none);
  CHECK(rules().right(called(""), "lab-1") == Right::none);
  CHECK(rules().user("oncall")->name == "oncall");
  CHECK(rules().user("oncal") == nullptr);
  CHECK(rules().has_users());
  CHECK_FALSE(Rules().has_users());
}

TEST_CASE("a stranger may watch and type, an owner may do everything") {
  for (const Rules& all : {Rules(), rules()}) {
    CHECK(all.right({}, "lab-1") == Right::control);
    CHECK(all.right({Kind::owner, "", {}}, "lab-1") == Right::admin);
    CHECK(all.administers_all({Kind::owner, "", {}}));
    CHECK_FALSE(all.administers_all({}));
  }
}

TEST_CASE("a local user may do everything as long as there are no rules") {
  CHECK(Rules().right(local("ann"), "lab-1") == Right::admin);
  CHECK(Rules().administers_all(local("ann")));
  CHECK(Rules().right(called("ann"), "lab-1") == Right::none);
  const Rules groups({}, {{"eng", {{"*"}, {}, {}}}});
  CHECK(groups.right(local("ann"), "lab-1") == Right::none);
  CHECK(groups.right(local("ann", {"eng"}), "lab-1") == Right::watch);
  CHECK_FALSE(groups.administers_all(local("ann", {"eng"})));
}

TEST_CASE("a local user is the user of his name, and a member of the groups that are called as his UNIX groups") {
  CHECK(rules().right(local("oncall"), "lab-1") == Right::control);
  CHECK(rules().right(local("ann"), "rack1") == Right::admin);
  CHECK(rules().right(local("bob"), "lab-1") == Right::none);
  CHECK(rules().right(local("bob", {"users", "eng"}), "lab-1") == Right::watch);
  CHECK(rules().right(local("oncall", {"rack"}), "rack2") == Right::admin);
}

TEST_CASE("UNIX groups count for local ones alone") {
  CHECK(rules().right({Kind::user, "oncall", {"rack"}}, "rack2") == Right::none);
  CHECK_FALSE(rules().administers_all({Kind::user, "oncall", {"rack"}}));
}

TEST_CASE("only admin = [\"*\"] administers charmuxd itself, whatever else fits all consoles there are") {
  CHECK(rules().administers_all(called("root1")));
  CHECK(rules().administers_all(local("root1")));
  CHECK_FALSE(rules().administers_all(called("ann")));
  const Rules all({user("a", {{}, {"*"}, {"rack*", "**"}}), user("b", {}, {"ops"})}, {{"ops", {{}, {}, {"x", "*"}}}});
  CHECK_FALSE(all.administers_all(called("a")));
  CHECK(all.administers_all(called("b")));
}

TEST_CASE("a certificate is its user's by the whole subject, to the letter") {
  const Rules all({user("oncall", {}, {}, {"CN=oncall,O=Lab"}), user("ann", {}, {}, {"CN=ann"})}, {});
  CHECK(by(all, {"CN=oncall,O=Lab", {}, {}}) == all.user("oncall"));
  CHECK(by(all, {"CN=ann", {}, {}}) == all.user("ann"));
  for (const char* other : {"CN=oncall", "O=Lab,CN=oncall", "cn=oncall,o=lab", "CN=oncall,O=Lab,C=DE", "CN=ANN", ""})
    CHECK(by(all, {other, {}, {}}) == nullptr);
}

TEST_CASE("a certificate is its user's by a host's name, in any case") {
  const Rules all({user("ci", {}, {}, {"CN=other", "DNS:CI.lab.example"})}, {});
  CHECK(by(all, {"", {"x.lab.example", "ci.LAB.example"}, {}}) == all.user("ci"));
  CHECK(by(all, {"", {"ci.lab.example.org", "a.ci.lab.example", "ci.lab"}, {}}) == nullptr);
  CHECK(by(all, {"DNS:CI.lab.example", {}, {"CI.lab.example"}}) == nullptr);
  CHECK(by(all, {"CN=ci.lab.example", {}, {}}) == nullptr);
}

TEST_CASE("a certificate is its user's by a mail address, whose domain alone is in any case") {
  const Rules all({user("ann", {}, {}, {"email:Ann@Example.org"})}, {});
  CHECK(by(all, {"", {}, {"bob@example.org", "Ann@eXample.ORG"}}) == all.user("ann"));
  CHECK(by(all, {"", {}, {"ann@Example.org", "Ann@Example.com", "Ann@x@Example.org", "Ann", "@Example.org"}}) ==
        nullptr);
}

TEST_CASE("an empty line of a user's fits no certificate, not one without names either") {
  const Rules all({user("a", {}, {}, {"", "DNS:", "email:", "email:@"})}, {});
  CHECK(by(all, {}) == nullptr);
  CHECK(by(all, {"", {""}, {""}}) == nullptr);
}

TEST_CASE("a certificate that two users have is the first one's") {
  const Rules all({user("a", {}, {}, {"DNS:x"}), user("b", {}, {}, {"CN=x"})}, {});
  CHECK(by(all, {"CN=x", {"x"}, {}}) == all.user("a"));
}
