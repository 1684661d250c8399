// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "daemon/registry.hpp"
#include "daemon/registry_file.hpp"

using namespace charmux;
using namespace charmux::daemon;
using namespace std::chrono_literals;

namespace {

/// Writes what has changed, as RegistrySaver does off the loop.
Status save(Registry& registry) {
  const std::optional<std::string> text = registry.take_unsaved();
  if (!text) return {};
  Status written = registry_file::write(registry.path(), *text);
  if (!written) registry.not_saved();
  return written;
}

const WallTime kNow{std::chrono::milliseconds(1'790'000'000'123)};  // 2026-09-21 14:13:20 UTC

/// A file in a directory of its own, gone at the end.
class Kept {
 public:
  Kept() {
    std::string pattern = (std::filesystem::temp_directory_path() / "charmux-registry-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    directory_ = pattern;
  }
  ~Kept() { std::filesystem::remove_all(directory_); }
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;
  Kept(Kept&&) = delete;
  Kept& operator=(Kept&&) = delete;

  [[nodiscard]] std::string path() const { return (directory_ / "consoles.json").string(); }
  [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
  void write(const std::string& text) const { std::ofstream(path(), std::ios::binary) << text; }
  [[nodiscard]] std::string text() const {
    std::ifstream file(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(directory_), {}));
  }
  [[nodiscard]] Registry load(WallTime now = kNow) {
    remarks.clear();
    return Registry::load(path(), now, remarks);
  }

  std::vector<std::string> remarks;

 private:
  std::filesystem::path directory_;
};

const Registry::Entry& admit(Registry& registry, const std::string& guest, const std::string& key) {
  Registry::Told told;
  return registry.admit({key, guest, guest, "/run/" + guest + ".qmp", {}}, 0, kNow, told);
}

std::string file_of(const std::string& console) { return R"({"version": 1, "consoles": [)" + console + "]}"; }

const std::string kWhole =
    R"({"key": "k", "guest": "g", "name": "n", "wish": "n", "number": 1, "source": "s", "seen": 1, "present": false})";

}  // namespace

TEST_CASE("names of any bytes and numbers survive a restart; what was there was last seen then") {
  Kept kept;
  const std::string odd("a\xff\x00%\n\"~2 \xc3\xa9", 11);
  {
    Registry registry = kept.load();
    admit(registry, odd, "name:" + odd + "/serial/0");
    admit(registry, "beta", "u/serial/0");
    registry.depart("u/serial/0", kNow + 1h);
    REQUIRE(save(registry));
  }
  CHECK(kept.files() == 1);
  Registry registry = kept.load(kNow + 2h);
  CHECK(kept.remarks.empty());
  REQUIRE(registry.entries().size() == 2);
  const Registry::Entry* const found = registry.find("name:" + odd + "/serial/0");
  REQUIRE(found != nullptr);
  CHECK(found->name == odd);
  CHECK(found->guest == odd);
  CHECK(found->number == 1);
  CHECK_FALSE(found->present);
  CHECK(found->seen == kNow + 2h);
  CHECK(registry.find("u/serial/0")->seen == kNow + 1h);
  CHECK(admit(registry, "gamma", "v/serial/0").number == 3);
}

TEST_CASE("since when output of a console is missing is kept, to the millisecond, until it is not any more") {
  Kept kept;
  {
    Registry registry = kept.load();
    admit(registry, "alpha", "u/serial/0");
    admit(registry, "beta", "v/serial/0");
    registry.missing_since("alpha", kNow - 1h + 900us);
    registry.missing_since("nobody", kNow);
    REQUIRE(save(registry));
  }
  Registry registry = kept.load(kNow + 2h);
  REQUIRE(registry.entries().size() == 2);
  CHECK(registry.find("u/serial/0")->missing_since == kNow - 1h);
  CHECK_FALSE(registry.find("v/serial/0")->missing_since.has_value());
  registry.missing_since("alpha", std::nullopt);
  REQUIRE(save(registry));
  CHECK(kept.text().find("missing_since") == std::string::npos);
  CHECK_FALSE(kept.load().find("u/serial/0")->missing_since.has_value());
}

TEST_CASE("two thousand consoles come back as they were") {
  Kept kept;
  Registry first = kept.load();
  for (int i = 0; i < 2000; ++i) {
    admit(first, "guest-" + std::to_string(i % 1000), "uuid-" + std::to_string(i) + "/serial/0");
    first.depart("uuid-" + std::to_string(i) + "/serial/0", kNow);
  }
  REQUIRE(save(first));
  const Registry second = kept.load(kNow + 1h);
  CHECK(second.entries() == first.entries());
}

TEST_CASE("nothing is written when nothing changed, and the file is for its owner alone") {
  Kept kept;
  Registry registry = kept.load();
  REQUIRE(save(registry));
  CHECK(kept.files() == 0);
  admit(registry, "alpha", "u/serial/0");
  REQUIRE(save(registry));
  struct stat before {};
  REQUIRE(::stat(kept.path().c_str(), &before) == 0);
  CHECK((before.st_mode & 07777) == 0600);
  admit(registry, "alpha", "u/serial/0");
  REQUIRE(save(registry));
  struct stat after {};
  REQUIRE(::stat(kept.path().c_str(), &after) == 0);
  CHECK(before.st_ino == after.st_ino);
  registry.missing_since("alpha", kNow);
  REQUIRE(save(registry));
  REQUIRE(::stat(kept.path().c_str(), &after) == 0);
  CHECK(before.st_ino != after.st_ino);
  registry.missing_since("alpha", kNow);
  CHECK_FALSE(registry.take_unsaved().has_value());
  REQUIRE(::stat(kept.path().c_str(), &before) == 0);
  registry.depart("u/serial/0", kNow);
  REQUIRE(save(registry));
  REQUIRE(::stat(kept.path().c_str(), &after) == 0);
  CHECK(before.st_ino != after.st_ino);
}

TEST_CASE("a file that cannot be used is set aside and told, and an empty registry begins") {
  struct Case {
    std::string text;
    std::string why;
  };
  const auto without = [](const std::string& what, const std::string& instead) {
    std::string text = kWhole;
    return file_of(text.replace(text.find(what), what.size(), instead));
  };
  const std::string not_whole = "holds a console that is not whole";
  const std::vector<Case> cases = {
      {"", "is cut off or not JSON"},
      {file_of(kWhole).substr(0, 60), "is cut off or not JSON"},
      {"[]", "is cut off or not JSON"},
      {"{}", "has no version"},
      {R"({"version": 2, "consoles": []})", "is of version 2, and this charmuxd writes 1"},
      {R"({"version": 0, "consoles": []})", "holds no list of consoles"},
      {R"({"version": 1})", "holds no list of consoles"},
      {file_of("7"), not_whole},
      {without(R"("name": "n", )", ""), not_whole},
      {without(R"("name": "n")", R"("name": "")"), not_whole},
      {without(R"("name": "n")", R"("name": "%4")"), not_whole},
      {without(R"("name": "n")", R"("name": "%zz")"), not_whole},
      {without(R"("number": 1)", R"("number": -1)"), not_whole},
      {without(R"("number": 1)", R"("number": 65536)"), not_whole},
      {without(R"("seen": 1)", R"("seen": -1)"), not_whole},
      {without(R"("seen": 1)", R"("seen": 99999999999999999)"), not_whole},
      {without(R"("present": false)", R"("present": 0)"), not_whole},
      {without(R"("seen": 1)", R"("seen": 1, "missing_since": "1")"), not_whole},
      {without(R"("seen": 1)", R"("seen": 1, "missing_since": -1)"), not_whole},
      {file_of(kWhole + "," + kWhole), "holds two consoles of one key, name or number"},
  };
  for (const Case& each : cases) {
    CAPTURE(each.text);
    Kept kept;
    kept.write(each.text);
    Registry registry = kept.load();
    CHECK(registry.entries().empty());
    const std::string aside = kept.path() + ".broken-20260921T141320Z";
    CHECK(kept.remarks == std::vector<std::string>{kept.path() + " " + each.why + "; it was renamed to " + aside +
                                                   "; names and numbers are given anew"});
    CHECK(std::filesystem::exists(aside));
    CHECK(kept.files() == 1);
    admit(registry, "alpha", "u/serial/0");
    REQUIRE(save(registry));
    CHECK(kept.load().entries().size() == 1);
  }
}

TEST_CASE("what is set aside in one second overwrites nothing, be it a file, a directory or a link") {
  Kept kept;
  kept.write("one");
  (void)kept.load();
  std::filesystem::create_directory(kept.path());
  (void)kept.load();
  CHECK(kept.remarks.at(0).find(" is not a regular file; ") != std::string::npos);
  std::filesystem::create_symlink("/etc/passwd", kept.path());
  (void)kept.load();
  CHECK(kept.remarks.at(0).find(" is a symbolic link; ") != std::string::npos);
  CHECK(kept.files() == 3);
}

TEST_CASE(
    "a file that cannot be written is an error that says so, the old one is left, and the next call tries again") {
  Kept kept;
  Registry registry = kept.load();
  admit(registry, "alpha", "u/serial/0");
  REQUIRE(save(registry));
  const std::string before = kept.text();
  for (int i = 0; i < 100; ++i) admit(registry, "guest", "v" + std::to_string(i) + "/serial/0");

  // A limit on a file's size ends a write in the middle, as a full disk does.
  rlimit old{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &old) == 0);
  const auto signal_before = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{1024, old.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const Status full = save(registry);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &old) == 0);
  (void)std::signal(SIGXFSZ, signal_before);

  REQUIRE_FALSE(full);
  CHECK(full.error().text == "cannot write " + kept.path() +
                                 ": File too large; until that is mended, names and numbers of new consoles are not "
                                 "remembered");
  CHECK(kept.text() == before);
  CHECK(kept.files() == 1);
  REQUIRE(save(registry));
  CHECK(kept.load().entries().size() == 101);
}

TEST_CASE("a directory that is not there is an error, too") {
  Registry registry("/nowhere/at/all/consoles.json");
  admit(registry, "alpha", "u/serial/0");
  const Status saved = save(registry);
  REQUIRE_FALSE(saved);
  CHECK(saved.error().text.find("No such file or directory") != std::string::npos);
}
