// SPDX-License-Identifier: Apache-2.0
// passwd: the line of the configuration file that holds a user's password.
#include "access/password_hash.hpp"
#include "access/passwords.hpp"
#include "charmux/base/text.hpp"
#include "cli/command.hpp"
#include "cli/password_prompt.hpp"

namespace charmux::cli {
namespace {

/// A TOML basic string of a text without control characters.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

Outcome<void> check_name(const std::string& name) {
  constexpr std::size_t kMost = access::Passwords::kMostName;
  if (name.empty() || name.size() > kMost)
    return stop(kUsage, "passwd: the name of a user has from 1 to {} bytes", kMost);
  if (printable(name) != name)
    return stop(kUsage, "passwd: '{}' is no name of a user: it is UTF-8 without control characters", printable(name));
  return {};
}

}  // namespace

Outcome<void> passwd(const Arguments& arguments, ApiClient&) {
  std::string user;
  if (!arguments.operands.empty()) {
    const std::string& name = arguments.operands.front();
    if (auto fit = check_name(name); !fit) return fit;
    user = fmt::format("[[user]]\nname = {}\n", quoted(name));
  }
  auto password = new_password();
  if (!password) return tl::unexpected(password.error());
  const auto hash = access::hash_password(*password);
  access::wipe(*password);
  if (!hash) return stop(kNoPassword, "passwd: {}", hash.error().text);
  return print(fmt::format("{}password = {}\n", user, quoted(*hash)));
}

}  // namespace charmux::cli
