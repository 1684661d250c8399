// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "given.hpp"

using namespace charmux;
using namespace charmux::config;

namespace {

/// A directory of one's own, gone at the end.
class Scratch {
 public:
  Scratch() {
    std::string pattern = (std::filesystem::temp_directory_path() / "charmux-config-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~Scratch() { std::filesystem::remove_all(path_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  Scratch(Scratch&&) = delete;
  Scratch& operator=(Scratch&&) = delete;

  [[nodiscard]] std::string path(const std::string& name) const { return (path_ / name).string(); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }

 private:
  std::filesystem::path path_;
};

std::string load_problem(const CommandLine& line, const Environment& environment) {
  const auto config = load(line, environment);
  if (config) return "ok";
  REQUIRE(config.error().size() == 1);
  return to_text(config.error()[0]);
}

const char* const kFile = "[[console]]\nname = \"of-the-file\"\nbackend = \"pty:/a\"\n";

}  // namespace

TEST_CASE("the default file is read when it exists, and is not missed when it does not") {
  const Scratch scratch;
  Environment environment = root();
  environment.default_file = scratch.path("charmux.toml");
  const CommandLine line = with({"c1=pty:/b"});
  REQUIRE(load(line, environment));
  CHECK(load(line, environment)->consoles.size() == 1);
  scratch.write("charmux.toml", kFile);
  REQUIRE(load(line, environment));
  CHECK(load(line, environment)->consoles[0].name == "of-the-file");
  CHECK(load(line, environment)->consoles[1].name == "c1");
  environment.default_file = scratch.path("charmux.toml/below-a-file");
  CHECK(load(line, environment)->consoles.size() == 1);
}

TEST_CASE("a file that is named is read instead of the default, and shown by its name in errors") {
  const Scratch scratch;
  Environment environment = root();
  environment.default_file = scratch.write("default.toml", kFile);
  CommandLine line = with({"c1=pty:/b"});
  line.config_file = scratch.write("own.toml", "");
  REQUIRE(load(line, environment));
  CHECK(load(line, environment)->consoles.size() == 1);
  scratch.write("own.toml", "x = 1");
  CHECK(load_problem(line, environment).rfind(*line.config_file + ":1:1: unknown key 'x': use ", 0) == 0);
}

TEST_CASE("a file that is named and cannot be read is an error that says why") {
  const Scratch scratch;
  CommandLine line = with({"c1=pty:/b"});
  line.config_file = scratch.path("missing.toml");
  CHECK(load_problem(line, root()) == *line.config_file +
                                          ": cannot be read: No such file or directory: give --config a file that "
                                          "charmuxd may read");
  line.config_file = scratch.path("");
  CHECK(load_problem(line, root()) ==
        *line.config_file + ": cannot be read: Is a directory: give --config a file that charmuxd may read");
}

TEST_CASE("a default file that is there and cannot be read is an error too") {
  const Scratch scratch;
  Environment environment = root();
  environment.default_file = scratch.path("");
  CHECK(load_problem(with({"c1=pty:/b"}), environment) ==
        environment.default_file + ": cannot be read: Is a directory: give --config a file that charmuxd may read");
}

TEST_CASE("a file of 1 MiB is read, a longer one is refused") {
  const Scratch scratch;
  CommandLine line = with({"c1=pty:/b"});
  line.config_file = scratch.write("long.toml", std::string(kMostConfigFile, '\n'));
  CHECK(load_problem(line, root()) == "ok");
  scratch.write("long.toml", std::string(kMostConfigFile + 1, '\n'));
  CHECK(load_problem(line, root()) ==
        *line.config_file + ": is longer than 1MiB, the most that a configuration may have");
}
