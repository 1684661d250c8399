// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>
#include <optional>
#include <string>
#include <utility>

#include "kit/chardev.hpp"
#include "kit/tls_server.hpp"
#include "kit/world.hpp"
#include "peer.hpp"

namespace charmux::test {

/// A QEMU chardev with server=on and tls-creds.
class TlsPeer : public Peer {
 public:
  explicit TlsPeer(World& world) : ca_(world.directory / "ca.pem"), serving_{authority_.issue()} {
    std::ofstream(ca_) << authority_.cert();
  }
  [[nodiscard]] address::Backend at() const override { return address::Tls{place(), terms()}; }
  void come_up() override {
    if (!listener_) listener_.emplace(At::port(place().port));
  }
  void poll() override {
    if (listener_ && !server_) {
      if (Connection arrived = listener_->accept()) {
        server_ = TlsServer(std::move(arrived).give_away(), serving_);
        accepted();
      }
    }
    server_.poll(reads_);
    heard_ += server_.take_received();
    if (server_.ended()) server_.close();
  }
  [[nodiscard]] bool connected() const override { return server_ && server_.shaken(); }
  void say(std::string_view bytes) override { server_.write(bytes); }
  [[nodiscard]] const std::string& heard() const override { return heard_; }
  void read_input(bool reads) override { reads_ = reads; }
  void close() override {
    server_.poll();
    server_.say_end();
    server_.close();
    listener_.reset();
  }
  void vanish() override {
    server_.reset();
    listener_.reset();
  }
  void half_close() override {
    server_.poll();
    server_.say_end();
  }
  /// Each byte is a record of 23: the queues hold no more than so many.
  [[nodiscard]] std::size_t too_much_input() const override { return std::size_t{1} * 1024 * 1024; }

 protected:
  [[nodiscard]] address::HostPort place() const { return {"127.0.0.1", 4555}; }  // of the test's own network
  [[nodiscard]] address::TlsTerms terms() const { return {ca_, "", "", ""}; }
  /// One has connected, and may be greeted.
  virtual void accepted() {}

 private:
  const TestAuthority authority_;
  const std::string ca_;
  const TlsServing serving_;
  std::optional<ChardevServer> listener_;
  TlsServer server_;
  bool reads_ = true;
  std::string heard_;
};

}  // namespace charmux::test
