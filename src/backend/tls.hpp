// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "backend/connector.hpp"
#include "backend/opener.hpp"
#include "net/stream.hpp"

namespace charmux::backend {

/// A TLS server, such as a QEMU chardev with `tls-creds`, to which this connects. The files of `terms` are read anew at
/// each opening, off the loop, so a renewed certificate is used at the next.
///
/// A QEMU that serves another client, or still shakes hands with one, does not answer the handshake: not answered in
/// time means "held by another client". Whatever is wrong with either side's certificate is `refused`; the reason says
/// what to do.
class Tls final : public Opener {
 public:
  /// `text` is the address without its terms, for people.
  Tls(loop::Loop& loop, std::chrono::milliseconds connect_timeout, const address::HostPort& at, address::TlsTerms terms,
      std::string text, Owner& owner);

  void begin() override;
  void abandon() override;

 private:
  void connected(UniqueFd fd);
  /// Asks to be told of the descriptor, as the handshake wants it.
  void watch();
  void go_on();
  void shaken();
  void look();
  void open();
  void fail(State state, const std::string& why);
  void ended(const net::Io& io);
  void out_of_patience();

  loop::Loop& loop_;
  const std::chrono::milliseconds timeout_;
  const address::HostPort at_;
  const address::TlsTerms terms_;
  const std::string text_;
  Owner& owner_;
  Connector connector_;
  loop::Work reading_;
  std::optional<net::TlsContext> context_;
  std::optional<net::Stream> stream_;
  bool shaken_ = false;  ///< the handshake is done; what it thinks of our certificate is waited for.
  loop::Poll poll_;
  loop::Timer patience_;
};

}  // namespace charmux::backend
