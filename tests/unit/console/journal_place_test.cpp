// SPDX-License-Identifier: Apache-2.0
#include "console/journal_place.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "charmux/base/unique_fd.hpp"

using charmux::UniqueFd;
using charmux::console::JournalPlace;

namespace {

/// A log and the file that says how far it got, in a folder of their own.
class Files {
 public:
  Files() {
    char name[] = "/tmp/charmux-XXXXXX";
    REQUIRE(::mkdtemp(name) != nullptr);
    folder_ = name;
    place = folder_ + "/place";
    log_ = open();
  }
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;
  ~Files() { std::filesystem::remove_all(folder_); }

  void append(const std::string& text) const {
    REQUIRE(::write(log(), text.data(), text.size()) == ssize_t(text.size()));
  }
  void move_away() {
    std::filesystem::rename(path(), path() + ".1");
    log_ = open();
  }
  void empty() const { REQUIRE(::ftruncate(log(), 0) == 0); }
  [[nodiscard]] int log() const { return log_.get(); }
  std::string place;

 private:
  [[nodiscard]] std::string path() const { return folder_ + "/log"; }
  [[nodiscard]] UniqueFd open() const {
    return UniqueFd(::open(path().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  }
  std::string folder_;
  UniqueFd log_;
};

}  // namespace

TEST_CASE("output goes on behind as many bytes of it as are in the log") {
  const Files files;
  files.append("of an earlier life");
  JournalPlace{1000, 9, 0, 0}.write(files.place, files.log());
  CHECK(JournalPlace::read(files.place, files.log()) == 1000);
  files.append("some");
  CHECK(JournalPlace::read(files.place, files.log()) == 1004);
  files.append(" more");
  CHECK(JournalPlace::read(files.place, files.log()) == 1009);
}

TEST_CASE("what others append to the log is no output") {
  const Files files;
  JournalPlace{1000, 4, 0, 0}.write(files.place, files.log());
  files.append("someand an operator's own line");
  CHECK(JournalPlace::read(files.place, files.log()) == 1004);
  JournalPlace{1004, 0, 0, 0}.write(files.place, files.log());
  files.append("and another");
  CHECK(JournalPlace::read(files.place, files.log()) == 1004);
}

TEST_CASE("what charmux itself says is no output: it counts when all of it is in the log, else it is told anew") {
  const Files files;
  JournalPlace{1000, 0, 10, 5000}.write(files.place, files.log());
  CHECK(JournalPlace::read(files.place, files.log()) == 1000);
  files.append("[charmux:");
  CHECK(JournalPlace::read(files.place, files.log()) == 1000);
  files.append("]");
  CHECK(JournalPlace::read(files.place, files.log()) == 5000);
  files.append("another's");
  CHECK(JournalPlace::read(files.place, files.log()) == 5000);
}

TEST_CASE("what charmux says behind output is told anew unless all of it is in the log") {
  const Files files;
  JournalPlace{1000, 4, 10, 5000}.write(files.place, files.log());
  files.append("som");
  CHECK(JournalPlace::read(files.place, files.log()) == 1003);
  files.append("e[charmux:");
  CHECK(JournalPlace::read(files.place, files.log()) == 1004);
  files.append("]");
  CHECK(JournalPlace::read(files.place, files.log()) == 5000);
}

TEST_CASE("behind a log that was moved away, or emptied, it goes on behind what that was given last") {
  Files files;
  files.append("before");
  JournalPlace{1000, 4, 0, 0}.write(files.place, files.log());
  files.append("more");
  SUBCASE("moved") { files.move_away(); }
  SUBCASE("emptied") { files.empty(); }
  CHECK(JournalPlace::read(files.place, files.log()) == 1004);
}

TEST_CASE("a file that says nothing, or is none, is no place") {
  const Files files;
  CHECK_FALSE(JournalPlace::read(files.place, files.log()));
  std::string text;
  SUBCASE("empty") { text = ""; }
  SUBCASE("something else") { text = std::string(200, 'x'); }
  SUBCASE("too short") { text = "00000000000000000001 00000000000000000002"; }
  SUBCASE("numbers too large") { text = std::string(147, '9'); }
  std::ofstream(files.place) << text;
  CHECK_FALSE(JournalPlace::read(files.place, files.log()));
}

TEST_CASE("it is for its owner alone") {
  const Files files;
  JournalPlace{1, 0, 0, 0}.write(files.place, files.log());
  struct stat about {};
  REQUIRE(::stat(files.place.c_str(), &about) == 0);
  CHECK((about.st_mode & 07777) == 0600);
  CHECK(about.st_size == 147);
}
