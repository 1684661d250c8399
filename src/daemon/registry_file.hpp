// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "daemon/registry.hpp"

/// The file that a Registry is kept in: JSON (RFC 8259) with a version, every text percent-encoded, since names are any
/// bytes.
namespace charmux::daemon::registry_file {

/// The entries of the file, or nothing where there is none. Error: why it cannot be used, as the end of a sentence that
/// begins with its path: "is cut off or not JSON".
[[nodiscard]] Result<std::vector<Registry::Entry>> read(const std::string& path);
/// The file's text.
[[nodiscard]] std::string to_text(const std::map<std::string, Registry::Entry, std::less<>>& entries);
/// Puts the text in the place of the file, or leaves that as it was.
[[nodiscard]] Status write(const std::string& path, const std::string& text);
/// Renames the file to "PATH.broken-TIME", and returns that name.
[[nodiscard]] Result<std::string> set_aside(const std::string& path, WallTime now);

}  // namespace charmux::daemon::registry_file
