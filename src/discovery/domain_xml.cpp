// SPDX-License-Identifier: Apache-2.0
#include "discovery/domain_xml.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>
#include <pugixml.hpp>

#include "charmux/base/text.hpp"
#include "discovery/domain_offer.hpp"
#include "discovery/front_end_type.hpp"

namespace charmux::discovery {
namespace {

std::string attribute(pugi::xml_node node, const char* name) { return node.attribute(name).value(); }

DomainSource source_of(pugi::xml_node chardev, bool qemu) {
  DomainSource out;
  const pugi::xml_node first = chardev.child("source");
  out.qemu = qemu;
  out.type = attribute(chardev, "type");
  if (out.type.empty()) out.type = "pty";
  out.path = attribute(first, "path");
  // The older way to write it.
  if (out.path.empty() && out.type == "pty") out.path = attribute(chardev, "tty");
  out.server = !first || attribute(first, "mode") == "bind";
  out.tls = attribute(first, "tls") == "yes";
  out.protocol = attribute(chardev.child("protocol"), "type");
  for (const pugi::xml_node source : chardev.children("source")) {
    std::optional<DomainSource::End>& end = attribute(source, "mode") == "bind" ? out.bind : out.connect;
    if (!end) end = {attribute(source, "host"), attribute(source, "service")};
  }
  return out;
}

/// libvirt's name for a target or its model, and QEMU's for the device (QOM).
struct Device {
  std::string_view target;
  std::string_view type;
};
/// The device that a <serial> or <console> is, by its model (virDomainChrSerialTargetModel) or, without, its type.
std::string device_of(pugi::xml_node target) {
  constexpr std::array<Device, 10> kDevices = {{
      {"16550a", "serial-mm"},
      {"isa-debug", "isa-debugcon"},
      {"isa-serial", "isa-serial"},
      {"sclp", "sclpconsole"},
      {"sclp-serial", "sclpconsole"},
      {"sclplm", "sclplmconsole"},
      {"spapr-vio-serial", "spapr-vty"},
      {"system-serial", "pl011"},
      {"virtio", "virtconsole"},
      {"xen", "xen-console"},
  }};
  const std::string model = attribute(target.child("model"), "name");
  const std::string name = model.empty() ? attribute(target, "type") : model;
  const auto* const found =
      std::find_if(kDevices.begin(), kDevices.end(), [&name](const Device& each) { return each.target == name; });
  return found == kDevices.end() ? name : std::string(found->type);
}

std::string why_no_break(Kind kind, pugi::xml_node target, bool qemu) {
  if (kind == Kind::parallel) return "parallel ports have none";
  if (kind == Kind::channel) return "virtio channels have none";
  DeviceFacts device;
  device.type = device_of(target);
  // That of a serial without a target is the machine's own.
  if (device.type.empty()) device.type = "isa-serial";
  FrontEndType known = front_end_type(device);
  if (known.kind == Kind::other) return fmt::format("{} is not known to take one", printable(device.type));
  if (known.why_no_break.empty() && !qemu) return "libvirt sends one to QEMU's guests only";
  return known.why_no_break;
}

/// Whether a virtio channel is meant for a person: "org.qemu.console.0". What is typed at any other could be a command
/// to a program.
bool is_console(std::string_view name) {
  while (!name.empty()) {
    const std::string_view part = name.substr(0, name.find('.'));
    if (part == "console") return true;
    name.remove_prefix(std::min(part.size() + 1, name.size()));
  }
  return false;
}

/// What a channel is that is no console.
std::string what_it_is(const std::string& target, const std::string& name) {
  if (target == "guestfwd") return "guestfwd: a port of the guest's network, not a console";
  if (target != "virtio") return fmt::format("a channel of type {}, not a console", printable(target));
  DeviceFacts port;
  port.type = "virtserialport";
  port.name = name;
  return front_end_type(port).why_not;
}

/// One domain's <devices>.
class Reader {
 public:
  Reader(const DomainView& view, bool qemu) : view_(view), qemu_(qemu) {}

  std::vector<Chardev> read(pugi::xml_node devices) {
    for (const pugi::xml_node serial : devices.children("serial")) add(serial, Kind::serial);
    bool mirrored = false;
    for (const pugi::xml_node console : devices.children("console")) {
      const std::string type = attribute(console.child("target"), "type");
      // The first is but another way to write serial 0, which may not be written itself.
      const bool is_serial = !mirrored && (type == "serial" || type.empty());
      mirrored = mirrored || is_serial;
      if (!is_serial) {
        add(console, Kind::console);
      } else if (found_[Kind::serial].empty()) {
        add(console, Kind::serial);
      }
    }
    for (const pugi::xml_node parallel : devices.children("parallel")) add(parallel, Kind::parallel);
    unsigned number = 0;
    for (const pugi::xml_node channel : devices.children("channel")) add_channel(channel, number++);
    return all();
  }

 private:
  /// All but its name, its place and what it is.
  Chardev conclude(pugi::xml_node node, DomainOffer offered) const {
    Chardev out;
    out.label = attribute(node.child("alias"), "name");
    out.shown = std::move(offered.offer.shown);
    out.at = std::move(offered.offer.at);
    out.way = offered.way;
    out.reason = std::move(offered.offer.reason);
    return out;
  }

  void add(pugi::xml_node node, Kind kind) {
    Chardev out = conclude(node, domain_offer(source_of(node, qemu_), view_));
    out.why_no_break = why_no_break(kind, node.child("target"), qemu_);
    place(std::move(out), kind);
  }

  void add_channel(pugi::xml_node node, unsigned number) {
    const std::string target = attribute(node.child("target"), "type");
    const std::string name = attribute(node.child("target"), "name");
    const DomainSource source = source_of(node, qemu_);
    DomainOffer offered = domain_offer(source, view_);
    // virDomainOpenConsole knows no channels, virDomainOpenChannel no ptys.
    if (offered.way == Way::stream)
      offered = {never("pty", fmt::format("it is on {}; of that libvirt passes on no channel's pty", host_of(view_)))};
    Chardev out = conclude(node, std::move(offered));
    if (target == "virtio" && is_console(name)) {
      out.why_no_break = why_no_break(Kind::channel, node.child("target"), qemu_);
      return place(std::move(out), Kind::channel);
    }
    out.at.reset();
    out.way = Way::address;
    if (!is_never_offered(source.type)) out.reason = what_it_is(target, name);
    out.called = user_name(out.label);
    // Not its number: those are for the channels that are consoles.
    if (out.called.empty()) out.called = name.empty() ? fmt::format("{}{}", target, number) : name;
    found_[Kind::other].push_back(std::move(out));
  }

  void place(Chardev chardev, Kind kind) {
    std::vector<Chardev>& among = found_[kind];
    chardev.kind = kind;
    chardev.position = static_cast<unsigned>(among.size());
    chardev.called = user_name(chardev.label);
    if (chardev.called.empty()) chardev.called = fmt::format("{}{}", text_of(kind), chardev.position);
    among.push_back(std::move(chardev));
  }

  /// What a user alias calls it; empty: the alias is libvirt's own.
  static std::string user_name(const std::string& alias) {
    constexpr std::string_view kUsers = "ua-";
    return alias.starts_with(kUsers) ? alias.substr(kUsers.size()) : "";
  }

  std::vector<Chardev> all() {
    std::vector<Chardev>& first = found_[found_[Kind::serial].empty() ? Kind::console : Kind::serial];
    if (!first.empty()) first.front().primary = true;
    std::vector<Chardev> out;
    for (auto& [kind, chardevs] : found_) std::move(chardevs.begin(), chardevs.end(), std::back_inserter(out));
    return out;
  }

  const DomainView& view_;
  const bool qemu_;
  std::map<Kind, std::vector<Chardev>> found_;
};

/// Whether libvirt's QEMU driver runs a <domain type=...>.
bool is_qemus(const std::string& type) { return type == "qemu" || type == "kvm" || type == "kqemu" || type == "hvf"; }

}  // namespace

Result<std::vector<Chardev>> chardevs_of_domain(std::string_view xml, const DomainView& view) {
  pugi::xml_document document;
  // Always what libvirt writes, whatever the locale.
  const pugi::xml_parse_result parsed =
      document.load_buffer(xml.data(), xml.size(), pugi::parse_default, pugi::encoding_utf8);
  if (!parsed) return failure("its XML is broken at byte {}: {}", parsed.offset, parsed.description());
  const pugi::xml_node domain = document.document_element();
  if (std::string_view(domain.name()) != "domain")
    return failure("its XML is of no domain: it begins with <{}>", printable(domain.name()));
  return Reader(view, is_qemus(attribute(domain, "type"))).read(domain.child("devices"));
}

}  // namespace charmux::discovery
