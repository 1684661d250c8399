// SPDX-License-Identifier: Apache-2.0
#include "charmux/base/log.hpp"

#include <doctest/doctest.h>

using namespace charmux;

namespace {

struct Kept : LogSink {
  bool write(LogLevel level, const std::string& text, const Log::Fields& fields) override {
    said += std::to_string(static_cast<int>(level)) + " " + text;
    for (const Log::Field& field : fields) said += "; " + field.name + "=" + field.value;
    said += "\n";
    return true;
  }
  std::string said;
};

}  // namespace

TEST_CASE("a sink is given what is said, and the fields that belong to it") {
  Kept kept;
  Log log(LogLevel::info, LogForm::journal, &kept);
  CHECK(log.keeps_fields());
  log.warn("console {}: is gone", "alpha");
  log.write(LogLevel::info, "ann came", {{"CHARMUX_USER", "ann"}, {"CHARMUX_CONSOLE", "alpha"}});
  CHECK(kept.said == "4 console alpha: is gone\n6 ann came; CHARMUX_USER=ann; CHARMUX_CONSOLE=alpha\n");
}

TEST_CASE("a sink is not given what is below the log's level") {
  Kept kept;
  Log log(LogLevel::warn, LogForm::journal, &kept);
  log.write(LogLevel::info, "ann came", {{"CHARMUX_USER", "ann"}});
  CHECK(kept.said.empty());
}

TEST_CASE("text and values are printable, whatever they were") {
  Kept kept;
  Log log(LogLevel::info, LogForm::journal, &kept);
  log.write(LogLevel::info, "a\nb", {{"CHARMUX_USER", "ann\nCHARMUX_USER=root\x1b"}});
  CHECK(kept.said == "6 a\\x0ab; CHARMUX_USER=ann\\x0aCHARMUX_USER=root\\x1b\n");
}

TEST_CASE("a log without a sink keeps no fields") { CHECK_FALSE(Log(LogLevel::info).keeps_fields()); }
