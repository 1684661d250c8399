// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <memory>
#include <string>

#include "backend/line.hpp"
#include "kit/chardev.hpp"
#include "kit/sink.hpp"
#include "kit/world.hpp"

namespace charmux::test {

/// A backend for the UNIX chardev at `path`, where the test puts a server, or none.
struct AtPath {
  World world;
  std::string path = world.directory / "chardev.sock";
  backend::Line socket{world.loop, impatient(), fixed(address::Unix{{path, false}})};
  std::unique_ptr<RecordingSink> sink;
  std::unique_ptr<ChardevServer> server;

  void serve(int backlog = 16) {
    ::unlink(path.c_str());
    server = std::make_unique<ChardevServer>(At::path(path), backlog);
  }
  void start() { sink = std::make_unique<RecordingSink>(socket); }
  void wait_for(backend::State state) {
    world.run_until("the backend's state", [&] { return sink->reached(state); });
  }
  Connection accept() {
    Connection guest;
    world.run_until("it is connected to", [&] { return static_cast<bool>(guest = server->accept()); });
    return guest;
  }
  /// The guest's end of a connection that is open.
  Connection opened() {
    serve();
    start();
    Connection guest = accept();
    wait_for(backend::State::open);
    return guest;
  }
};

}  // namespace charmux::test
