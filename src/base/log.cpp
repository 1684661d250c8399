// SPDX-License-Identifier: Apache-2.0
#include "charmux/base/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "charmux/base/text.hpp"

namespace charmux {

struct Log::Impl {
  spdlog::logger logger{"charmux", std::make_shared<spdlog::sinks::stderr_sink_mt>()};
};

Log::Log(LogLevel most, LogForm form) : most_(most), form_(form), impl_(std::make_unique<Impl>()) {
  impl_->logger.set_pattern("%v");
  impl_->logger.set_level(spdlog::level::trace);
  impl_->logger.flush_on(spdlog::level::trace);
}

Log::~Log() = default;

void Log::write(LogLevel level, std::string_view text) {
  if (level > most_) return;
  if (form_ == LogForm::person) return impl_->logger.info("charmux: {}", printable(text));
  impl_->logger.info("<{}>{}", static_cast<int>(level), printable(text));
}

}  // namespace charmux
