// SPDX-License-Identifier: Apache-2.0
#include <poll.h>

#include <filesystem>

#include "backend/libvirt_pty.hpp"
#include "conformance.hpp"
#include "kit/chardev.hpp"
#include "kit/opened_by.hpp"
#include "stream_peer.hpp"

using namespace charmux;
using namespace charmux::test;

namespace {

/// QEMU's `-chardev pty`, at a link, since the next one's number is another.
class PtyPeer : public StreamPeer {
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

/// The same of a libvirt guest.
template <backend::Courtesy courtesy>
class LibvirtPtyPeer final : public PtyPeer {
 public:
  explicit LibvirtPtyPeer(World& world) : PtyPeer(world), loop_(world.loop), locks_(world.loop) {}
  [[nodiscard]] std::unique_ptr<backend::Locator> locator() override {
    return std::make_unique<OpenedBy>([this](backend::Opener::Owner& owner) {
      const std::string path = std::get<address::Pty>(at()).path;
      return std::make_unique<backend::LibvirtPty>(loop_, backend::LibvirtPty::Settings{path, courtesy}, locks_, owner);
    });
  }

 private:
  loop::Loop& loop_;
  backend::ConsoleLocks locks_;
};
using YieldingPtyPeer = LibvirtPtyPeer<backend::Courtesy::yield>;
using LockedPtyPeer = LibvirtPtyPeer<backend::Courtesy::refuse>;

}  // namespace

CONFORMS("pty", PtyPeer)
CONFORMS("pty beside virsh", YieldingPtyPeer)
CONFORMS("pty locked against virsh", LockedPtyPeer)
