// SPDX-License-Identifier: Apache-2.0
#include "micro_material.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <random>
#include <utility>

namespace bench {
namespace {

std::string numbered(std::size_t size, std::string_view before, std::string_view after) {
  std::string text;
  for (std::size_t line = 0; text.size() < size; ++line)
    text += fmt::format("{:010} {}the quick brown fox{} jumps over the lazy dog, 012345\r\n", line, before, after);
  text.resize(size);
  return text;
}

}  // namespace

std::string lines(std::size_t size) { return numbered(size, "", ""); }

std::string coloured_lines(std::size_t size) { return numbered(size, "\x1b[1;32m", "\x1b[0m"); }

std::string one_line(std::size_t size) { return std::string(size, '.'); }

std::string random_bytes(std::size_t size) {
  std::mt19937_64 random(20260101);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random() & 0xff);
  return bytes;
}

charmux::history::Ring new_ring(std::size_t size) {
  std::string directory = std::filesystem::temp_directory_path() / "charmux-micro-XXXXXX";
  if (::mkdtemp(directory.data()) == nullptr) std::abort();
  auto opened = charmux::history::Ring::open(directory + "/a.ring", size);
  std::filesystem::remove_all(directory);
  if (opened && opened->remarks.empty()) return std::move(opened->ring);
  fmt::print(stderr, "bench_micro: no ring: {}\n", opened ? opened->remarks.front() : opened.error().text);
  std::exit(1);
}

void append(charmux::history::Ring& ring, charmux::BytesView bytes) {
  while (!bytes.empty()) {
    const charmux::BytesSpan window = ring.window();
    const std::size_t count = std::min(window.size(), bytes.size());
    std::memcpy(window.data(), bytes.data(), count);
    ring.commit(count, std::chrono::system_clock::now());
    bytes = bytes.subspan(count);
  }
}

}  // namespace bench
