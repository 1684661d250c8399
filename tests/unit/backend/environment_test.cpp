// SPDX-License-Identifier: Apache-2.0
#include "backend/environment.hpp"

#include <doctest/doctest.h>

using charmux::backend::child_environment;
using Texts = std::vector<std::string>;

TEST_CASE("a program inherits charmuxd's environment, but not what systemd says to charmuxd alone") {
  const char* const ours[] = {"PATH=/bin",
                              "NOTIFY_SOCKET=/run/systemd/notify",
                              "LISTEN_FDS=1",
                              "LANG=C.UTF-8",
                              "RUNTIME_DIRECTORY=/run/charmux",
                              "JOURNAL_STREAM=8:1",
                              "LISTEN_FDS_OF=",
                              "INVOCATION_ID=0",
                              "TERM=xterm",
                              "COLUMNS=132",
                              nullptr};
  CHECK(child_environment(ours) == Texts{"PATH=/bin", "LANG=C.UTF-8", "LISTEN_FDS_OF=", "TERM=xterm"});
}

TEST_CASE("a program's terminal is a vt220 where charmuxd has none, or a dumb one") {
  const char* const none[] = {nullptr};
  const char* const dumb[] = {"TERM=dumb", "TERMINFO=/t", nullptr};
  const char* const empty[] = {"TERM=", nullptr};
  CHECK(child_environment(none) == Texts{"TERM=vt220"});
  CHECK(child_environment(dumb) == Texts{"TERMINFO=/t", "TERM=vt220"});
  CHECK(child_environment(empty) == Texts{"TERM=vt220"});
}
