// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace charmux::config {

/// Who of a console's viewers types.
enum class WriterMode : std::uint8_t {
  single,  ///< the one who has the pen.
  shared,  ///< all, ser2net's way: no pen is needed.
  force,   ///< the one who has the pen; connecting takes it.
};

/// Whose terminal answers what a guest asks of it (cursor position, device attributes, ...).
enum class Query {
  writer,  ///< the writer's alone; nobody's while there is none.
  pass,    ///< each viewer's.
};

/// How people type into a console, and what its guest asks of their terminals.
struct Typing {
  WriterMode writer = WriterMode::single;    ///< where the door does not say.
  std::chrono::milliseconds writer_idle{0};  ///< a writer who types nothing for so long loses the pen; 0: never.
  std::uint64_t input_rate =
      0;  ///< bytes a second that a writer's input is given to the guest at most; 0: as it takes.
  std::chrono::milliseconds input_cr_delay{0};  ///< the guest is given nothing for so long after a CR of that writer.
  Query query = Query::writer;
  friend bool operator==(const Typing&, const Typing&) = default;
};

/// What of it one table of the configuration sets.
struct TypingWish {
  std::optional<WriterMode> writer{};
  std::optional<std::chrono::milliseconds> writer_idle{};
  std::optional<std::uint64_t> input_rate{};
  std::optional<std::chrono::milliseconds> input_cr_delay{};
  std::optional<Query> query{};
  friend bool operator==(const TypingWish&, const TypingWish&) = default;
};

/// `typing` with what is wished instead.
[[nodiscard]] Typing with(Typing typing, const TypingWish& wish);

}  // namespace charmux::config
