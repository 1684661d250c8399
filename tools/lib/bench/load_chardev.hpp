// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bench {

/// The guest's side of one chardev, as QEMU has it: a socket that listens and takes one client, or the master of a pty.
class Chardev {
 public:
  /// unix:PATH, tcp:PORT (of 127.0.0.1), or pty:PATH, which becomes a symlink to the slave.
  explicit Chardev(const std::string& address);
  ~Chardev();
  Chardev(const Chardev&) = delete;
  Chardev& operator=(const Chardev&) = delete;

  /// What to watch: the listener while there is nobody, then the connection.
  [[nodiscard]] int fd() const { return connection_ >= 0 ? connection_ : listener_; }
  [[nodiscard]] bool open() const { return connection_ >= 0; }
  /// Somebody may have come.
  void accept();
  /// How many of the bytes were taken; 0: not now.
  [[nodiscard]] std::size_t print(std::string_view bytes);
  /// Throws away what viewers typed. Fails when the multiplexer has closed the chardev.
  void drain();

 private:
  void listen_unix(const std::string& path);
  void listen_tcp(const std::string& port);
  void open_pty(const std::string& path);

  int listener_ = -1;
  int connection_ = -1;
  int slave_ = -1;  ///< held open, so that the master is no broken pipe before the multiplexer comes
  std::string path_;
};

}  // namespace bench
