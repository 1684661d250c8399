// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "charmux/base/bytes.hpp"
#include "frontend/line_editor.hpp"

namespace charmux::frontend {

/// Asks a telnet client for its user's name and password, and tells nothing. Bytes in, text out; no I/O, no telnet. The
/// name is echoed, the password is not. One a client.
class Login {
 public:
  /// Bytes that are read at once while a name or a password is typed; what is typed ahead waits.
  static constexpr std::size_t kRoom = 256;

  struct Outcome {
    enum class Kind {
      none,
      check,  ///< name() and take_password() are whole: nothing is to be typed before answered().
      leave,
    };
    Kind kind = Kind::none;
  };
  /// What is shown on coming in.
  void greet(std::string& out) { out += kAsksName; }
  /// Takes what the client typed up to the end of a password or a goodbye (^D, ^C): `bytes` is moved on past it.
  /// Appends what to show; line ends are CR LF.
  [[nodiscard]] Outcome typed(BytesView& bytes, std::string& out);
  [[nodiscard]] const std::string& name() const { return name_; }
  /// The password, which is forgotten here.
  [[nodiscard]] std::string take_password();
  /// It was not good, and may be tried again: `why` is shown, and the name asked for anew.
  void again(std::string_view why, std::string& out);
  /// After the password: drops the LF or NUL that still belongs to its Enter, as Menu::skip_line_end() does.
  void skip_line_end(BytesView& bytes) { editor_.skip_line_end(bytes); }

 private:
  static constexpr std::string_view kAsksName = "charmux login: ";
  static constexpr std::string_view kAsksPassword = "Password: ";
  enum class Stage : std::uint8_t { name, password, checking };

  void line_ended(std::string& out);

  Stage stage_ = Stage::name;
  LineEditor editor_;
  std::string name_;
  std::string password_;
};

}  // namespace charmux::frontend
