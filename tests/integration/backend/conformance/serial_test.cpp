// SPDX-License-Identifier: Apache-2.0
#include <poll.h>

#include <filesystem>

#include "conformance.hpp"
#include "kit/chardev.hpp"
#include "kit/serial_hardware.hpp"
#include "stream_peer.hpp"

using namespace charmux;
using namespace charmux::test;

namespace {

/// A device on a cable: the wire is a pty, the port's hardware a mock. To close and to vanish are to be unplugged.
class SerialPeer final : public StreamPeer {
 public:
  explicit SerialPeer(World& world) : link_(world.directory / "ttyUSB0") {}
  [[nodiscard]] address::Backend at() const override {
    address::Serial serial;
    serial.path = link_;
    return serial;
  }
  void come_up() override {
    if (stream_) return;
    PtyMaster master;
    std::filesystem::create_symlink(master.slave(), link_);
    stream_ = std::move(master);
  }
  void poll() override {
    // While nobody has the slave open the master is in error (EIO), which passes.
    if (connected()) StreamPeer::poll();
  }
  [[nodiscard]] bool connected() const override {
    pollfd look{stream_.fd(), 0, 0};
    return stream_ && ::poll(&look, 1, 0) == 0;
  }
  [[nodiscard]] bool end_discards() const override { return true; }
  [[nodiscard]] std::optional<int> breaks() const override { return hardware_.breaks; }
  [[nodiscard]] std::string_view not_applicable(Scenario scenario) const override {
    if (scenario == Scenario::half_open) return "a wire has no end of one direction";
    return {};
  }

 private:
  void gone() override { std::filesystem::remove(link_); }
  const std::string link_;
  SerialHardware hardware_;
};

}  // namespace

CONFORMS("serial", SerialPeer)
