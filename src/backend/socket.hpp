// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend/connector.hpp"
#include "backend/opener.hpp"

namespace charmux::backend {

/// A QEMU chardev that listens (`server=on`), UNIX or TCP, to which this connects.
class Socket final : public Opener {
 public:
  /// `text` is the address, for people.
  Socket(loop::Loop& loop, std::chrono::milliseconds connect_timeout, address::Place at, const std::string& text,
         Owner& owner);

  void begin() override { connector_.connect(); }
  void abandon() override { connector_.abandon(); }

 private:
  Connector connector_;
};

}  // namespace charmux::backend
