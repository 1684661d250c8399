// SPDX-License-Identifier: Apache-2.0
#include "conformance.hpp"
#include "kit/chardev.hpp"
#include "stream_peer.hpp"

using namespace charmux;
using namespace charmux::test;

namespace {

/// A program whose terminal is passed on to the test: one process for each direction, so that a full one holds up
/// nothing but itself. It ends when the test says no more.
class ExecPeer final : public StreamPeer {
 public:
  explicit ExecPeer(World&) {}
  [[nodiscard]] address::Backend at() const override {
    const std::string script = fmt::format(
        "stty raw -echo 2>/dev/null; exec 2>/dev/null; exec 3<>/dev/tcp/127.0.0.1/{} || exit 4; exec 4<&0; cat <&4 >&3 "
        "& exec cat <&3",
        kPort);
    return address::Exec{"relay", {"/bin/bash", "-c", script}};
  }
  void come_up() override {
    if (!server_) server_ = std::make_unique<ChardevServer>(At::port(kPort));
  }
  void poll() override {
    if (server_ && !stream_) stream_ = server_->accept();
    StreamPeer::poll();
  }

 private:
  static constexpr std::uint16_t kPort = 4555;  // of the test's own network
  void gone() override { server_.reset(); }
  std::unique_ptr<ChardevServer> server_;
};

}  // namespace

CONFORMS("exec", ExecPeer)
