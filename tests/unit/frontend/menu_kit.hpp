// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/core.h>

#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "frontend/menu.hpp"
#include "support/every_split.hpp"

namespace charmux::test {

using frontend::Menu;
using Kind = Menu::Outcome::Kind;

inline std::vector<Menu::Row> fleet(std::size_t count) {
  std::vector<Menu::Row> rows;
  for (std::size_t i = 1; i <= count; ++i)
    rows.push_back({static_cast<unsigned>(i), fmt::format("vm-{:04}", i), "open", "", 0});
  return rows;
}

inline std::vector<Menu::Row> named(const std::vector<std::string>& names) {
  std::vector<Menu::Row> rows;
  rows.reserve(names.size());
  for (const std::string& name : names) rows.push_back({static_cast<unsigned>(rows.size() + 1), name, "open", "", 0});
  return rows;
}

/// What a client saw and got, over all of its input.
struct Seen {
  std::string shown;
  Kind kind = Kind::none;
  std::string console;
  std::string rest;  ///< what was left to the console
  friend bool operator==(const Seen&, const Seen&) = default;
};

inline std::ostream& operator<<(std::ostream& stream, const Seen& seen) {
  return stream << seen.shown << "|" << static_cast<int>(seen.kind) << "|" << seen.console << "|" << seen.rest;
}

struct Client {
  explicit Client(std::vector<Menu::Row> consoles) : rows(std::move(consoles)) {}

  std::vector<Menu::Row> rows;
  std::size_t asked = 0;
  Menu menu{[this] {
    ++asked;
    return rows;
  }};

  std::string greeting() {
    std::string out;
    menu.greet(out);
    return out;
  }
  /// As a session does: each piece is sent on before the next comes.
  Seen type(const Pieces& pieces) {
    Seen seen;
    for (const Bytes& piece : pieces) {
      BytesView bytes = piece;
      if (seen.kind == Kind::none) {
        std::string out;
        const Menu::Outcome outcome = menu.typed(bytes, out);
        seen.shown += out;
        seen.kind = outcome.kind;
        seen.console = outcome.console;
      } else {
        menu.skip_line_end(bytes);
      }
      seen.rest += as_text(bytes);
    }
    return seen;
  }
  Seen type(std::string_view text) {
    const BytesView bytes = as_bytes(text);
    return type(Pieces{Bytes(bytes.begin(), bytes.end())});
  }
};

/// What `text` does to a fresh menu of these consoles, however it is cut.
inline Seen typed(const std::vector<Menu::Row>& rows, std::string_view text) {
  return every_split(as_bytes(text), [&](const Pieces& pieces) {
    Client client(rows);
    return client.type(pieces);
  });
}

/// The line that a client has on its terminal after these keys: what its Enter sends off as a name.
inline std::string line_after(std::string_view keys) {
  Seen seen = typed({}, std::string(keys) + "\r");
  const std::size_t begin = seen.shown.rfind("no console \"");
  if (begin == std::string::npos) return {};
  const std::size_t end = seen.shown.find("\"; ", begin);
  return seen.shown.substr(begin + 12, end - begin - 12);
}

inline bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

inline constexpr std::string_view kSeveral = "[charmux: {}; a number or a name opens, /text filters, ? helps]\r\n";

}  // namespace charmux::test
