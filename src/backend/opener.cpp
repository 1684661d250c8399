// SPDX-License-Identifier: Apache-2.0
#include "backend/opener.hpp"

#include "backend/exec.hpp"
#include "backend/file.hpp"
#include "backend/listening.hpp"
#include "backend/pipe.hpp"
#include "backend/pty.hpp"
#include "backend/serial.hpp"
#include "backend/socket.hpp"
#include "backend/telnet.hpp"
#include "backend/tls.hpp"
#include "backend/udp.hpp"

namespace charmux::backend {
namespace {

/// The table: an opener for each kind of address.
struct Make {
  loop::Loop& loop;
  std::chrono::milliseconds connect_timeout;
  const address::Backend& address;
  Opener::Owner& owner;

  using Made = std::unique_ptr<Opener>;
  [[nodiscard]] std::string text() const { return address::to_text(address); }

  Made operator()(const address::Pty& at) const { return std::make_unique<Pty>(loop, at.path, owner); }
  Made operator()(const address::Unix& at) const { return socket(at.at, owner); }
  Made operator()(const address::Tcp& at) const { return socket(at.at, owner); }
  Made operator()(const address::UnixListen&) const { return std::make_unique<Listening>(loop, address, owner); }
  Made operator()(const address::TcpListen&) const { return std::make_unique<Listening>(loop, address, owner); }
  Made operator()(const address::Telnet& at) const {
    return telnet("telnet:" + address::to_text(at.at), at.rfc2217,
                  [&](Opener::Owner& told) { return socket(at.at, told); });
  }
  Made operator()(const address::Tls& at) const {
    return std::make_unique<Tls>(loop, connect_timeout, at.at, at.terms, "tls:" + address::to_text(at.at), owner);
  }
  Made operator()(const address::Telnets& at) const {
    const std::string place = "telnets:" + address::to_text(at.at);
    return telnet(place, at.rfc2217, [&](Opener::Owner& told) {
      return std::make_unique<Tls>(loop, connect_timeout, at.at, at.terms, place, told);
    });
  }
  Made operator()(const address::Udp& at) const { return std::make_unique<Udp>(loop, at, text(), owner); }
  Made operator()(const address::Pipe& at) const { return std::make_unique<Pipe>(loop, at.path, owner); }
  Made operator()(const address::File& at) const { return std::make_unique<File>(loop, at.path, owner); }
  Made operator()(const address::Serial& at) const { return std::make_unique<Serial>(loop, at, owner); }
  Made operator()(const address::Exec& at) const { return std::make_unique<Exec>(loop, at, owner); }
  Made operator()(const address::Libvirt&) const { return nullptr; }  // whoever has libvirt brings its opener

 private:
  [[nodiscard]] Made socket(const address::Place& at, Opener::Owner& told) const {
    return std::make_unique<Socket>(loop, connect_timeout, at, text(), told);
  }
  [[nodiscard]] Made telnet(const std::string& place, const std::optional<address::RemotePort>& port,
                            const Telnet::MakeBelow& below) const {
    return std::make_unique<Telnet>(loop, below, place, port, owner);
  }
};

}  // namespace

std::unique_ptr<Opener> make_opener(loop::Loop& loop, std::chrono::milliseconds connect_timeout,
                                    const address::Backend& address, Opener::Owner& owner) {
  return std::visit(Make{loop, connect_timeout, address, owner}, address);
}

}  // namespace charmux::backend
