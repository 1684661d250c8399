// SPDX-License-Identifier: Apache-2.0
#include "discovery/qmp_source.hpp"

#include <map>
#include <utility>

#include "discovery/qmp_guest.hpp"
#include "discovery/socket_watch.hpp"
#include "loop/turn_end.hpp"

namespace charmux::discovery {

struct QmpSource::State final : private SocketWatch::Sink, private discovery::Sink {
  State(loop::Loop& loop, Settings settings, Log& log, discovery::Sink& sink);

  void start() { watch_.start(); }
  void locate(const std::string& source, const std::string& label, std::function<void(Located)> answer);
  void send_break(const std::string& source, const std::string& label, std::function<void(Status)> answer);

 private:
  struct Entry {
    std::unique_ptr<QmpGuest> guest;
    bool shown = false;      ///< its guest is told of.
    std::string same_as;     ///< the source that shows this guest already; then nothing is told of it here.
    bool file_gone = false;  ///< its socket cannot be connected to again.
  };

  void socket_appeared(const std::string& path) override;
  void socket_replaced(const std::string& path) override;
  void socket_gone(const std::string& path) override;
  void sockets_seen() override { turn_end_.request(); }

  void guest_is(const Guest& guest) override;
  void guest_happened(const std::string& source, Happening happening) override;
  void guest_ended(const std::string& source) override;
  void guest_hidden(const std::string& source, const std::string& name, const std::string& reason) override;

  [[nodiscard]] std::string shown_by(const std::string& source) const;
  void show_again(const std::string& source);
  [[nodiscard]] QmpGuest* running(const std::string& source) const;
  void later(std::function<void()> answer);
  void end_turn();

  loop::Loop& loop_;
  const Settings settings_;
  Log& log_;
  discovery::Sink& sink_;
  std::map<std::string, Entry> entries_;
  std::vector<std::function<void()>> later_;
  loop::TurnEnd turn_end_;
  SocketWatch watch_;
};

QmpSource::State::State(loop::Loop& loop, Settings settings, Log& log, discovery::Sink& sink)
    : loop_(loop),
      settings_(std::move(settings)),
      log_(log),
      sink_(sink),
      turn_end_(loop, [this] { end_turn(); }),
      watch_(loop, settings_.patterns, settings_.poll, log, *this) {}

void QmpSource::State::socket_appeared(const std::string& path) {
  Entry& entry = entries_[path];
  entry.file_gone = false;
  // It was gone for less than a guest takes to be forgotten.
  if (entry.guest) return entry.guest->file_is_new();
  hypervisor::QmpClient::Settings client;
  client.greeting = settings_.greeting;
  client.reopen_first = settings_.reopen_first;
  client.reopen_most = settings_.reopen_most;
  client.answer = settings_.answer;
  discovery::Sink& hears = *this;
  entry.guest = std::make_unique<QmpGuest>(
      loop_, QmpGuest::Settings{settings_.poll, settings_.walk, settings_.brk, client}, path, log_, hears);
  entry.guest->start();
}

void QmpSource::State::socket_replaced(const std::string& path) {
  if (const auto entry = entries_.find(path); entry != entries_.end()) entry->second.guest->file_is_new();
}

void QmpSource::State::socket_gone(const std::string& path) {
  const auto entry = entries_.find(path);
  if (entry == entries_.end()) return;
  entry->second.file_gone = true;
  entry->second.guest->file_is_gone();
  turn_end_.request();
}

std::string QmpSource::State::shown_by(const std::string& source) const {
  const std::string identity = entries_.at(source).guest->identity();
  if (identity.empty()) return {};
  for (const auto& [other, entry] : entries_) {
    if (other != source && entry.shown && entry.guest->identity() == identity) return other;
  }
  return {};
}

void QmpSource::State::guest_is(const Guest& guest) {
  Entry& entry = entries_.at(guest.source);
  if (!entry.same_as.empty()) return;
  // The one that was shown first stays.
  if (!entry.shown) entry.same_as = shown_by(guest.source);
  if (!entry.same_as.empty())
    return sink_.guest_hidden(guest.source, entry.guest->stem(), "the same guest as " + entry.same_as);
  entry.shown = true;
  sink_.guest_is(guest);
}

void QmpSource::State::guest_happened(const std::string& source, Happening happening) {
  if (entries_.at(source).same_as.empty()) sink_.guest_happened(source, happening);
}

void QmpSource::State::guest_ended(const std::string& source) {
  Entry& entry = entries_.at(source);
  turn_end_.request();
  if (!std::exchange(entry.same_as, {}).empty()) return sink_.guest_hidden(source, entry.guest->stem(), "");
  entry.shown = false;
  sink_.guest_ended(source);
  show_again(source);
}

void QmpSource::State::show_again(const std::string& source) {
  // It may be that only the monitor was lost, and the guest has another.
  for (auto& [path, entry] : entries_) {
    if (entry.same_as != source) continue;
    entry.same_as.clear();
    sink_.guest_hidden(path, entry.guest->stem(), "");
    if (entry.guest->guest()) guest_is(*entry.guest->guest());
  }
}

void QmpSource::State::guest_hidden(const std::string& source, const std::string& name, const std::string& reason) {
  sink_.guest_hidden(source, name, reason);
  turn_end_.request();
}

QmpGuest* QmpSource::State::running(const std::string& source) const {
  const auto entry = entries_.find(source);
  return entry == entries_.end() || !entry->second.guest->guest() ? nullptr : entry->second.guest.get();
}

void QmpSource::State::locate(const std::string& source, const std::string& label,
                              std::function<void(Located)> answer) {
  if (QmpGuest* const guest = running(source)) return guest->locate(label, std::move(answer));
  later([answer = std::move(answer)] { answer({Located::Kind::ended, std::nullopt, ""}); });
}

void QmpSource::State::send_break(const std::string& source, const std::string& label,
                                  std::function<void(Status)> answer) {
  QmpGuest* const guest = running(source);
  const Chardev* const chardev = guest == nullptr ? nullptr : guest->known(label);
  std::string why_not;
  if (guest == nullptr) {
    why_not = "the guest is not running";
  } else if (chardev == nullptr) {
    why_not = fmt::format("the guest has no chardev {}", label);
  } else {
    why_not = chardev->kind == Kind::other ? chardev->reason : chardev->why_no_break;
  }
  if (why_not.empty()) return guest->send_break(label, std::move(answer));
  later([answer = std::move(answer), why_not] { answer(Status(tl::unexpected(Error{why_not}))); });
}

void QmpSource::State::later(std::function<void()> answer) {
  later_.push_back(std::move(answer));
  turn_end_.request();
}

void QmpSource::State::end_turn() {
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const bool over = entry->second.file_gone && entry->second.guest->forgettable();
    entry = over ? entries_.erase(entry) : std::next(entry);
  }
  for (const auto& answer : std::exchange(later_, {})) answer();
}

QmpSource::QmpSource(loop::Loop& loop, Settings settings, Log& log, Sink& sink)
    : state_(std::make_unique<State>(loop, std::move(settings), log, sink)) {}

QmpSource::~QmpSource() = default;

void QmpSource::start() { state_->start(); }

void QmpSource::locate(const std::string& guest, const std::string& label, bool, std::function<void(Located)> answer) {
  state_->locate(guest, label, std::move(answer));
}

void QmpSource::send_break(const std::string& source, const std::string& label, std::function<void(Status)> answer) {
  state_->send_break(source, label, std::move(answer));
}

}  // namespace charmux::discovery
