// SPDX-License-Identifier: Apache-2.0
// How a console of libvirt's is opened, and what QEMU is asked for through libvirt.
#include <algorithm>

#include "backend/libvirt_stream_opener.hpp"
#include "charmux/protocol/qmp.hpp"
#include "discovery/libvirt_source.hpp"
#include "discovery/offer.hpp"

namespace charmux::discovery {
namespace {

/// What QEMU calls the chardev behind a device of that alias (libvirt 0.8 and later).
std::string label_of(const Chardev& chardev) { return "char" + chardev.label; }

std::function<bool(const Chardev&)> has_alias(const std::string& alias) {
  return [alias](const Chardev& chardev) {
    return alias.empty() ? chardev.primary : chardev.label == alias || chardev.called == alias;
  };
}

Located refused(std::string reason) { return {Located::Kind::refused, std::nullopt, std::move(reason)}; }

/// What QEMU says of the chardev, as the place to open it.
Located place_of(const Chardev& chardev, const Result<std::string>& answer) {
  if (!answer) return refused("QEMU does not say where it is: " + answer.error().text);
  const auto all = protocol::qmp_chardevs(*answer);
  if (!all) return refused("QEMU does not say where it is: " + all.error().text);
  const auto one =
      std::find_if(all->begin(), all->end(), [&](const auto& each) { return each.label == label_of(chardev); });
  if (one == all->end()) return {Located::Kind::gone, std::nullopt, "its guest has no such chardev any more"};
  Offer offered = offer({one->label, "", one->filename, one->frontend_open, std::nullopt}, std::nullopt);
  if (!offered.at) return refused(std::move(offered.reason));
  return {Located::Kind::here, std::move(offered.at), ""};
}

}  // namespace

void LibvirtSource::locate_alias(const std::string& domain, const std::string& alias, bool force,
                                 std::function<void(Located)> answer) {
  locate_which(domain, has_alias(alias), force, std::move(answer));
}

LibvirtSource::Make LibvirtSource::by_stream(const Domain& domain, const Chardev& chardev, bool force) {
  hypervisor::LibvirtStream::Settings settings{settings_.uri, domain.uuid, chardev.label, force};
  return [this, settings = std::move(settings)](backend::Opener::Owner& owner) {
    return std::make_unique<backend::LibvirtStreamOpener>(libvirt_, settings, owner);
  };
}

LibvirtSource::Make LibvirtSource::by_pty(const Domain& domain, const Chardev& chardev, bool force) {
  backend::LibvirtPty::Settings settings;
  settings.path = std::get<address::Pty>(*chardev.at).path;
  settings.courtesy = settings_.virsh;
  settings.fallback = by_stream(domain, chardev, force);
  if (force) settings.force = by_stream(domain, chardev, true);
  return [this, settings = std::move(settings)](backend::Opener::Owner& owner) {
    return std::make_unique<backend::LibvirtPty>(libvirt_.loop(), settings, locks_, owner);
  };
}

void LibvirtSource::by_monitor(const Domain& domain, const Chardev& chardev, std::function<void(Located)> answer) {
  say_tainted(domain, fmt::format("where {} is", chardev.label));
  connection_->ask_qemu(
      domain.uuid, R"({"execute": "query-chardev"})",
      [chardev, answer = std::move(answer)](const Result<std::string>& said) { answer(place_of(chardev, said)); });
}

// --- breaks ---

void LibvirtSource::send_break(const std::string& guest, const std::string& label, std::function<void(Status)> answer) {
  send_break_to(
      guest.substr(guest.find('#') + 1), [label](const Chardev& chardev) { return chardev.label == label; },
      std::move(answer));
}

void LibvirtSource::send_break_to_alias(const std::string& domain, const std::string& alias,
                                        std::function<void(Status)> answer) {
  send_break_to(domain, has_alias(alias), std::move(answer));
}

void LibvirtSource::send_break_to(const std::string& domain, const Which& which, std::function<void(Status)> answer) {
  if (connection_ == nullptr) return;
  connection_->ask_domain(domain, [this, which, answer = std::move(answer)](const Result<Domain>& now) {
    if (!now) return answer(tl::unexpected(now.error()));
    if (!now->active) return answer(failure("its guest is not running"));
    const Result<Guest> guest = guest_of(*now);
    if (!guest) return answer(tl::unexpected(guest.error()));
    const auto chardev = std::find_if(guest->chardevs.begin(), guest->chardevs.end(), which);
    if (chardev == guest->chardevs.end()) return answer(failure("its domain has no such device any more"));
    if (!chardev->why_no_break.empty()) return answer(failure("{}", chardev->why_no_break));
    say_tainted(*now, fmt::format("for a break at {}", chardev->label));
    const std::string command = fmt::format(R"({{"execute": "chardev-send-break", "arguments": {{"id": {}}}}})",
                                            protocol::json_string(label_of(*chardev)));
    connection_->ask_qemu(now->uuid, command, [answer](const Result<std::string>& sent) {
      answer(sent ? Status() : Status(tl::unexpected(sent.error())));
    });
  });
}

void LibvirtSource::say_tainted(const Domain& domain, std::string_view why) {
  if (!tainted_.insert(domain.uuid).second) return;
  log_.warn(
      "guest {}: QEMU's monitor is asked {}: libvirt marks the guest as tainted by that (custom-monitor) until it "
      "ends; qemu_monitor = \"never\" forbids it",
      domain.name, why);
}

}  // namespace charmux::discovery
