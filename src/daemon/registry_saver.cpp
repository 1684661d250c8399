// SPDX-License-Identifier: Apache-2.0
#include "daemon/registry_saver.hpp"

#include <memory>

#include "daemon/registry_file.hpp"

namespace charmux::daemon {

void RegistrySaver::save() {
  if (writing_) return;  // its end looks for more
  std::optional<std::string> text = registry_.take_unsaved();
  if (!text) return;
  writing_ = true;
  const auto outcome = std::make_shared<Status>();
  work_ = loop::Work(
      loop_,
      [outcome, path = registry_.path(), text = std::move(*text)] { *outcome = registry_file::write(path, text); },
      [this, outcome] {
        writing_ = false;
        if (*outcome) return save();
        log_.warn("{}", outcome->error().text);
        registry_.not_saved();
      });
}

}  // namespace charmux::daemon
