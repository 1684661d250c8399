// SPDX-License-Identifier: Apache-2.0
// A login dialogue comes to the same wherever a read ends (the first byte says where), shows nothing of a password, and
// its lines are bounded.
#include <algorithm>
#include <string>

#include "frontend/login.hpp"
#include "fuzz/fuzz.hpp"

using namespace charmux;
using namespace charmux::frontend;

namespace {

struct Heard {
  std::string shown;
  std::string said;  ///< names and passwords
  bool left = false;
  friend bool operator==(const Heard&, const Heard&) = default;
};

void hear(Login& login, BytesView typed, Heard& heard) {
  while (!typed.empty() && !heard.left) {
    const Login::Outcome outcome = login.typed(typed, heard.shown);
    heard.left = outcome.kind == Login::Outcome::Kind::leave;
    if (outcome.kind != Login::Outcome::Kind::check) continue;
    const std::string password = login.take_password();
    FUZZ_REQUIRE(login.name().size() <= LineEditor::kMaxLine && password.size() <= LineEditor::kMaxLine);
    heard.said += login.name() + '\0' + password + '\0';
    login.again("Login incorrect", heard.shown);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const BytesView typed = fuzz::bytes(data + 1, size - 1);
  Login login;
  Heard whole;
  hear(login, typed, whole);
  Login again;
  Heard pieces;
  const std::size_t most = data[0] % 64 + std::size_t{1};
  for (std::size_t at = 0; at < typed.size() && !pieces.left; at += most)
    hear(again, typed.subspan(at, std::min(most, typed.size() - at)), pieces);
  FUZZ_REQUIRE(pieces == whole);
  return 0;
}
