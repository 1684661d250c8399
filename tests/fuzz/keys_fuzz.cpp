// SPDX-License-Identifier: Apache-2.0
// A viewer's keys and what is the guest's are the same wherever a read ends (the first byte says where), and where
// there are no keys each byte is the guest's.
#include <algorithm>
#include <string>

#include "frontend/escape_keys.hpp"
#include "fuzz/fuzz.hpp"

using namespace charmux;
using namespace charmux::frontend;

namespace {

struct Heard {
  std::string guests;
  std::string keys;  ///< each with its text, and where among the guest's bytes it stood
  std::string echo;
  friend bool operator==(const Heard&, const Heard&) = default;
};

void hear(EscapeKeys& keys, BytesView typed, Heard& heard) {
  while (const std::optional<KeyPiece> piece = keys.next(typed)) {
    if (piece->kind == KeyPiece::Kind::data) heard.guests += as_text(piece->data);
    if (piece->kind == KeyPiece::Kind::echo) heard.echo += piece->text;
    if (piece->kind == KeyPiece::Kind::data || piece->kind == KeyPiece::Kind::echo) continue;
    heard.keys += std::to_string(heard.guests.size()) + static_cast<char>('A' + static_cast<int>(piece->kind)) +
                  std::to_integer<char>(piece->key) + piece->text;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const BytesView typed = fuzz::bytes(data + 1, size - 1);
  EscapeKeys keys;
  Heard whole;
  hear(keys, typed, whole);
  FUZZ_REQUIRE(whole.guests.size() + keys.held() <= typed.size());
  if (as_text(typed).find("\x05"
                          "c") == std::string_view::npos)
    FUZZ_REQUIRE(whole.keys.empty() && whole.guests + std::string(keys.held(), '\x05') == as_text(typed));

  EscapeKeys again;
  Heard pieces;
  const std::size_t most = data[0] % 64 + std::size_t{1};
  for (std::size_t at = 0; at < typed.size(); at += most)
    hear(again, typed.subspan(at, std::min(most, typed.size() - at)), pieces);
  FUZZ_REQUIRE(pieces == whole && again.held() == keys.held());
  return 0;
}
