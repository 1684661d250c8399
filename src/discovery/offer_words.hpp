// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "charmux/address/backend_address.hpp"

/// The words in which every source of guests says whether a chardev can be had.
namespace charmux::discovery {

/// How a chardev's host side can be opened, whatever uses it.
struct Offer {
  std::string shown;                   ///< its address, for people
  std::optional<address::Backend> at;  ///< where it can be opened, if that is known
  std::string reason;                  ///< why it is not offered; empty: it is
};

[[nodiscard]] Offer here(address::Backend at);
[[nodiscard]] Offer never(std::string shown, std::string_view reason);
[[nodiscard]] Offer not_yet(const std::string& shown);
/// A chardev that is a client: it may have a server already, so that charmuxd is one only when told to.
[[nodiscard]] Offer calls(const std::string& shown);

/// A kind that says all by its name, as QEMU and libvirt call it ("null"); one that nobody knows is not there yet.
[[nodiscard]] Offer of_kind(const std::string& kind);
/// Whether `kind` is one of those that are never offered.
[[nodiscard]] bool is_never_offered(std::string_view kind);
[[nodiscard]] Offer of_pty(const std::string& path);
/// `at` is as it is from the root, or abstract.
[[nodiscard]] Offer of_socket_path(address::SocketPath at, bool server);
/// At the address "SCHEME:PLACE"; refused with what is wrong with that.
[[nodiscard]] Offer at_place(std::string_view scheme, std::string_view place);

/// The host that reaches a socket of this machine that listens at `host`, perhaps everywhere.
[[nodiscard]] std::string reachable(const std::string& host);
/// "HOST:PORT", brackets around an IPv6 address.
[[nodiscard]] std::string host_and_port(const std::string& host, const std::string& port);

}  // namespace charmux::discovery
