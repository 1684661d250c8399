// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace charmux::test {

/// A real program beside the test, ended with this.
class OtherProcess {
 public:
  /// Found by PATH; `input`: what it reads as its input, if not nothing; `output` likewise.
  explicit OtherProcess(std::vector<std::string> words, const std::string& input = "/dev/null",
                        const std::string& output = "/dev/null")
      : pid_(::fork()) {
    REQUIRE(pid_ != -1);
    if (pid_ == 0) {
      std::vector<char*> argv;
      for (std::string& word : words) argv.push_back(word.data());
      argv.push_back(nullptr);
      // Opened first and closed when it executes: it holds nothing but what it was given.
      if (::dup2(::open(input.c_str(), O_RDONLY | O_NOCTTY), 0) == 0 &&
          ::dup2(::open(output.c_str(), O_WRONLY | O_NOCTTY), 1) == 1 && ::close_range(3, ~0U, 0) == 0)
        ::execvp(argv[0], argv.data());
      ::_exit(127);
    }
  }
  OtherProcess(const OtherProcess&) = delete;
  OtherProcess& operator=(const OtherProcess&) = delete;
  ~OtherProcess() { end(); }

  void end() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  [[nodiscard]] pid_t pid() const { return pid_; }
  /// It executes, under that name.
  [[nodiscard]] bool is(const std::string& name) const {
    std::ifstream file("/proc/" + std::to_string(pid_) + "/comm");
    std::string comm;
    std::getline(file, comm);
    return comm == name;
  }

 private:
  pid_t pid_;
};

}  // namespace charmux::test
