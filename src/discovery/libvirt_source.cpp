// SPDX-License-Identifier: Apache-2.0
#include "discovery/libvirt_source.hpp"

#include <algorithm>
#include <cerrno>

#include "discovery/domain_xml.hpp"
#include "discovery/location.hpp"

namespace charmux::discovery {
namespace {

using hypervisor::LibvirtConnection;
using hypervisor::LibvirtHappening;

std::string uuid_of(const std::string& source) { return source.substr(source.find('#') + 1); }

LibvirtConnection::Settings connection_settings(const LibvirtSource::Settings& settings) {
  LibvirtConnection::Settings out;
  out.uri = settings.uri;
  out.follow = settings.follow;
  return out;
}

std::optional<std::string> remote_host(const std::string& uri) {
  return hypervisor::is_remote_uri(uri) ? std::optional(hypervisor::host_of_uri(uri)) : std::nullopt;
}

Happening happening_of(LibvirtHappening happening) {
  switch (happening) {
    case LibvirtHappening::rebooted: return Happening::reset;
    case LibvirtHappening::shutting_down: return Happening::shutdown;
    case LibvirtHappening::crashed: return Happening::panicked;
    case LibvirtHappening::watchdog: return Happening::watchdog;
    case LibvirtHappening::suspended: return Happening::suspended;
    case LibvirtHappening::woken: return Happening::woken;
  }
  return Happening::reset;
}

Located by(backend::LibvirtPty::Make opener) {
  return {Located::Kind::here, std::nullopt, "", false, std::move(opener)};
}

constexpr const char* kNever = "only QEMU's monitor could, and qemu_monitor = \"never\"";

}  // namespace

bool is_libvirt_source(std::string_view source) { return !source.empty() && source[0] != '/'; }

std::string uri_of(std::string_view source) { return std::string(source.substr(0, source.find('#'))); }

std::string source_text(std::string_view source) {
  return is_libvirt_source(source) ? "libvirt:" + uri_of(source) : fmt::format("qmp:{}", source);
}

LibvirtSource::LibvirtSource(hypervisor::Libvirt& libvirt, Settings settings, Log& log, backend::ConsoleLocks& locks,
                             discovery::Sink& sink)
    : libvirt_(libvirt),
      settings_(std::move(settings)),
      host_(remote_host(settings_.uri)),
      log_(log),
      locks_(locks),
      sink_(sink) {
  LibvirtConnection::Sink& hears = *this;
  connection_ = std::make_unique<LibvirtConnection>(libvirt, connection_settings(settings_), hears);
}

void LibvirtSource::start() { connection_->start(); }

void LibvirtSource::change(Settings settings) {
  settings_ = std::move(settings);
  listing_.reset();
  paused_.clear();
  lost_.clear();
  connection_.reset();
  LibvirtConnection::Sink& hears = *this;
  connection_ = std::make_unique<LibvirtConnection>(libvirt_, connection_settings(settings_), hears);
  connection_->start();
}

// --- what is told ---

void LibvirtSource::libvirt_is(LibvirtConnection::State state, const std::string& reason) {
  listing_.reset();
  lost_.clear();
  switch (state) {
    case LibvirtConnection::State::connecting: return;
    case LibvirtConnection::State::ready:
      listing_.emplace();
      return sink_.guest_hidden(settings_.uri, settings_.uri, "");
    case LibvirtConnection::State::unreachable:
      lost_ = kOutOfReach + reason;
      return sink_.guest_hidden(settings_.uri, settings_.uri, lost_);
  }
}

void LibvirtSource::domain_is(const Domain& domain) { listing_ ? listing_->push_back(domain) : tell(domain); }

void LibvirtSource::domains_listed() {
  if (!listing_) return;
  const std::vector<Domain> domains = std::move(*std::exchange(listing_, std::nullopt));
  // Who is gone is told first: one that is new may inherit from it.
  std::map<std::string, bool> there;
  std::vector<std::string> guests;
  for (const Domain& domain : domains) {
    guests.push_back(source_of(domain.uuid));
    if (const auto known = paused_.find(domain.uuid); known != paused_.end()) there.insert(*known);
  }
  paused_ = std::move(there);
  sink_.guests_are(settings_.uri, guests);
  for (const Domain& domain : domains) tell(domain);
}

Result<Guest> LibvirtSource::guest_of(const Domain& domain) const {
  Guest guest;
  guest.source = source_of(domain.uuid);
  guest.name = domain.name;
  guest.uuid = domain.uuid;
  guest.running = domain.active;
  guest.paused = domain.paused;
  Result<std::vector<Chardev>> chardevs = chardevs_of_domain(domain.xml, {domain.active, host_});
  if (!chardevs) return tl::unexpected(chardevs.error());
  guest.chardevs = std::move(*chardevs);
  for (Chardev& chardev : guest.chardevs) {
    chardev.own_break = !settings_.ask_qemu && chardev.at && std::holds_alternative<address::Telnet>(*chardev.at);
    if (!settings_.ask_qemu && !chardev.own_break && chardev.why_no_break.empty()) chardev.why_no_break = kNever;
    if (!settings_.ask_qemu && chardev.way == Way::monitor && chardev.reason.empty())
      chardev.reason = fmt::format("its domain's XML does not say which port it is: {}", kNever);
  }
  return guest;
}

void LibvirtSource::tell(const Domain& domain) {
  if (!domain.active) tainted_.erase(domain.uuid);
  const Result<Guest> guest = guest_of(domain);
  if (!guest) return log_.warn("guest {} at {}: {}", domain.name, settings_.uri, guest.error().text);
  const auto before = paused_.find(domain.uuid);
  const bool was_running = before != paused_.end();
  const bool turned = was_running && before->second != domain.paused && domain.active;
  sink_.guest_is(*guest);
  if (turned) sink_.guest_happened(guest->source, domain.paused ? Happening::paused : Happening::resumed);
  if (domain.active)
    paused_[domain.uuid] = domain.paused;
  else
    paused_.erase(domain.uuid);
}

void LibvirtSource::domain_gone(const std::string& uuid) {
  paused_.erase(uuid);
  tainted_.erase(uuid);
  if (listing_) return std::erase_if(*listing_, [&](const Domain& domain) { return domain.uuid == uuid; }), void();
  sink_.guest_gone(source_of(uuid));
}

void LibvirtSource::domain_happened(const std::string& uuid, LibvirtHappening happening) {
  if (!listing_) sink_.guest_happened(source_of(uuid), happening_of(happening));
}

// --- where a chardev is ---

void LibvirtSource::locate(const std::string& guest, const std::string& label, bool force,
                           std::function<void(Located)> answer) {
  locate_which(
      uuid_of(guest), [label](const Chardev& chardev) { return chardev.label == label; }, force, std::move(answer));
}

void LibvirtSource::locate_which(const std::string& domain, const Which& which, bool force,
                                 std::function<void(Located)> answer) {
  if (connection_ == nullptr) return;
  connection_->ask_domain(domain, [this, which, force, answer = std::move(answer)](const Result<Domain>& now) {
    if (now) return located(*now, which, force, answer);
    const bool undefined = now.error().number == ENOENT;
    if (undefined) return answer({Located::Kind::gone, std::nullopt, "there is no such domain any more"});
    answer({Located::Kind::away, std::nullopt, lost_.empty() ? kOutOfReach + now.error().text : lost_});
  });
}

void LibvirtSource::located(const Domain& domain, const Which& which, bool force,
                            const std::function<void(Located)>& answer) {
  if (!domain.active) return answer({Located::Kind::ended, std::nullopt, ""});
  const Result<Guest> guest = guest_of(domain);
  if (!guest) return answer({Located::Kind::refused, std::nullopt, guest.error().text});
  const auto chardev = std::find_if(guest->chardevs.begin(), guest->chardevs.end(), which);
  if (chardev == guest->chardevs.end())
    return answer({Located::Kind::gone, std::nullopt, "its domain has no such device any more"});
  if (!chardev->reason.empty()) return answer({Located::Kind::refused, std::nullopt, chardev->reason});
  if (chardev->way == Way::stream) return answer(by(by_stream(domain, *chardev, force)));
  if (chardev->way == Way::monitor) return by_monitor(domain, *chardev, answer);
  if (!chardev->at) return answer({Located::Kind::refused, std::nullopt, "its domain's XML does not say where it is"});
  if (std::holds_alternative<address::Pty>(*chardev->at)) return answer(by(by_pty(domain, *chardev, force)));
  answer({Located::Kind::here, chardev->at, ""});
}

}  // namespace charmux::discovery
