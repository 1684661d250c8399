// SPDX-License-Identifier: Apache-2.0
#include "conformance.hpp"
#include "kit/chardev.hpp"
#include "stream_peer.hpp"

using namespace charmux;
using namespace charmux::test;

namespace {

/// A QEMU chardev with server=on.
class ServingPeer : public StreamPeer {
 public:
  void come_up() override {
    if (!server_) server_ = listen();
  }
  void poll() override {
    if (server_ && !stream_) stream_ = server_->accept();
    StreamPeer::poll();
  }

 protected:
  [[nodiscard]] virtual std::unique_ptr<ChardevServer> listen() = 0;
  /// A QEMU that goes takes its socket along.
  void gone() override { server_.reset(); }

 private:
  std::unique_ptr<ChardevServer> server_;
};

class UnixPeer final : public ServingPeer {
 public:
  explicit UnixPeer(World& world) : path_(world.directory / "chardev.sock") {}
  [[nodiscard]] address::Backend at() const override { return address::Unix{{path_, false}}; }

 private:
  [[nodiscard]] std::unique_ptr<ChardevServer> listen() override {
    return std::make_unique<ChardevServer>(At::path(path_));
  }
  void gone() override {
    ServingPeer::gone();
    ::unlink(path_.c_str());
  }
  const std::string path_;
};

class TcpPeer final : public ServingPeer {
 public:
  explicit TcpPeer(World&) {}
  [[nodiscard]] address::Backend at() const override { return address::Tcp{{"127.0.0.1", kPort}}; }

 private:
  static constexpr std::uint16_t kPort = 4555;  // of the test's own network
  [[nodiscard]] std::unique_ptr<ChardevServer> listen() override {
    return std::make_unique<ChardevServer>(At::port(kPort));
  }
};

}  // namespace

CONFORMS("unix", UnixPeer)
CONFORMS("tcp", TcpPeer)
