// SPDX-License-Identifier: Apache-2.0
#include "discovery/qmp_guest.hpp"

#include <limits.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "discovery/break.hpp"
#include "discovery/front_end.hpp"
#include "discovery/libvirt_owned.hpp"
#include "discovery/offer.hpp"

namespace charmux::discovery {
namespace {

using hypervisor::QmpClient;

/// "/run/qemu/alpha.qmp" is alpha.
std::string stem_of(const std::string& path) {
  const std::string file = path.substr(path.rfind('/') + 1);
  const std::size_t dot = file.rfind('.');
  return dot == std::string::npos || dot == 0 ? file : file.substr(0, dot);
}

std::string resolved(const std::string& path) {
  std::array<char, PATH_MAX> room;
  const char* const real = ::realpath(path.c_str(), room.data());
  return real == nullptr ? path : real;
}

/// The directory that a process runs in; only its own user and root are told.
std::optional<std::string> directory_of(pid_t pid) {
  if (pid <= 0) return std::nullopt;
  std::array<char, PATH_MAX> room;
  const ssize_t length = ::readlink(fmt::format("/proc/{}/cwd", pid).c_str(), room.data(), room.size());
  if (length <= 0 || static_cast<std::size_t>(length) == room.size()) return std::nullopt;
  return std::string(room.data(), static_cast<std::size_t>(length));
}

/// A UUID as a key: lower case, and none where QEMU was given none.
std::string uuid_of(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'F' ? char(c + 32) : c; });
  return text.find_first_not_of("0-") == std::string::npos ? "" : text;
}

template <class Chardevs>
ChardevUse use_of(const Chardevs& chardevs) {
  ChardevUse labels;
  for (const auto& chardev : chardevs) labels.emplace_back(chardev.label, chardev.frontend_open);
  std::sort(labels.begin(), labels.end());
  return labels;
}

}  // namespace

QmpGuest::QmpGuest(loop::Loop& loop, Settings settings, std::string path, Log& log, discovery::Sink& sink)
    : loop_(loop),
      settings_(settings),
      path_(std::move(path)),
      stem_(stem_of(path_)),
      log_(log),
      sink_(sink),
      timer_(loop, [this] { poll(); }) {}

void QmpGuest::start() { timer_.start(std::chrono::milliseconds(0)); }

Status QmpGuest::qmp_may_connect() {
  // A link may lead elsewhere by now.
  if (is_libvirt_path(path_) || is_libvirt_path(resolved(path_))) return failure("{}", kLibvirts);
  return {};
}

void QmpGuest::connect() {
  QmpClient::Sink& hears = *this;
  client_ = std::make_unique<QmpClient>(loop_, settings_.client, path_, hears);
  client_->start();
}

void QmpGuest::file_is_new() {
  // Without a client it was refused for what it was; this is another one.
  if (!client_) return start();
  client_->retry();
}

void QmpGuest::file_is_gone() {
  if (!guest_) hide("");
}

bool QmpGuest::forgettable() const {
  return !guest_ && hidden_.empty() && (!client_ || client_->state() != QmpClient::State::ready);
}

std::string QmpGuest::identity() const {
  if (pid_ <= 0) return {};
  std::string identity = fmt::format("{} {} {}", pid_, uuid_, name_);
  if (!guest_ || !uuid_.empty() || !name_.empty()) return identity;
  // Where each chardev is, whoever is connected to it just now.
  for (const Chardev& chardev : guest_->chardevs) identity += fmt::format("\n{} {}", chardev.label, chardev.shown);
  return identity;
}

void QmpGuest::qmp_is(QmpClient::State state, const std::string& reason) {
  if (state != QmpClient::State::ready) lost();
  switch (state) {
    case QmpClient::State::connecting: return;
    case QmpClient::State::ready: return connected();
    case QmpClient::State::absent: return hide("");
    case QmpClient::State::busy: return hide("monitor busy");
    case QmpClient::State::frozen:
    case QmpClient::State::refused: return hide(reason);
  }
}

void QmpGuest::connected() {
  hide("");
  name_.clear();
  uuid_.clear();
  pid_ = client_->peer();
  happenings_ = {};
  walked_.reset();
  complained_ = false;
  client_->ask("query-name", "", [this](const Result<std::string>& answer) {
    if (answer) name_ = protocol::qmp_member(*answer, "name").value_or("");
  });
  client_->ask("query-uuid", "", [this](const Result<std::string>& answer) {
    if (answer) uuid_ = uuid_of(protocol::qmp_member(*answer, "UUID").value_or(""));
  });
  client_->ask("query-status", "", [this](const Result<std::string>& answer) {
    if (answer) happenings_.set_paused(protocol::qmp_member(*answer, "running") == "false");
  });
  look(true);
}

void QmpGuest::lost() {
  timer_.stop();
  look_.reset();
  look_again_ = again_with_devices_ = false;
  if (!guest_) return;
  guest_.reset();
  sink_.guest_ended(path_);
}

void QmpGuest::hide(const std::string& reason) {
  if (reason == hidden_) return;
  hidden_ = reason;
  sink_.guest_hidden(path_, stem_, reason);
}

void QmpGuest::qmp_event(const protocol::QmpEvent& event) {
  const auto now =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch());
  const std::optional<Happening> happening = happenings_.feed(event, now);
  if (event.name == "DEVICE_DELETED" && (guest_ || look_)) look(true);
  // Nobody knows of the guest before it was looked at.
  if (!guest_ || !happening) return;
  sink_.guest_happened(path_, *happening);
  if (!guest_ || guest_->paused == happenings_.paused()) return;
  guest_->paused = happenings_.paused();
  sink_.guest_is(*guest_);
}

void QmpGuest::look(bool with_devices) {
  if (look_) {
    look_again_ = true;
    again_with_devices_ = again_with_devices_ || with_devices;
    return;
  }
  timer_.stop();
  look_ = std::make_shared<Look>();
  look_->with_devices = with_devices;
  look_->unanswered = with_devices ? 2 : 1;
  look_at_chardevs(*client_, [this, look = look_](Result<ChardevsSeen> seen) {
    if (look != look_) return;
    if (seen) {
      seen_ = std::move(*seen);
    } else {
      look->error = seen.error();
    }
    looked(look);
  });
  if (!with_devices) return;
  look_at_devices(*client_, [this, look = look_](std::vector<DeviceFacts> devices) {
    if (look != look_) return;
    devices_ = std::move(devices);
    looked(look);
  });
}

void QmpGuest::looked(const std::shared_ptr<Look>& look) {
  if (--look->unanswered > 0) return;
  look_.reset();
  // All answers fail at once when QEMU goes; that is told by qmp_is().
  if (client_->state() != QmpClient::State::ready) return;
  timer_.start(settings_.poll);
  if (look->error) {
    if (!std::exchange(complained_, true)) log_.warn("{}: its chardevs cannot be read: {}", path_, look->error->text);
    return;
  }
  // What has come since the list that was the reason to look has a device, too.
  if (look->with_devices) {
    walked_ = use_of(seen_.chardevs);
    walked_at_ = loop_.now();
  }
  if (devices_may_differ(use_of(seen_.chardevs))) return this->look(true);
  if (is_libvirt_monitor(seen_.chardevs, path_)) return refuse_libvirts();
  conclude();
  if (!std::exchange(look_again_, false)) return;
  this->look(std::exchange(again_with_devices_, false));
}

void QmpGuest::refuse_libvirts() {
  // libvirt waits in the monitor's queue for as long as this is connected.
  lost();
  hide(kLibvirts);
  client_->leave(Error{fmt::format("{} is {}", path_, kLibvirts)});
  client_.reset();
}

void QmpGuest::conclude() {
  Guest guest;
  guest.source = path_;
  guest.name = name_.empty() ? stem_ : name_;
  guest.uuid = uuid_;
  guest.pid = pid_;
  guest.paused = happenings_.paused();
  guest.chardevs = chardevs_of({seen_.chardevs, devices_, directory_of(pid_)});
  if (guest_ == guest) return;
  guest_ = std::move(guest);
  sink_.guest_is(*guest_);
}

void QmpGuest::poll() {
  if (!client_) return connect();
  client_->ask("query-chardev", "", [this](const Result<std::string>& answer) {
    if (answer) return chardevs_are(*answer);
    if (client_->state() == QmpClient::State::ready) timer_.start(settings_.poll);
  });
}

void QmpGuest::chardevs_are(const std::string& text) {
  if (look_) return;
  timer_.start(settings_.poll);
  const bool same = text == seen_.text;
  const auto listed = same ? Result<std::vector<protocol::QmpChardev>>() : protocol::qmp_chardevs(text);
  if (!listed) return;
  // Somebody who connects or disconnects, such as charmux itself, changes the text and no device.
  const bool devices = devices_may_differ(same ? use_of(seen_.chardevs) : use_of(*listed));
  if (devices || !same) look(devices);
}

bool QmpGuest::devices_may_differ(const ChardevUse& use) const {
  if (!walked_) return true;
  const auto same_label = [](const auto& one, const auto& other) { return one.first == other.first; };
  if (!std::equal(use.begin(), use.end(), walked_->begin(), walked_->end(), same_label)) return true;
  // A port that opens or closes may be a device that came, or just the guest's doing, as often as it likes.
  return use != *walked_ && loop_.now() - walked_at_ >= settings_.walk;
}

const Chardev* QmpGuest::known(const std::string& label) const {
  const auto found = std::find_if(guest_->chardevs.begin(), guest_->chardevs.end(),
                                  [&label](const Chardev& chardev) { return chardev.label == label; });
  return found == guest_->chardevs.end() ? nullptr : &*found;
}

void QmpGuest::locate(const std::string& label, std::function<void(Located)> answer) {
  look_at_chardev(*client_, label, [this, label, answer = std::move(answer)](const Result<ChardevNow>& now) {
    answer(located(label, now));
  });
}

Located QmpGuest::located(const std::string& label, const Result<ChardevNow>& now) {
  if (!guest_ && !hidden_.empty()) return {Located::Kind::refused, std::nullopt, hidden_};
  if (!guest_ || client_->state() != QmpClient::State::ready) return {Located::Kind::ended, std::nullopt, ""};
  if (!now) return {Located::Kind::refused, std::nullopt, now.error().text};
  chardevs_are(now->text);
  if (!now->chardev) return {Located::Kind::gone, std::nullopt, fmt::format("it has no chardev {} any more", label)};
  const Chardev* const chardev = known(label);
  // It has just come; what it is to the guest is being looked at.
  if (chardev == nullptr) return {Located::Kind::gone, std::nullopt, fmt::format("chardev {} is new", label)};
  if (chardev->kind == Kind::other) return {Located::Kind::refused, std::nullopt, chardev->reason};
  Offer offered = offer(*now->chardev, directory_of(pid_));
  if (!offered.at) return {Located::Kind::refused, std::nullopt, std::move(offered.reason)};
  if (now->connected) return {Located::Kind::held, std::move(offered.at), "held by another client"};
  return {Located::Kind::here, std::move(offered.at), "", true};
}

void QmpGuest::send_break(const std::string& label, std::function<void(Status)> answer) {
  const auto asked = std::make_shared<Break>(loop_, settings_.brk, std::move(answer));
  client_->ask(
      "chardev-send-break", "{\"id\": " + protocol::json_string(label) + "}",
      [asked](const Result<std::string>& sent) { asked->end(sent ? Status() : Status(tl::unexpected(sent.error()))); });
}

}  // namespace charmux::discovery
