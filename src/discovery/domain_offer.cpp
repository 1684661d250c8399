// SPDX-License-Identifier: Apache-2.0
#include "discovery/domain_offer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "charmux/base/text.hpp"
#include "discovery/domain_inet.hpp"

namespace charmux::discovery {
namespace {

DomainOffer of_pty(const DomainSource& source, const DomainView& view) {
  if (view.host) return {{"libvirt stream", std::nullopt, ""}, Way::stream};
  // What the definition of a domain that is shut off says of a pty is somebody else's by now.
  if (!view.running || source.path.empty()) return {{"pty", std::nullopt, ""}};
  return {discovery::of_pty(source.path)};
}

/// The reason why a path cannot be opened; empty: it can.
std::string why_not(const std::string& path, const DomainView& view) {
  if (view.host) return fmt::format("it is on {}; of that libvirt passes on ptys alone", host_of(view));
  if (path.starts_with('/')) return "";
  return fmt::format("{} is relative to a directory that libvirt does not tell; write an absolute path in its source",
                     printable(path));
}

DomainOffer of_file(const DomainSource& source, const DomainView& view) {
  if (const std::string reason = why_not(source.path, view); !reason.empty())
    return {never(source.type + ":" + source.path, reason)};
  return {at_place(source.type, source.path)};
}

DomainOffer of_unix(const DomainSource& source, const DomainView& view) {
  // libvirt chooses a channel's path when the guest starts.
  if (source.path.empty() && source.server && !view.host) return {{"unix", std::nullopt, ""}};
  if (const std::string reason = why_not(source.path, view); !reason.empty())
    return {never("unix:" + source.path, reason)};
  return {of_socket_path({source.path, false}, source.server)};
}

DomainOffer of_device(const DomainSource& source, const DomainView& view) {
  const std::string whose = view.host ? fmt::format("the device {} of {}", printable(source.path), host_of(view))
                                      : fmt::format("the host's device {}", printable(source.path));
  return {never("dev:" + source.path,
                fmt::format("QEMU has {} open; who talks to the guest is at the other end of its cable", whose))};
}

DomainOffer of_udp(const DomainSource& source, const DomainView& view) {
  const DomainSource::End none;
  const DomainSource::End& theirs = source.bind ? *source.bind : none;
  const DomainSource::End& ours = source.connect ? *source.connect : none;
  return view.host ? DomainOffer{never("udp:" + host_and_port(theirs.host, theirs.service), why_not("", view))}
                   : DomainOffer{offer_of_udp(theirs, ours)};
}

struct Row {
  std::string_view type;
  DomainOffer (*offer)(const DomainSource&, const DomainView&);
};
constexpr std::array<Row, 7> kRows = {{
    {"pty", of_pty},
    {"file", of_file},
    {"pipe", of_file},
    {"unix", of_unix},
    {"dev", of_device},
    {"tcp", offer_of_tcp},
    {"udp", of_udp},
}};

}  // namespace

DomainOffer domain_offer(const DomainSource& source, const DomainView& view) {
  const auto* const row =
      std::find_if(kRows.begin(), kRows.end(), [&source](const Row& each) { return each.type == source.type; });
  return row == kRows.end() ? DomainOffer{of_kind(source.type)} : row->offer(source, view);
}

std::string host_of(const DomainView& view) {
  return view.host.value_or("").empty() ? "another host" : fmt::format("host {}", printable(*view.host));
}

}  // namespace charmux::discovery
