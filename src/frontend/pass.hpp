// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "frontend/entrance.hpp"
#include "frontend/standing.hpp"

namespace charmux::frontend {

/// Who has come in by an entrance, by what he was let in, and how the listener was then.
class Entrance::Pass final : public Judge {
 public:
  /// Of somebody who comes in now.
  Pass(std::shared_ptr<Entrance> entrance, access::Person who);
  /// Of somebody who came when that was made, and has said since who he is.
  Pass(const Pass& before, access::Person who);

  [[nodiscard]] const access::Person& person() const { return person_; }
  /// The terms when it was made.
  [[nodiscard]] unsigned version() const { return version_; }
  void by_certificate() { certificate_ = true; }
  /// `login`: what the rules said of his password when it was looked at, see access::login_of().
  void by_password(std::string login) { password_ = std::move(login); }

  [[nodiscard]] Standing look(const console::ViewerOrigin& who, const console::Console* at,
                              const net::TlsSession* tls) override;

 private:
  [[nodiscard]] std::string why_not(const console::ViewerOrigin& who, const net::TlsSession* tls);
  [[nodiscard]] std::string why_nobody(const net::TlsSession* tls);

  const std::shared_ptr<Entrance> entrance_;
  const access::Person person_;
  const unsigned version_;
  const config::Naming naming_;
  const std::string tls_, user_, console_;
  bool certificate_ = false;  ///< he is known by it
  std::string password_;      ///< not empty: he is known by one
  std::string trust_;         ///< by whom his certificate was vouched for: see net::TlsContext
};

}  // namespace charmux::frontend
