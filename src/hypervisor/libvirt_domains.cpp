// SPDX-License-Identifier: Apache-2.0
#include "hypervisor/libvirt_domains.hpp"

#include <libvirt/libvirt-qemu.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <variant>
#include <vector>

#include "charmux/base/bytes.hpp"
#include "charmux/protocol/qmp.hpp"

namespace charmux::hypervisor {
namespace {

using Text = std::unique_ptr<char, LibvirtRelease<std::free>>;

tl::unexpected<Error> why_failed() {
  LibvirtError error = last_libvirt_error();
  return tl::unexpected(Error{std::move(error.text), error.code == VIR_ERR_NO_DOMAIN ? ENOENT : 0});
}

}  // namespace

Result<DomainHandle> find_domain(virConnectPtr connection, const std::string& uuid_or_name) {
  DomainHandle found(virDomainLookupByUUIDString(connection, uuid_or_name.c_str()));
  if (found) return found;
  const int code = last_libvirt_error().code;
  // What is no UUID is an invalid argument.
  if (code == VIR_ERR_NO_DOMAIN || code == VIR_ERR_INVALID_ARG)
    found.reset(virDomainLookupByName(connection, uuid_or_name.c_str()));
  if (!found) return why_failed();
  return found;
}

Result<LibvirtDomain> describe_domain(virDomainPtr domain) {
  std::array<char, VIR_UUID_STRING_BUFLEN> uuid{};
  if (virDomainGetUUIDString(domain, uuid.data()) < 0) return why_failed();
  LibvirtDomain described;
  described.uuid = uuid.data();
  described.name = virDomainGetName(domain);
  int state = VIR_DOMAIN_NOSTATE;
  if (virDomainGetState(domain, &state, nullptr, 0) < 0) return why_failed();
  described.active = state != VIR_DOMAIN_SHUTOFF;
  described.paused = state == VIR_DOMAIN_PAUSED;
  if (!described.active) {
    const int defined = virDomainIsPersistent(domain);
    if (defined < 0) return why_failed();
    if (defined == 0) return tl::unexpected(Error{"the domain has ended", ENOENT});
  }
  const Text xml(virDomainGetXMLDesc(domain, 0));
  if (!xml) return why_failed();
  described.xml = xml.get();
  return described;
}

Result<std::string> ask_qemu_of(virDomainPtr domain, const std::string& command) {
  char* raw = nullptr;
  if (virDomainQemuMonitorCommand(domain, command.c_str(), &raw, 0) < 0) return why_failed();
  const Text answer(raw);
  protocol::QmpDecoder decoder;
  std::vector<protocol::QmpMessage> messages;
  if (const Status read = decoder.feed(as_bytes(answer.get()), messages); !read) return tl::unexpected(read.error());
  for (const auto& message : messages) {
    if (const auto* reply = std::get_if<protocol::QmpReply>(&message)) return reply->value;
    if (const auto* error = std::get_if<protocol::QmpError>(&message)) return failure("{}", error->description);
  }
  return failure("QEMU's answer is not complete");
}

}  // namespace charmux::hypervisor
