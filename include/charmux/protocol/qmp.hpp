// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "charmux/base/bytes.hpp"
#include "charmux/base/result.hpp"

/// QEMU's machine protocol (docs/interop/qmp-spec.rst; QEMU 5.2 to 10.2): JSON objects one after the other, no I/O.
namespace charmux::protocol {

/// What QEMU says on connecting, unless another client is served: then it says nothing.
struct QmpGreeting {
  std::string version;  ///< "7.2.22"
  friend bool operator==(const QmpGreeting&, const QmpGreeting&) = default;
};
struct QmpReply {
  std::optional<std::uint64_t> id;
  std::string value;  ///< the text of the member "return", exactly as received
  friend bool operator==(const QmpReply&, const QmpReply&) = default;
};
struct QmpError {
  std::optional<std::uint64_t> id;  ///< none: the answer to what QEMU could not read
  std::string error_class;          ///< "GenericError", "CommandNotFound", ...
  std::string description;
  friend bool operator==(const QmpError&, const QmpError&) = default;
};
struct QmpEvent {
  std::string name;              ///< "RESET"
  std::chrono::microseconds at;  ///< since 1970, by QEMU's clock; 0 where it has none
  std::string data;              ///< the text of the member "data", or "{}"
  friend bool operator==(const QmpEvent&, const QmpEvent&) = default;
};
using QmpMessage = std::variant<QmpGreeting, QmpReply, QmpError, QmpEvent>;

/// Where a JSON text is nested after the bytes seen so far; what is inside strings does not count. Says nothing of
/// whether the text is right.
struct JsonNesting {
  unsigned depth = 0;
  bool in_string = false;
  bool escaped = false;
  /// Takes one byte; true when it ends the outermost object, array or string.
  bool closes(char c);
};

/// Cuts a stream into messages, wherever its reads begin and end, pretty-printed or not. A value.
class QmpDecoder {
 public:
  /// The most bytes of one message.
  static constexpr std::size_t kMostMessage = std::size_t{4} * 1024 * 1024;

  /// Appends the messages that are complete by now. Error: this is not QMP, and says what it looks like as far as it
  /// has come; nothing more can be made of the stream then.
  [[nodiscard]] Status feed(BytesView bytes, std::vector<QmpMessage>& messages);

 private:
  Bytes pending_;
  std::size_t scanned_ = 0;
  JsonNesting nesting_;
};

/// A command as QEMU reads it, with its line end. `arguments` is the text of a JSON object, or empty.
[[nodiscard]] std::string qmp_command(std::string_view name, std::string_view arguments, std::uint64_t id);
/// `text` as a JSON string, quotes included; bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string json_string(std::string_view text);

}  // namespace charmux::protocol
