// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bench {

/// The client's half of one telnet connection: grants BINARY, SUPPRESS-GO-AHEAD and ECHO, refuses all else, and then
/// asks for a TIMING-MARK (RFC 860), whose answer says that the server has seen all that.
class TelnetClient {
 public:
  /// The next bytes of the console in `wire`, which is advanced over them. None: `wire` is used up.
  [[nodiscard]] std::string_view next(std::string_view& wire);
  /// What is to be sent; to be cleared by who sends it.
  std::string& answers() { return answers_; }
  /// BINARY is in force in both directions.
  [[nodiscard]] bool settled() const { return timing_mark_seen_; }

 private:
  enum class State : std::uint8_t { data, command, option, sub, sub_command };

  void take(unsigned char byte);
  void command(unsigned char byte);
  void option(unsigned char number);

  State state_ = State::data;
  unsigned char verb_ = 0;
  std::uint32_t ours_ = 0;    ///< bit N: option N is in force on our side
  std::uint32_t theirs_ = 0;  ///< and on the server's
  bool timing_mark_asked_ = false;
  bool timing_mark_seen_ = false;
  std::string answers_;
};

}  // namespace bench
