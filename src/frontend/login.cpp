// SPDX-License-Identifier: Apache-2.0
#include "frontend/login.hpp"

#include <utility>

namespace charmux::frontend {

Login::Outcome Login::typed(BytesView& bytes, std::string& out) {
  while (stage_ != Stage::checking && !bytes.empty()) {
    std::string echo;
    const auto event = editor_.next(bytes, echo);
    if (stage_ == Stage::name) out += echo;
    if (!event) break;
    if (*event == LineEditor::Event::leave || *event == LineEditor::Event::interrupt) {
      out += "\r\n";
      return {Outcome::Kind::leave};
    }
    if (*event == LineEditor::Event::line) line_ended(out);
  }
  return {stage_ == Stage::checking ? Outcome::Kind::check : Outcome::Kind::none};
}

void Login::line_ended(std::string& out) {
  std::string line = editor_.line();
  editor_.clear();
  if (stage_ == Stage::password) {
    out += "\r\n";
    password_ = std::move(line);
    stage_ = Stage::checking;
    return;
  }
  name_ = std::move(line);
  out += name_.empty() ? kAsksName : kAsksPassword;
  if (!name_.empty()) stage_ = Stage::password;
}

std::string Login::take_password() { return std::exchange(password_, {}); }

void Login::again(std::string_view why, std::string& out) {
  stage_ = Stage::name;
  name_.clear();
  out += why;
  out += "\r\n";
  out += kAsksName;
}

}  // namespace charmux::frontend
