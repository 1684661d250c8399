// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

#include "charmux/base/units.hpp"

namespace charmux::config {

/// Every limit the daemon has that a user may set; each is a key of [limits] of the same name. The bounds of each stand
/// in known_keys().
struct Limits {
  /// The most clients at once, over all listeners. 0: as many as open files allow, less a reserve of 80 and 6 a
  /// console.
  /// When hit: a new client is told "[charmux: full, try later]" and closed; those inside notice nothing.
  std::uint64_t viewers = 0;
  /// Bytes of a writer's decoded input that wait for the guest. When hit: that writer's socket is not read until the
  /// guest takes some; nothing is dropped.
  std::uint64_t input_queue = 4 * KiB;
  /// Bytes that wait for a viewer outside the history: notices, telnet negotiation. When hit: a client whose own
  /// requests fill it is not read until it takes some.
  std::uint64_t outbox = 16 * KiB;
  /// How long a backend's socket may take to answer a connect. When hit: "held by another client", tried again.
  std::chrono::milliseconds connect_timeout{std::chrono::seconds(5)};
  /// The first pause before a backend is opened again; each later one is twice as long.
  std::chrono::milliseconds reopen_first{250};
  /// The longest such pause: here they stop growing. Short, because what a guest prints before it is opened is gone.
  std::chrono::milliseconds reopen_most{std::chrono::seconds(2)};
  /// How long a viewer may take nothing of what waits for it. When hit: it is closed. 0: as long as it likes.
  std::chrono::milliseconds viewer_stalled_timeout{0};
  /// How long a viewer's machine may acknowledge nothing of what it was sent. When hit: it is taken for dead and
  /// closed.
  std::chrono::milliseconds viewer_dead_timeout{std::chrono::minutes(5)};
  /// What a stop leaves to bytes that are queued for viewers. When hit: the rest is dropped and the daemon ends.
  std::chrono::milliseconds stop_drain{std::chrono::seconds(2)};
  /// How long a notice waits for the end of an escape or UTF-8 sequence. When hit: it is sent all the same.
  std::chrono::milliseconds notice_wait{std::chrono::seconds(1)};
  /// How often each guest's chardevs are looked at again; what its events tell is known at once. Also the pause before
  /// a monitor that could not be reached is tried again, to begin with.
  std::chrono::milliseconds qmp_poll{std::chrono::seconds(2)};
  /// Bytes of a request's head on the control socket. When hit: it is answered 431 and the connection closed.
  std::uint64_t api_header = 8 * KiB;
  /// Bytes of a request's body. When hit: it is answered 413 and the connection closed.
  std::uint64_t api_body = 64 * KiB;
  /// How long a request may take to arrive once begun. When hit: it is answered 408 and the connection closed.
  std::chrono::milliseconds api_request{std::chrono::seconds(10)};
  /// How long a connection may stay without a request. When hit: it is closed.
  std::chrono::milliseconds api_idle{std::chrono::seconds(60)};
  /// How long a client may take for its TLS handshake. When hit: it is closed.
  std::chrono::milliseconds handshake{std::chrono::seconds(10)};
  /// How long a client may take, from its connection, until it has logged in. When hit: it is told so and closed.
  std::chrono::milliseconds login{std::chrono::seconds(60)};
  /// Passwords that one client may try. When hit: it is closed.
  std::uint64_t login_tries = 3;
  /// Passwords that are tried from one address (IPv6: its first 64 bits) in a minute. When hit: refused, unlooked at.
  std::uint64_t login_address = 20;
  /// Passwords that are tried for one user in a minute. When hit: refused, unlooked at.
  std::uint64_t login_user = 60;
  /// Passwords that wait while another is being looked at. When hit: refused, unlooked at.
  std::uint64_t login_queue = 16;
  /// Clients that have not shaken hands or logged in yet, over all listeners. When hit: a new one is closed.
  std::uint64_t strangers = 256;
  /// The most clients at once of one listener (of one with ports=: of all its ports). 0: no limit of its own.
  /// When hit: as `viewers`.
  std::uint64_t per_listener = 0;
  /// The most clients at once from one address. 0: no limit of its own. When hit: as `viewers`.
  std::uint64_t per_address = 0;
  /// The most clients at once of one user. 0: no limit of its own. When hit: it is told so and closed.
  std::uint64_t per_user = 0;
  friend bool operator==(const Limits&, const Limits&) = default;
};

}  // namespace charmux::config
