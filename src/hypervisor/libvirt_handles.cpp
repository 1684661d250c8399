// SPDX-License-Identifier: Apache-2.0
#include "hypervisor/libvirt_handles.hpp"

#include "charmux/base/text.hpp"

namespace charmux::hypervisor {
namespace {

/// ssh's own words come with their line ends.
std::string in_one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool blank = c == '\n' || c == '\r' || c == '\t' || c == ' ';
    if (!blank) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  if (!line.empty() && line.back() == ' ') line.pop_back();
  return printable(line);
}

}  // namespace

LibvirtError last_libvirt_error() {
  const virErrorPtr error = virGetLastError();
  if (error == nullptr || error->message == nullptr) return {VIR_ERR_INTERNAL_ERROR, 0, "libvirt says no reason"};
  return {error->code, error->code == VIR_ERR_SYSTEM_ERROR ? error->int1 : 0, in_one_line(error->message)};
}

std::string close_reason_text(int reason) {
  // Whether a libvirtd that dies is an end of file or an error depends on what was under way.
  if (reason == VIR_CONNECT_CLOSE_REASON_KEEPALIVE) return "libvirt does not answer any more";
  return "libvirt closed the connection";
}

}  // namespace charmux::hypervisor
