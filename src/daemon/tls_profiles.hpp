// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "charmux/config/access.hpp"
#include "net/tls_context.hpp"

namespace charmux::daemon {

/// TLS as the profiles say, by their names. Reads all their files, so it blocks. Error: one cannot be used, with the
/// profile and the file.
[[nodiscard]] Result<std::map<std::string, net::TlsContext>> read_tls(const std::vector<config::TlsProfile>& profiles);

}  // namespace charmux::daemon
