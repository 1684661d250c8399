// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "charmux/config/match.hpp"
#include "given.hpp"

using namespace charmux;
using namespace charmux::config;

namespace {

const std::string kConsole = "[[console]]\nname = \"a\"\nbackend = \"pty:/a\"\n";

/// What is wrong with a console's log of that path, its place in the file left out.
std::string problems_of(const std::string& path) {
  const std::string all = problems(kConsole + "log = \"" + path + "\"\n", with({}));
  const std::string_view place = "f:4:7: 'log' in [[console]] ";
  return all.rfind(place, 0) == 0 ? all.substr(place.size()) : all;
}

std::string match(const std::string& console, const std::string& log) {
  return "[[match]]\nconsole = '" + console + "'\nlog = \"" + log + "\"\n";
}

}  // namespace

TEST_CASE("in a log's path %n is the console's name and %% a percent sign") {
  CHECK(log_path("/l/%n.log", "vm1") == "/l/vm1.log");
  CHECK(log_path("/l/%n/%n", "a") == "/l/a/a");
  CHECK(log_path("/l/100%%", "vm1") == "/l/100%");
  CHECK(log_path("/l/%%n", "vm1") == "/l/%n");
  CHECK(log_path("/l/%%%n%%", "vm1") == "/l/%vm1%");
  CHECK(log_path("/l/plain", "vm1") == "/l/plain");
  CHECK(log_path("", "vm1").empty());
}

TEST_CASE("a name is one part of the path, whatever bytes it has, and no name makes a hidden file or leads elsewhere") {
  const auto part = [](std::string_view name) { return log_path("%n", name); };
  CHECK(part("lab-1_a~2.serial1") == "lab-1_a~2.serial1");
  CHECK(part("../etc/passwd") == "%2E.%2Fetc%2Fpasswd");
  CHECK(part(".hidden") == "%2Ehidden");
  CHECK(part(".") == "%2E");
  CHECK(part("..") == "%2E%2E");
  CHECK(part("...") == "%2E..");
  CHECK(part("%2Ehidden") == "%252Ehidden");
  CHECK(part("%n") == "%25n");
  CHECK(part("caf\xc3\xa9\n") == "caf%C3%A9%0A");
}

TEST_CASE("a log is a file's absolute path") {
  CHECK(problems_of("/var/log/%n.log") == "ok");
  CHECK(problems_of("/l/.a") == "ok");
  const std::string relative = "must be an absolute path, not 'a.log': write one that begins with '/'";
  CHECK(problems_of("a.log") == relative);
  CHECK(problems(match("b", "a.log")) == "f:3:7: 'log' in [[match]] " + relative);
  CHECK(problems_of("") == "must be an absolute path, not '': write one that begins with '/'");
  const std::string remedy = ": write a file's path, such as '/var/log/charmux/%n.log'";
  for (const char* const path : {"/", "/var/log/", "/%n/", "/var/.", "/var/.."})
    CHECK(problems_of(path) == "is a directory, '" + std::string(path) + "'" + remedy);
  CHECK(problems(match("b", "/l/")) == "f:3:7: 'log' in [[match]] is a directory, '/l/'" + remedy);
}

TEST_CASE("a percent sign in a log's path that begins neither %n nor %% is refused, each that there is") {
  const auto stands_for_nothing = [](const std::string& what) {
    return "has '" + what + "', which stands for nothing: write %n for the console's name, %% for a percent sign";
  };
  CHECK(problems_of("/l/%N") == stands_for_nothing("%N"));
  CHECK(problems_of("/l/%") == stands_for_nothing("%"));
  CHECK(problems_of("/l/%n%%%") == stands_for_nothing("%"));
  CHECK(problems_of("/l/%d%h") ==
        stands_for_nothing("%d") + "\nf:4:7: 'log' in [[console]] " + stands_for_nothing("%h"));
  CHECK(problems(match("b", "/l/%2F")) == "f:3:7: 'log' in [[match]] " + stands_for_nothing("%2"));
}

TEST_CASE("a log for consoles of many names has the name in it") {
  const std::string one_file =
      "f:3:7: 'log' in [[match]] would be one file for many consoles: write %n where each one's name belongs";
  for (const char* const many : {"*", "lab-?", "lab-[12]"}) {
    CHECK_MESSAGE(problems(match(many, "/l/lab.log")) == one_file, many);
    CHECK_MESSAGE(problems(match(many, "/l/%%n.log")) == one_file, many);
    CHECK_MESSAGE(problems(match(many, "/l/%n.log")) == "ok", many);
  }
  CHECK(problems(match("*", "/l/x") + match("lab-1", "/l/x")) == one_file);
  for (const char* const one : {"lab-1", "lab\\*"}) CHECK_MESSAGE(problems(match(one, "/l/lab.log")) == "ok", one);
}

TEST_CASE("two consoles do not log to one file, however its path is written") {
  const std::string b = "[[console]]\nname = \"b\"\nbackend = \"pty:/b\"\n";
  const auto two = [&](const std::string& first, const std::string& second) {
    return problems(kConsole + "log = \"" + first + "\"\n" + b + "log = \"" + second + "\"\n", with({}));
  };
  const std::string same =
      "f:8:7: console 'b' has the 'log' of console 'a' (f:4:7): give each its own, such as with %n";
  CHECK(two("/l/x", "/l/x") == same);
  CHECK(two("/l/x", "/l//./x") == same);
  CHECK(two("/l/b", "/l/%n") == same);
  CHECK(two("/l/%n", "/l/%n") == "ok");
  CHECK(problems(kConsole + "log = \"/l/x\"\n" + b, with({})) == "ok");
}

TEST_CASE("a log that is given to a name is no other's, and two tables of one name are one console's") {
  CHECK(problems(kConsole + "log = \"/l/x\"\n" + match("b", "/l/x"), with({})) ==
        "f:7:7: [[match]] 'b' has the 'log' of console 'a' (f:4:7): give each its own, such as with %n");
  CHECK(problems(match("b", "/l/x") + match("c", "/l/x")) ==
        "f:6:7: [[match]] 'c' has the 'log' of [[match]] 'b' (f:3:7): give each its own, such as with %n");
  CHECK(problems(match("b", "/l/x") + match("b", "/l/x")) == "ok");
  CHECK(problems(match("b", "/l/%n") + match("*", "/l/%n")) == "ok");
}
