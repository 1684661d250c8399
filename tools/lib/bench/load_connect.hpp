// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace bench {

/// Where the multiplexer serves its viewers, and how many come: with many, ports run out at one source address, so they
/// come from 127.0.0.2 to 127.0.0.9.
class Place {
 public:
  Place(std::string address, int port, bool many) : address_(std::move(address)), port_(port), many_(many) {}

  /// A new connection, made at once; -1: refused. `number` chooses where it comes from. Fails in any other case.
  [[nodiscard]] int try_connect(std::size_t number) const;
  /// Begins one, without waiting for it.
  [[nodiscard]] int begin_connect(std::size_t number) const;

 private:
  [[nodiscard]] int connect(std::size_t number, int flags) const;

  std::string address_;
  int port_;
  bool many_;
};

/// Raises the limit of open files as far as it goes.
void raise_open_files();

}  // namespace bench
