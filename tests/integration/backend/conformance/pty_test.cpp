// SPDX-License-Identifier: Apache-2.0
#include <poll.h>

#include <filesystem>

#include "conformance.hpp"
#include "kit/chardev.hpp"
#include "stream_peer.hpp"

using namespace charmux;
using namespace charmux::test;

namespace {

/// QEMU's `-chardev pty`, at a link, since the next one's number is another.
class PtyPeer final : public StreamPeer {
 public:
  explicit PtyPeer(World& world) : link_(world.directory / "pty") {}
  [[nodiscard]] address::Backend at() const override { return address::Pty{link_}; }
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
  [[nodiscard]] std::string_view not_applicable(Scenario scenario) const override {
    if (scenario == Scenario::half_open) return "a pty's master cannot end one direction alone";
    return {};
  }

 private:
  void gone() override { std::filesystem::remove(link_); }
  const std::string link_;
};

}  // namespace

CONFORMS("pty", PtyPeer)
