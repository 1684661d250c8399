// SPDX-License-Identifier: Apache-2.0
#include "conformance.hpp"
#include "stream_peer.hpp"

using namespace charmux;
using namespace charmux::test;

namespace {

/// A VM or device that connects to us, as QEMU does with reconnect=1: again and again, once it is up.
class ConnectingPeer : public StreamPeer {
 public:
  void come_up() override { up_ = true; }
  void poll() override {
    if (up_ && !stream_) stream_ = connect_to(to());
    StreamPeer::poll();
  }

 protected:
  [[nodiscard]] virtual At to() const = 0;
  void gone() override { up_ = false; }

 private:
  bool up_ = false;
};

class UnixPeer final : public ConnectingPeer {
 public:
  explicit UnixPeer(World& world) : path_(world.directory / "chardev.sock") {}
  [[nodiscard]] address::Backend at() const override { return address::UnixListen{{path_, false}}; }

 private:
  [[nodiscard]] At to() const override { return At::path(path_); }
  const std::string path_;
};

class TcpPeer final : public ConnectingPeer {
 public:
  explicit TcpPeer(World&) {}
  [[nodiscard]] address::Backend at() const override { return address::TcpListen{{"127.0.0.1", kPort}}; }

 private:
  static constexpr std::uint16_t kPort = 4555;  // of the test's own network
  [[nodiscard]] At to() const override { return At::port(kPort); }
};

}  // namespace

CONFORMS("unix-listen", UnixPeer)
CONFORMS("tcp-listen", TcpPeer)
