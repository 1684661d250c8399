// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "console/audit.hpp"

using namespace charmux;
using namespace charmux::console;

namespace {

std::string text_of(const Log::Fields& fields) {
  std::string text;
  for (const Log::Field& field : fields) text += field.name + "=" + field.value + "\n";
  return text;
}

struct Kept : LogSink {
  bool write(LogLevel, const std::string& text, const Log::Fields& fields) override {
    said += text + "\n" + text_of(fields);
    return true;
  }
  std::string said;
};

}  // namespace

TEST_CASE("an act has its fields: what, where, who, from where, by which door, and what belongs to it") {
  const ViewerOrigin ann{"127.0.0.1:40312", "telnet:127.0.0.1:7001", "ann"};
  CHECK(text_of(fields_of({"alpha", "break", ann, "result", "sent"})) ==
        "CHARMUX_EVENT=break\nCHARMUX_CONSOLE=alpha\nCHARMUX_USER=ann\nCHARMUX_FROM=127.0.0.1:40312\n"
        "CHARMUX_DOOR=telnet:127.0.0.1:7001\nCHARMUX_RESULT=sent\n");
}

TEST_CASE("what an act has not is no field") {
  const ViewerOrigin stranger{"127.0.0.1:40312", "", {}};
  CHECK(text_of(fields_of({"", "refused", stranger})) == "CHARMUX_EVENT=refused\nCHARMUX_FROM=127.0.0.1:40312\n");
}

TEST_CASE("an act without a line of its own gets one where the log keeps fields") {
  Kept kept;
  Log log(LogLevel::info, LogForm::journal, &kept);
  const ViewerOrigin ann{"127.0.0.1:40312", "telnet:127.0.0.1:7001", "ann"};
  log_act(log, {"alpha", "pen lost", ann, "why", "root took it"});
  CHECK(kept.said ==
        "console alpha: ann: pen lost, root took it\nCHARMUX_EVENT=pen lost\nCHARMUX_CONSOLE=alpha\nCHARMUX_USER=ann\n"
        "CHARMUX_FROM=127.0.0.1:40312\nCHARMUX_DOOR=telnet:127.0.0.1:7001\nCHARMUX_WHY=root took it\n");
}
