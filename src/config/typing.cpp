// SPDX-License-Identifier: Apache-2.0
#include "charmux/config/typing.hpp"

#include "config/draft.hpp"

namespace charmux::config {

Typing with(Typing typing, const TypingWish& wish) {
  typing.writer = wish.writer.value_or(typing.writer);
  typing.writer_idle = wish.writer_idle.value_or(typing.writer_idle);
  typing.input_rate = wish.input_rate.value_or(typing.input_rate);
  typing.input_cr_delay = wish.input_cr_delay.value_or(typing.input_cr_delay);
  typing.query = wish.query.value_or(typing.query);
  return typing;
}

TypingWish read_typing(const Settings& settings) {
  TypingWish wish;
  wish.writer = writer_mode(settings);
  settings.take_as<std::chrono::milliseconds>("writer_idle", wish.writer_idle);
  settings.take_as<std::uint64_t>("input_rate", wish.input_rate);
  settings.take_as<std::chrono::milliseconds>("input_cr_delay", wish.input_cr_delay);
  std::string query;
  settings.take("query", query);
  if (!query.empty()) wish.query = query == "pass" ? Query::pass : Query::writer;
  return wish;
}

std::optional<WriterMode> writer_mode(const Settings& settings) {
  std::string writer;
  settings.take("writer", writer);
  if (writer.empty()) return std::nullopt;
  return writer == "single" ? WriterMode::single : writer == "shared" ? WriterMode::shared : WriterMode::force;
}

}  // namespace charmux::config
