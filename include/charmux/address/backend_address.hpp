// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "charmux/address/libvirt_uri.hpp"
#include "charmux/address/parts.hpp"
#include "charmux/address/place.hpp"
#include "charmux/address/serial_address.hpp"
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

/// How the other side of TLS is known, and we to it. Paths are absolute, files are PEM.
struct TlsTerms {
  std::string ca;      ///< who vouches for it; empty: those whom the system trusts.
  std::string cert;    ///< our own certificate; empty: none.
  std::string key;     ///< its key; empty: in the certificate's file.
  std::string verify;  ///< the name that its certificate must have; empty: the host's; "off": anybody is believed.
  friend bool operator==(const TlsTerms&, const TlsTerms&) = default;
};

/// A telnet chardev or terminal server that we connect to. With `rfc2217` it is a server's serial port that is set.
struct Telnet {
  HostPort at;
  std::optional<RemotePort> rfc2217 = std::nullopt;
  friend bool operator==(const Telnet&, const Telnet&) = default;
};

/// A TLS server that we connect to.
struct Tls {
  HostPort at;
  TlsTerms terms;
  friend bool operator==(const Tls&, const Tls&) = default;
};

/// A telnet server inside TLS; `rfc2217` as above.
struct Telnets {
  HostPort at;
  TlsTerms terms;
  std::optional<RemotePort> rfc2217 = std::nullopt;
  friend bool operator==(const Telnets&, const Telnets&) = default;
};

/// A UDP peer, and where it sends to: without `bind`, to wherever the first datagram of ours came from.
struct Udp {
  HostPort at;
  std::optional<HostPort> bind;
  friend bool operator==(const Udp&, const Udp&) = default;
};

/// A QEMU pipe chardev: the FIFOs `path`.in and `path`.out, or one FIFO `path`.
struct Pipe {
  std::string path;
  friend bool operator==(const Pipe&, const Pipe&) = default;
};

/// A file that grows, followed and never written.
struct File {
  std::string path;
  friend bool operator==(const File&, const File&) = default;
};

/// A program on a pty of its own.
struct Exec {
  std::string line;                ///< as written
  std::vector<std::string> words;  ///< what is run; at least one.
  unsigned columns = 80;
  unsigned rows = 24;
  friend bool operator==(const Exec&, const Exec&) = default;
};

/// A console of a libvirt domain, wherever that has it.
struct Libvirt {
  std::string domain;           ///< its name or UUID; it has no slash in it
  std::string alias;            ///< "serial1", "ua-x"; empty: the primary one
  std::string uri{kSystemUri};  ///< where the domain is
  friend bool operator==(const Libvirt&, const Libvirt&) = default;
};

/// Where a console's bytes come from.
using Backend =
    std::variant<Pty, Unix, Tcp, UnixListen, TcpListen, Telnet, Tls, Telnets, Udp, Pipe, File, Serial, Exec, Libvirt>;

/// Reads a backend's address; opens nothing. `keys` are options that stand beside it, in the file; one that the address
/// gives too is an error. The options of `exec:`, which takes the rest of the line, stand there only.
[[nodiscard]] Result<Backend> parse_backend(std::string_view text, std::span<const Option> keys = {});
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
