// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "charmux/base/result.hpp"

/// What QMP commands return, as values. Each takes the text of the return value; the error says what was expected.
namespace charmux::protocol {

/// One entry of query-chardev.
struct QmpChardev {
  std::string label;
  std::string filename;
  bool frontend_open = false;
  friend bool operator==(const QmpChardev&, const QmpChardev&) = default;
};
/// One entry of qom-list: a property or a child ("child<isa-serial>").
struct QmpProperty {
  std::string name;
  std::string type;
  friend bool operator==(const QmpProperty&, const QmpProperty&) = default;
};
/// One entry of query-tpm. A TPM's backend is no QOM object; this is the one place where its chardev is told.
struct QmpTpm {
  std::string id;
  std::string chardev;  ///< of an emulator; empty for one of the host's
  friend bool operator==(const QmpTpm&, const QmpTpm&) = default;
};
/// A SocketAddress (qapi/sockets.json), as qom-get /chardevs/LABEL addr gives it.
struct QmpSocketAddress {
  std::string type;  ///< "inet", "unix", "vsock" or "fd"
  std::string host;  ///< of inet; without brackets
  std::string port;  ///< of inet and vsock: QEMU writes a number as a string
  std::string path;  ///< of unix
  bool abstract = false;
  friend bool operator==(const QmpSocketAddress&, const QmpSocketAddress&) = default;
};

[[nodiscard]] Result<std::vector<QmpChardev>> qmp_chardevs(std::string_view json);
[[nodiscard]] Result<std::vector<QmpProperty>> qmp_properties(std::string_view json);
[[nodiscard]] Result<std::vector<QmpTpm>> qmp_tpms(std::string_view json);
[[nodiscard]] Result<QmpSocketAddress> qmp_socket_address(std::string_view json);
/// A JSON string, boolean or whole number that is the value itself (qom-get).
[[nodiscard]] Result<std::string> qmp_text(std::string_view json);
[[nodiscard]] Result<bool> qmp_flag(std::string_view json);
[[nodiscard]] Result<std::int64_t> qmp_number(std::string_view json);
/// The string, boolean or number behind `name` in an object, as text; nullopt: there is none, or it is something else.
/// query-name and query-status and the data of events are such objects.
[[nodiscard]] std::optional<std::string> qmp_member(std::string_view json, std::string_view name);

}  // namespace charmux::protocol
