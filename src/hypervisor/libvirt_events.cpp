// SPDX-License-Identifier: Apache-2.0
#include "hypervisor/libvirt_events.hpp"

#include <array>
#include <string>
#include <utility>

namespace charmux::hypervisor {
namespace {

using Target = LibvirtEvents::Target;

void free_target(void* opaque) { delete static_cast<Target*>(opaque); }

/// Where to put what is told, and of whom.
struct Of {
  Of(virDomainPtr domain, void* opaque) : target(*static_cast<Target*>(opaque)) {
    std::array<char, VIR_UUID_STRING_BUFLEN> text{};
    if (virDomainGetUUIDString(domain, text.data()) == 0) uuid = text.data();
  }
  void look() const { target.queue->look(target.connection, uuid); }
  void happened(LibvirtHappening what) const { target.queue->happened(target.connection, uuid, what); }
  Target& target;
  std::string uuid;
};

int lifecycle(virConnectPtr, virDomainPtr domain, int event, int detail, void* opaque) {
  const Of of(domain, opaque);
  if (event == VIR_DOMAIN_EVENT_SHUTDOWN) of.happened(LibvirtHappening::shutting_down);
  if (event == VIR_DOMAIN_EVENT_CRASHED) of.happened(LibvirtHappening::crashed);
  if (event == VIR_DOMAIN_EVENT_STOPPED && detail == VIR_DOMAIN_EVENT_STOPPED_CRASHED)
    of.happened(LibvirtHappening::crashed);
  if (event == VIR_DOMAIN_EVENT_PMSUSPENDED) of.happened(LibvirtHappening::suspended);
  if (event == VIR_DOMAIN_EVENT_STARTED && detail == VIR_DOMAIN_EVENT_STARTED_WAKEUP)
    of.happened(LibvirtHappening::woken);
  of.look();
  return 0;
}

void reboot(virConnectPtr, virDomainPtr domain, void* opaque) {
  Of(domain, opaque).happened(LibvirtHappening::rebooted);
}

void watchdog(virConnectPtr, virDomainPtr domain, int, void* opaque) {
  Of(domain, opaque).happened(LibvirtHappening::watchdog);
}

void device(virConnectPtr, virDomainPtr domain, const char*, void* opaque) { Of(domain, opaque).look(); }

void closed(virConnectPtr, int reason, void* opaque) {
  const auto& target = *static_cast<Target*>(opaque);
  target.queue->lose(target.connection, close_reason_text(reason));
}

}  // namespace

LibvirtEvents::LibvirtEvents(virConnectPtr handle, std::shared_ptr<LibvirtQueue> queue, unsigned connection)
    : handle_(handle), target_{std::move(queue), connection} {
  // Not by a free callback: libvirt 9.0 does not call that when the callback is taken back. It calls neither behind
  // that.
  hears_close_ = virConnectRegisterCloseCallback(handle, closed, &target_, nullptr) == 0;
}

LibvirtEvents::~LibvirtEvents() {
  // Each keeps the connection open.
  for (const int event : heard_) virConnectDomainEventDeregisterAny(handle_, event);
  if (hears_close_) virConnectUnregisterCloseCallback(handle_, closed);
}

template <class Callback>
void LibvirtEvents::hear(int event, Callback callback) {
  auto* const target = new Target(target_);
  // As VIR_DOMAIN_EVENT_CALLBACK; by way of a type that fits all functions, else GCC warns.
  const auto generic = reinterpret_cast<virConnectDomainEventGenericCallback>(reinterpret_cast<void (*)()>(callback));
  const int id = virConnectDomainEventRegisterAny(handle_, nullptr, event, generic, target, free_target);
  if (id < 0) {
    delete target;
  } else {
    heard_.push_back(id);
  }
}

void LibvirtEvents::follow_domains() {
  hear(VIR_DOMAIN_EVENT_ID_LIFECYCLE, lifecycle);
  hear(VIR_DOMAIN_EVENT_ID_REBOOT, reboot);
  hear(VIR_DOMAIN_EVENT_ID_WATCHDOG, watchdog);
  hear(VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, device);
  hear(VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, device);
}

}  // namespace charmux::hypervisor
