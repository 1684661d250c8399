// SPDX-License-Identifier: Apache-2.0
#include "conformance.hpp"
#include "kit/chardev.hpp"
#include "stream_peer.hpp"
#include "telnet_wire.hpp"
#include "tls_peer.hpp"

using namespace charmux;
using namespace charmux::test;

namespace {

/// A server on TCP.
class TcpPeer : public StreamPeer {
 public:
  explicit TcpPeer(World&) {}
  void come_up() override {
    if (!server_) server_ = std::make_unique<ChardevServer>(At::port(place().port));
  }
  void poll() override {
    if (server_ && !stream_) {
      stream_ = server_->accept();
      if (stream_) accepted();
    }
    StreamPeer::poll();
  }

 protected:
  [[nodiscard]] address::HostPort place() const { return {"127.0.0.1", 4555}; }  // of the test's own network
  virtual void accepted() = 0;

 private:
  void gone() override { server_.reset(); }
  std::unique_ptr<ChardevServer> server_;
};

/// A telnet server of one of two kinds, on whatever carries it.
template <class Wire, class Carrier>
class OverCarrier : public Carrier {
 public:
  using Carrier::Carrier;
  void poll() override {
    Carrier::poll();
    const std::string& came = Carrier::heard();
    Carrier::say(wire_.hear(std::string_view(came).substr(read_), heard_));
    read_ = came.size();
  }
  void say(std::string_view bytes) override { Carrier::say(wire_.encode(bytes)); }
  [[nodiscard]] const std::string& heard() const override { return heard_; }
  [[nodiscard]] std::optional<int> breaks() const override { return wire_.breaks; }

 private:
  void accepted() override {
    wire_ = {};
    Carrier::say(Wire::greeting());
  }
  Wire wire_;
  std::string heard_;
  std::size_t read_ = 0;
};

template <class Wire>
class TelnetPeer final : public OverCarrier<Wire, TcpPeer> {
 public:
  using OverCarrier<Wire, TcpPeer>::OverCarrier;
  [[nodiscard]] address::Backend at() const override { return address::Telnet{this->place()}; }
};

template <class Wire>
class TelnetsPeer final : public OverCarrier<Wire, TlsPeer> {
 public:
  using OverCarrier<Wire, TlsPeer>::OverCarrier;
  [[nodiscard]] address::Backend at() const override { return address::Telnets{this->place(), this->terms()}; }
};

}  // namespace

CONFORMS("telnet, QEMU's", TelnetPeer<QemuWire>)
CONFORMS("telnet, a terminal server's", TelnetPeer<ServerWire>)
CONFORMS("telnets, QEMU's", TelnetsPeer<QemuWire>)
CONFORMS("telnets, a terminal server's", TelnetsPeer<ServerWire>)
