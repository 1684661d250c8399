// SPDX-License-Identifier: Apache-2.0
#include "charmux/base/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "charmux/base/text.hpp"

namespace charmux {

struct Log::Impl {
  spdlog::logger logger{"charmux", std::make_shared<spdlog::sinks::stderr_sink_mt>()};
};

Log::Log(LogLevel most, LogForm form, LogSink* sink)
    : most_(most), form_(form), sink_(sink), impl_(std::make_unique<Impl>()) {
  impl_->logger.set_pattern("%v");
  impl_->logger.set_level(spdlog::level::trace);
  impl_->logger.flush_on(spdlog::level::trace);
}

Log::~Log() = default;

void Log::write(LogLevel level, std::string_view text, const Fields& fields) {
  if (level > most_) return;
  const std::string line = printable(text);
  if (sink_ != nullptr) {
    Fields shown;
    shown.reserve(fields.size());
    for (const Field& field : fields) shown.push_back({field.name, printable(field.value)});
    if (sink_->write(level, line, shown)) return;
  }
  if (form_ == LogForm::person) return impl_->logger.info("charmux: {}", line);
  impl_->logger.info("<{}>{}", static_cast<int>(level), line);
}

}  // namespace charmux
