// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "charmux/address/place.hpp"
#include "charmux/base/result.hpp"

namespace charmux::address {

/// The most bytes of a console's name, percent-encoded as its history's file bears it.
inline constexpr std::size_t kMostName = 200;

/// A pty that another program (QEMU) allocated, opened by its absolute path.
struct Pty {
  std::string path;
  friend bool operator==(const Pty&, const Pty&) = default;
};

/// A UNIX stream socket that we connect to.
struct Unix {
  SocketPath at;
  friend bool operator==(const Unix&, const Unix&) = default;
};

/// A TCP server that we connect to.
struct Tcp {
  HostPort at;
  friend bool operator==(const Tcp&, const Tcp&) = default;
};

/// A UNIX stream socket that we listen at.
struct UnixListen {
  SocketPath at;
  friend bool operator==(const UnixListen&, const UnixListen&) = default;
};

/// A TCP port that we listen at.
struct TcpListen {
  HostPort at;
  friend bool operator==(const TcpListen&, const TcpListen&) = default;
};

/// Where a console's bytes come from.
using Backend = std::variant<Pty, Unix, Tcp, UnixListen, TcpListen>;

/// Reads `pty:/path`, `unix:` and `unix-listen:` with `/path` or `@abstract`, `tcp:` and `tcp-listen:` with
/// `host:port`; opens nothing. Backends take no options.
[[nodiscard]] Result<Backend> parse_backend(std::string_view text);
/// The address that reads back as the same backend.
[[nodiscard]] std::string to_text(const Backend& backend);

/// A console as a command line gives it.
struct NamedBackend {
  std::string name;
  Backend backend;
  friend bool operator==(const NamedBackend&, const NamedBackend&) = default;
};

/// Reads `NAME=ADDRESS`, split at the first '='.
[[nodiscard]] Result<NamedBackend> parse_console(std::string_view text);
/// Whether a console may be called so: not empty, no NUL, and at most kMostName bytes once percent-encoded.
[[nodiscard]] Status check_name(std::string_view name);

/// What is wrong with a scheme that is none of `known`: "unknown scheme 'serial': use pty, unix, ...".
[[nodiscard]] Error unknown_scheme(std::string_view scheme, std::span<const std::string_view> known);

}  // namespace charmux::address
