// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "charmux/config/keys.hpp"
#include "charmux/config/match.hpp"
#include "given.hpp"

using namespace charmux;
using namespace charmux::config;

namespace {

std::string read(const std::string& name) {
  const auto root_of_sources = std::filesystem::path(__FILE__).parent_path() / "../../..";
  std::ifstream file(root_of_sources / name, std::ios::binary);
  REQUIRE(file.is_open());
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The reference with its settings uncommented: those are behind '#' and no blank, remarks behind '#' and a blank.
std::string uncommented(const std::string& text) {
  std::istringstream lines(text);
  std::string out;
  for (std::string line; std::getline(lines, line); out += line + "\n")
    if (line.size() > 1 && line[0] == '#' && line[1] != ' ') line.erase(0, 1);
  return out;
}

struct Written {
  std::string table;
  std::string name;
  std::string value;
};

/// Every key of an uncommented reference with the table it stands in, in order; of one that stands in several tables of
/// one name, the first.
std::vector<Written> keys_of(const std::string& text) {
  std::istringstream lines(text);
  std::vector<Written> keys;
  std::string table;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    if (line[0] == '[') {
      const std::size_t name = line.find_first_not_of('[');
      table = line.substr(name, line.find_first_of(".]") - name);
      continue;
    }
    const std::size_t equals = line.find(" = ");
    REQUIRE(equals != std::string::npos);
    Written key{table, line.substr(0, equals), line.substr(equals + 3)};
    const auto same = [&](const Written& each) { return each.table == key.table && each.name == key.name; };
    if (std::none_of(keys.begin(), keys.end(), same)) keys.push_back(std::move(key));
  }
  return keys;
}

Config parsed(const std::string& text, const CommandLine& line) {
  const auto config = parse_toml(text, "conf/charmux.toml", line, root());
  if (!config)
    for (const Problem& problem : config.error()) FAIL_CHECK(to_text(problem));
  REQUIRE(config);
  return *config;
}

/// The number if the key's bounds allow it, else the most that they do.
std::uint64_t allowed(const KeyInfo& key, std::uint64_t number) {
  return key.least <= number && number <= key.most ? number : key.most;
}

std::string another_text(std::string_view key) {
  if (key == "backend") return "\"pty:/x\"";
  if (key == "address") return "\"raw:@x\"";
  if (key == "framing") return "\"7e2\"";
  if (key == "keys") return "\"^[q\"";
  if (key == "tls" || key == "user") return "\"spare\"";
  if (key == "password") return "\"$6$else$where\"";
  if (key == "bind") return "\"*:1\"";
  if (key == "libvirt" || key == "uri") return "\"test:///default\"";
  return key == "window" ? "\"132x43\"" : "\"vm9\"";
}

/// A good value of the key that is not its default.
std::string another_value(const KeyInfo& key) {
  switch (key.kind) {
    case KeyKind::texts:
      if (key.name == "groups") return "[\"spare\"]";
      return key.name == "proxy-from" || key.name == "allow" ? "[\"10.0.0.0/8\"]" : "[\"b*\"]";
    case KeyKind::some_texts: return "[\"CN=else\"]";
    case KeyKind::paths: return "[\"/elsewhere\"]";
    case KeyKind::ports: return "\"7001-7998\"";
    case KeyKind::text: return another_text(key.name);
    case KeyKind::path: return "\"/elsewhere\"";
    case KeyKind::size: return "\"" + format_size(allowed(key, 2 * KiB)) + "\"";
    case KeyKind::ring_size: return "\"128KiB\"";
    case KeyKind::time: return "\"" + format_duration(std::chrono::milliseconds(allowed(key, 300))) + "\"";
    case KeyKind::count: return key.name == "port" ? "7003" : key.name == "speed" ? "9600" : "17";
    case KeyKind::choice:
      return key.fallback == "\"" + std::string(key.words[0]) + "\"" ? "\"" + std::string(key.words[1]) + "\""
                                                                     : "\"" + std::string(key.words[0]) + "\"";
    case KeyKind::flag: return "true";
  }
  return {};
}

}  // namespace

TEST_CASE("the reference configuration holds every key that the parser knows, in its table and order, and no other") {
  const std::vector<Written> written = keys_of(uncommented(read("conf/charmux.toml")));
  const auto known = known_keys();
  REQUIRE(written.size() == known.size());
  for (std::size_t i = 0; i < known.size(); ++i) {
    CAPTURE(known[i].name);
    CHECK(written[i].table == known[i].table);
    CHECK(written[i].name == known[i].name);
    if (!known[i].fallback.empty()) CHECK(written[i].value == known[i].fallback);
  }
}

TEST_CASE("the reference configuration changes nothing, as it stands and uncommented") {
  const std::string text = read("conf/charmux.toml");
  CommandLine line = with({"vm1=unix:/run/vm1.sock"}, {"telnet:127.0.0.1:2300", "telnet:127.0.0.1,ports=7001-7999",
                                                       "telnet:127.0.0.1:8001,console=vm1"});
  line.libvirts = {"qemu:///system"};
  line.qmps = {"/run/qemu/*.qmp"};
  const Config defaults = parsed("", line);
  CHECK(parsed(text, line) == defaults);
  Config all = parsed(uncommented(text), CommandLine{});
  // That which says the same in other words.
  REQUIRE(all.listens.size() == 3);
  CHECK(all.listens[2].replay == all.consoles[0].replay);
  all.listens[2].replay = std::nullopt;
  CHECK(all.listens[2].writer == WriterMode::single);
  all.listens[2].writer = std::nullopt;
  for (std::size_t i = 0; i < 3; ++i) all.listens[i].text = defaults.listens[i].text;
  CHECK(all.discovers.at(1).only == std::vector<std::string>{"*"});
  all.discovers[1].only.clear();
  // Examples of what has no default.
  CHECK(all.consoles.size() == 7);
  all.consoles.erase(all.consoles.begin() + 1, all.consoles.end());
  MatchSettings alpha = settings_for(all, "alpha");
  CHECK(alpha.port == 7002);
  alpha.port = std::nullopt;
  CHECK(alpha.log == "/var/log/charmux/alpha.log");
  alpha.log.clear();
  CHECK(alpha == settings_for(defaults, "alpha"));
  all.matches.clear();
  CHECK(all.consoles.at(0).port == 7001);
  all.consoles[0].port = std::nullopt;
  CHECK(all.consoles[0].log == "/var/log/charmux/vm1.log");
  all.consoles[0].log.clear();
  CHECK(all.audit.file == "/var/log/charmux/audit.log");
  all.audit.file.clear();
  CHECK(all.listens[2].tls == "lab");
  all.listens[2].tls.clear();
  CHECK(all.listens[2].user == "oncall");
  all.listens[2].user.clear();
  CHECK(all.listens[2].allow.size() == 2);
  all.listens[2].allow.clear();
  CHECK(all.tls.size() == 1);
  all.tls.clear();
  CHECK(all.users.size() == 2);
  all.users.clear();
  CHECK(all.groups.size() == 1);
  all.groups.clear();
  CHECK(all == defaults);
}

TEST_CASE("each key has an effect, so none is known to the table of keys alone") {
  const std::string text = uncommented(read("conf/charmux.toml")) +
                           "[tls.spare]\ncert = \"/x\"\n[[user]]\nname = \"spare\"\n[[group]]\nname = \"spare\"\n";
  const Config before = parsed(text, with({"vm8=pty:/y"}));
  for (const KeyInfo& key : known_keys()) {
    CAPTURE(key.table);
    CAPTURE(key.name);
    std::istringstream lines(text);
    std::string changed;
    std::string table;
    bool moved = false;
    for (std::string line; std::getline(lines, line);) {
      if (!line.empty() && line[0] == '[') table = line;
      const bool here = key.table.empty() ? table.empty() : table == table_text(key.table, "lab");
      // Of the listeners the last one is moved: it is the one that may be anywhere.
      // Of consoles, users and groups the first one is, and may be anything.
      const bool first = key.table == "console" || key.table == "user" || key.table == "group";
      const bool stays = (key.name == "address" && line.find(":8001") == std::string::npos) || (first && moved);
      if (here && !stays && line.rfind(std::string(key.name) + " = ", 0) == 0) {
        line = std::string(key.name) + " = " + another_value(key);
        moved = true;
      }
      // A raw listener at a UNIX socket may not have the key, and a console of another name would lose its listener.
      for (const char* const unfit : {"notices", "keys", "tls", "allow"})
        if (key.name == "address" && table == "[[listen]]" && line.rfind(unfit, 0) == 0) line.clear();
      // Where nobody types, nothing says who does.
      if (key.name == "access" && table == "[[listen]]" && line.rfind("writer", 0) == 0) line.clear();
      if (key.table == "console" && key.name == "name" && line == "console = \"vm1\"") line = "console = \"vm9\"";
      if (key.table == "user" && key.name == "name" && line == "user = \"oncall\"") line = "user = \"vm9\"";
      if (key.table == "group" && key.name == "name" && line == "groups = [\"eng\"]") line = "groups = [\"vm9\"]";
      changed += line + "\n";
    }
    const bool renamed = key.table == "console" && key.name == "name";
    CHECK(parsed(changed, with({renamed ? "vm7=pty:/y" : "vm8=pty:/y"})) != before);
  }
}

TEST_CASE("the manual's example of who gets in is a good configuration") {
  const std::string manual = read("docs/manual.md");
  const std::size_t begin = manual.find("\n### An example\n");
  REQUIRE(begin != std::string::npos);
  std::istringstream lines(manual.substr(begin + 1, manual.find("\n## ", begin) - begin));
  std::string example;
  for (std::string line; std::getline(lines, line);)
    if (line.rfind("    ", 0) == 0) example += line + "\n";
  const Config config = parsed(example, with({"lab-1=pty:/dev/pts/3"}));
  CHECK(config.listens.size() == 3);
  CHECK(config.tls.size() == 1);
  CHECK(config.users.size() == 3);
  CHECK(config.groups.size() == 1);
}

TEST_CASE("the manual names each key with its default, each table, and each option of the command line") {
  const std::string manual = read("docs/manual.md");
  const auto named = [&](const std::string& text) { return manual.find("`" + text) != std::string::npos; };
  for (const KeyInfo& key : known_keys()) {
    CAPTURE(key.name);
    CHECK(named(std::string(key.name) + "`"));
    if (!key.table.empty()) CHECK(named(table_text(key.table) + "`"));
    if (key.option) CHECK(named(std::string(key.name)));
    if (key.table != "history" && key.table != "limits") continue;
    const std::size_t row = manual.find("\n| `" + std::string(key.name) + "` |");
    REQUIRE(row != std::string::npos);
    CHECK(manual.substr(row, manual.find('\n', row + 1) - row).find("`" + std::string(key.fallback) + "`") !=
          std::string::npos);
  }
  for (const char* const option :
       {"--config FILE", "--libvirt URI", "--qmp SOCKET", "--qmp GLOB", "--check-config", "--state-dir DIR",
        "--runtime-dir DIR", "--log-level LEVEL", "--console NAME=ADDRESS", "--listen ADDRESS", "--help", "--version"})
    CHECK(named(option));
}
