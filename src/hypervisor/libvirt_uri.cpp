// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>

#include "hypervisor/libvirt_connection.hpp"

namespace charmux::hypervisor {

std::string host_of_uri(const std::string& uri) {
  std::string_view rest = uri;
  const std::size_t scheme = rest.find("://");
  if (scheme == std::string_view::npos) return {};
  rest.remove_prefix(scheme + 3);
  rest = rest.substr(0, rest.find_first_of("/?#"));
  if (const std::size_t user = rest.rfind('@'); user != std::string_view::npos) rest.remove_prefix(user + 1);
  if (rest.starts_with('[')) return std::string(rest.substr(1, rest.find(']') - 1));
  return std::string(rest.substr(0, rest.find(':')));
}

bool is_remote_uri(const std::string& uri) { return !host_of_uri(uri).empty(); }

}  // namespace charmux::hypervisor
