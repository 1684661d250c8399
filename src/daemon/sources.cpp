// SPDX-License-Identifier: Apache-2.0
#include "daemon/sources.hpp"

#include <algorithm>
#include <utility>

namespace charmux::daemon {
namespace {

using discovery::LibvirtSource;

discovery::QmpSource::Settings qmp_settings(const config::Config& config) {
  discovery::QmpSource::Settings settings;
  settings.poll = config.limits.qmp_poll;
  for (const config::Discover& each : config.discovers)
    if (!each.qmp.empty()) settings.patterns.push_back(each.qmp);
  return settings;
}

LibvirtSource::Settings libvirt_settings(const config::Discover& discover) {
  LibvirtSource::Settings settings;
  settings.uri = discover.libvirt;
  settings.virsh = discover.virsh == config::Virsh::yield ? backend::Courtesy::yield : backend::Courtesy::refuse;
  settings.ask_qemu = discover.qemu_monitor == config::QemuMonitor::automatic;
  return settings;
}

}  // namespace

Sources::Sources(const config::Config& config, loop::Loop& loop, Log& log, discovery::Sink& sink)
    : loop_(loop),
      log_(log),
      sink_(sink),
      qmp_(std::make_unique<discovery::QmpSource>(loop, qmp_settings(config), log, sink)),
      libvirts_(loop, log, sink) {
  for (const config::Discover& each : config.discovers)
    if (!each.libvirt.empty()) libvirts_.follow(libvirt_settings(each));
}

void Sources::start() {
  qmp_->start();
  libvirts_.start();
}

void Sources::change(const config::Config& before, const config::Config& now) {
  qmp_ = std::make_unique<discovery::QmpSource>(loop_, qmp_settings(now), log_, sink_);
  qmp_->start();
  const auto follows = [](const config::Config& config, const std::string& uri) {
    return std::any_of(config.discovers.begin(), config.discovers.end(),
                       [&](const config::Discover& each) { return each.libvirt == uri; });
  };
  for (const config::Discover& each : before.discovers)
    if (!each.libvirt.empty() && !follows(now, each.libvirt)) libvirts_.unfollow(each.libvirt);
  for (const config::Discover& each : now.discovers)
    if (!each.libvirt.empty()) libvirts_.follow(libvirt_settings(each));
}

discovery::Source& Sources::of(const std::string& guest) {
  if (!discovery::is_libvirt_source(guest)) return *qmp_;
  discovery::LibvirtSource* const libvirt = libvirts_.find(discovery::uri_of(guest));
  return libvirt == nullptr ? static_cast<discovery::Source&>(*qmp_) : *libvirt;
}

void Sources::locate(const std::string& guest, const std::string& label, bool force,
                     std::function<void(discovery::Located)> answer) {
  of(guest).locate(guest, label, force, std::move(answer));
}

void Sources::send_break(const std::string& guest, const std::string& label, std::function<void(Status)> answer) {
  of(guest).send_break(guest, label, std::move(answer));
}

std::unique_ptr<backend::Locator> Sources::place_of(const address::Backend& backend) {
  if (const auto* const libvirt = std::get_if<address::Libvirt>(&backend)) return libvirts_.place_of(*libvirt);
  return std::make_unique<backend::FixedPlace>(backend);
}

}  // namespace charmux::daemon
