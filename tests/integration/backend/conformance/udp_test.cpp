// SPDX-License-Identifier: Apache-2.0
#include "conformance.hpp"
#include "kit/datagrams.hpp"

using namespace charmux;
using namespace charmux::test;

namespace {

/// QEMU's `-chardev udp,host=127.0.0.1,port=4556,localaddr=127.0.0.1,localport=4557`.
class UdpPeer final : public Peer {
 public:
  explicit UdpPeer(World&) {}
  [[nodiscard]] address::Backend at() const override {
    return address::Udp{{"127.0.0.1", kPeer}, address::HostPort{"127.0.0.1", kConsole}};
  }
  void come_up() override { up_ = true; }
  void poll() override {
    if (!up_) return;
    socket_.poll();
    // No more than what is read meanwhile, or the kernel would throw it away.
    for (int count = 0; count < 64 && !unsent_.empty(); ++count) {
      const std::string_view piece = std::string_view(unsent_).substr(0, 1000);
      if (!socket_.send(piece)) return;
      unsent_.erase(0, piece.size());
    }
  }
  [[nodiscard]] bool connected() const override { return up_; }
  void say(std::string_view bytes) override { unsent_ += bytes; }
  [[nodiscard]] const std::string& heard() const override { return socket_.received; }
  void read_input(bool) override {}
  void close() override { up_ = false; }
  void vanish() override { up_ = false; }
  void half_close() override {}
  [[nodiscard]] std::string_view not_applicable(Scenario scenario) const override {
    switch (scenario) {
      case Scenario::open: return "UDP knows nothing of its peer: it is open whether that is there or not";
      case Scenario::peer_closes:
      case Scenario::peer_vanishes:
      case Scenario::half_open: return "UDP has no end";
      case Scenario::reopen: return "UDP has no end; that it is let go and taken back udp_test.cpp shows";
      case Scenario::back_pressure: return "UDP has none: the kernel throws away what a peer does not read";
      default: return {};
    }
  }

 private:
  static constexpr int kPeer = 4557;  // of the test's own network
  static constexpr int kConsole = 4556;
  Datagrams socket_{kPeer, kConsole};
  std::string unsent_;
  bool up_ = false;
};

}  // namespace

CONFORMS("udp", UdpPeer)
