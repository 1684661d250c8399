// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "charmux/base/result.hpp"
#include "config/settings.hpp"

namespace charmux::config {

/// The entry's value as its key takes it. An error goes on where the key's name ends: " must be ..., not ...".
[[nodiscard]] Result<SettingValue> fit(const KeyInfo& key, const Entry& entry);

}  // namespace charmux::config
