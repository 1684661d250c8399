// SPDX-License-Identifier: Apache-2.0
// Plays the chardev of one console and the viewers of it, and measures what stands between them: what tools/bench runs
// beside a multiplexer. Prints "listening" when the chardev is there (the multiplexer may start), "attached" when every
// viewer is, and in the end what was measured, as JSON, in one line.
#include <sys/prctl.h>

#include <csignal>
#include <iostream>

#include "load_connect.hpp"
#include "load_course.hpp"
#include "load_options.hpp"

int main(int argc, char** argv) {
  const bench::Options options = bench::options_of(argc, argv);
  bench::raise_open_files();
  std::signal(SIGPIPE, SIG_IGN);    // a multiplexer that is gone is an error of the write to it
  ::prctl(PR_SET_TIMERSLACK, 1UL);  // records are printed when they are due
  std::cout << bench::Course(options).run() << std::endl;
}
