// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target on files, and on all files of directories, named on the command line. A failing property ends the
// program by a signal, after the name of the file. Having run nothing is a failure too.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "fuzz/fuzz.hpp"

namespace {

bool run_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "%s: cannot be read\n", path.c_str());
    return false;
  }
  const std::vector<char> content{std::istreambuf_iterator<char>(file), {}};
  std::fprintf(stderr, "%s\n", path.c_str());
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(content.data()), content.size());
  return true;
}

int run_all(std::span<char* const> names) {
  int count = 0;
  for (const std::filesystem::path path : names) {
    std::vector<std::filesystem::path> files = {path};
    if (std::filesystem::is_directory(path)) files.assign(std::filesystem::directory_iterator(path), {});
    for (const auto& file : files) {
      if (!run_file(file)) return 1;
      ++count;
    }
  }
  std::printf("%d inputs replayed\n", count);
  return count == 0 ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run_all(std::span(argv, static_cast<std::size_t>(argc)).subspan(1));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
