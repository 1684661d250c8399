// SPDX-License-Identifier: Apache-2.0
#include "loop/directory_watch.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>

#include "kit/out_of_descriptors.hpp"
#include "kit/world.hpp"

using namespace charmux;
using namespace charmux::test;
using loop::DirectoryWatch;
using Paths = std::vector<std::string>;

namespace {

void write_to(const std::string& path) { std::ofstream(path, std::ios::app) << "more\n"; }

struct Watching {
  explicit Watching(DirectoryWatch::Of of = DirectoryWatch::Of::names)
      : watch(
            world.loop,
            [this](const Paths& paths) {
              told.insert(told.end(), paths.begin(), paths.end());
              if (paths.empty()) told.emplace_back("all");
            },
            of) {}
  void wait_told(const std::string& path) {
    world.run_until("it is told", [&] { return std::count(told.begin(), told.end(), path) > 0; });
  }

  World world;
  Paths told;
  DirectoryWatch watch;
};

}  // namespace

TEST_CASE("a name that comes, goes, or is given to another file is told") {
  Watching on;
  const std::string file = on.world.directory / "file";
  REQUIRE(on.watch.follow({on.world.directory / "."}));
  const std::string told = on.world.directory / "./file";
  write_to(file);
  on.wait_told(told);
  on.told.clear();
  std::filesystem::rename(file, on.world.directory / "other");
  on.wait_told(told);
  on.told.clear();
  std::filesystem::rename(on.world.directory / "other", file);
  on.wait_told(told);
  on.told.clear();
  ::chmod(file.c_str(), 0);
  on.wait_told(told);
  on.told.clear();
  std::filesystem::remove(file);
  on.wait_told(told);
}

TEST_CASE("what is written to a file is told only to who asked for contents") {
  Watching names;
  Watching contents{DirectoryWatch::Of::contents};
  const std::string file = contents.world.directory / "file";
  write_to(file);
  REQUIRE(names.watch.follow(loop::directories_to(file)));
  REQUIRE(contents.watch.follow(loop::directories_to(file)));
  write_to(file);
  contents.wait_told(file);
  std::filesystem::remove(file);
  names.wait_told(file);
  CHECK(names.told == Paths{file});
}

TEST_CASE("a directory that goes, or comes where only the one above was there, is told") {
  Watching on;
  const std::string directory = on.world.directory / "by-id";
  const std::string file = directory + "/port";
  REQUIRE(on.watch.follow(loop::directories_to(file)));
  std::filesystem::create_directory(directory);
  on.wait_told(directory);
  REQUIRE(on.watch.follow(loop::directories_to(file)));
  write_to(file);
  on.wait_told(file);
  std::filesystem::remove_all(directory);
  on.wait_told("all");
}

TEST_CASE("a directory that is followed no more is not told of") {
  Watching on;
  const std::string left = on.world.directory / "left";
  const std::string kept = on.world.directory / "kept";
  std::filesystem::create_directory(left);
  std::filesystem::create_directory(kept);
  REQUIRE(on.watch.follow({left, kept}));
  REQUIRE(on.watch.follow({kept}));
  write_to(left + "/file");
  write_to(kept + "/file");
  on.wait_told(kept + "/file");
  CHECK(std::count(on.told.begin(), on.told.end(), left + "/file") == 0);
  CHECK(std::count(on.told.begin(), on.told.end(), "all") == 0);
}

TEST_CASE("a directory that is followed by two names is told of by both") {
  Watching on;
  const std::string directory = on.world.directory / "directory";
  const std::string link = on.world.directory / "link";
  std::filesystem::create_directory(directory);
  std::filesystem::create_directory_symlink(directory, link);
  REQUIRE(on.watch.follow({directory, link}));
  write_to(link + "/file");
  on.wait_told(directory + "/file");
  on.wait_told(link + "/file");
}

TEST_CASE("a watch may destroy itself when it is called") {
  World world;
  std::optional<DirectoryWatch> watch;
  bool called = false;
  watch.emplace(world.loop, [&](const Paths&) {
    watch.reset();
    called = true;  // what the callback holds is still there
  });
  REQUIRE(watch->follow({world.directory / "."}));
  write_to(world.directory / "file");
  world.run_until("it is called", [&] { return called; });
}

TEST_CASE("where no inotify is to be had it is said, with what may be raised") {
  World world;
  const OutOfDescriptors refused;
  DirectoryWatch watch(world.loop, [](const Paths&) {});
  const Status followed = watch.follow({"/"});
  REQUIRE_FALSE(followed);
  CHECK(followed.error().text == "inotify: Too many open files; fs.inotify.max_user_instances may be raised");
}

TEST_CASE("the directories that lead to a path are its own or the nearest above, and those of a link's target") {
  World world;
  const std::string top = std::filesystem::path(world.directory / "x").parent_path();
  std::filesystem::create_directory(top + "/dev");
  CHECK(loop::directories_to(top + "/dev/port") == std::set<std::string>{top + "/dev"});
  CHECK(loop::directories_to(top + "/no/such/port") == std::set<std::string>{top});
  CHECK(loop::directories_to("/port") == std::set<std::string>{"/"});
  CHECK(loop::directories_to("/no-such/port") == std::set<std::string>{"/"});
  std::filesystem::create_symlink("dev/port", top + "/modem");
  CHECK(loop::directories_to(top + "/modem") == std::set<std::string>{top, top + "/dev"});
  // A relative target begins at the folder that a link leads to.
  std::filesystem::create_directories(top + "/dev/serial/by-id");
  std::filesystem::create_symlink("../../port", top + "/dev/serial/by-id/usb");
  std::filesystem::create_directory_symlink(top + "/dev/serial/by-id", top + "/ports");
  CHECK(loop::directories_to(top + "/ports/usb") == std::set<std::string>{top + "/ports", top + "/dev"});
  // One that leads to itself ends.
  std::filesystem::create_symlink("loop", top + "/loop");
  CHECK(loop::directories_to(top + "/loop") == std::set<std::string>{top});
}
