// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace bench {

enum class Output { text, random };

/// So many bytes each, so many a second.
struct Records {
  std::size_t size = 0;
  double rate = 0;
};

/// So many attaches a second, each of which reads so many bytes.
struct Storm {
  double rate = 0;
  std::size_t bytes = 0;
};

/// What bench_load was told to do.
struct Options {
  std::string chardev;
  std::string address = "127.0.0.1";
  int port = 0;
  std::size_t viewers = 1;
  std::size_t stalled = 0;
  bool telnet = false;
  bool tls = false;
  bool gaps = false;
  Output output = Output::text;
  std::optional<Records> records;  ///< none: as fast as it is taken
  std::optional<Storm> storm;
  double warm_up = 1;
  double seconds = 3;
  std::string pid;  ///< a number, "-" (it comes on standard input) or empty
};

/// Prints what is wrong, or the help, and ends the process, unless all is well.
[[nodiscard]] Options options_of(int argc, char** argv);

}  // namespace bench
