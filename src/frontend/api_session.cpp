// SPDX-License-Identifier: Apache-2.0
#include "frontend/api_session.hpp"

#include <time.h>

#include <array>

#include "charmux/base/text.hpp"

namespace charmux::frontend {
namespace {

using protocol::HttpRequest;
using protocol::HttpResponse;

/// The most that is read before it is looked at.
constexpr std::size_t kReadRoom = 4 * KiB;

/// RFC 9110 section 6.6.1: whoever has a clock says the date.
std::string date_now() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  std::array<char, 64> room{};
  return {room.data(), std::strftime(room.data(), room.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc)};
}

HttpResponse last(HttpResponse response) {
  response.keep_alive = false;
  return response;
}

}  // namespace

ApiSession::ApiSession(const Context& context, net::Stream stream, ApiPeer peer, Api& api, access::LocalUsers& users,
                       const Settings& settings, Upgraded upgraded)
    : Connection(context, std::move(stream)),
      peer_(std::move(peer)),
      api_(api),
      settings_(settings),
      upgraded_(std::move(upgraded)),
      decoder_(settings.limits),
      timer_(context.loop, [this] { time_is_up(); }) {
  if (!peer_.is_owner()) {
    nameless_ = std::make_shared<const int>();
    users.ask(peer_.uid, nameless_, [this](const access::Person& person) { known(person); });
  }
  begin();
  watch_time();
}

ApiSession::~ApiSession() = default;

std::string ApiSession::full_answer() { return to_wire(last(Api::error(503, "charmuxd is full", "try again later"))); }

std::string ApiSession::too_often_answer(const std::string& user) {
  return to_wire(
      last(Api::error(503, fmt::format("{} is here too often already (limits.per_user)", user), "try again later")));
}

std::string ApiSession::subject() const { return "control socket: " + peer_.person.name; }

void ApiSession::known(const access::Person& person) {
  nameless_.reset();
  peer_.person = person;
  go_on();
}

// --- requests ---

void ApiSession::received(BytesView bytes) {
  append(rest_, bytes);
  go_on();
}

std::size_t ApiSession::read_room() const { return done_so_far() && rest_.empty() ? kReadRoom : 0; }

void ApiSession::go_on() {
  if (working_) return;
  working_ = true;
  while (phase() == Phase::attached && done_so_far() && !rest_.empty()) {
    BytesView left = rest_;
    const auto request = decoder_.feed(left);
    rest_.erase(rest_.begin(), rest_.end() - static_cast<std::ptrdiff_t>(left.size()));
    if (!request) say(last(Api::error(request.error().status, request.error().text)));
    if (request && *request) ask(**request);
  }
  working_ = false;
  if (wish_ && phase() == Phase::attached && outbox_empty()) return give_away();
  watch_time();
  update_interest();
}

void ApiSession::half_closed() {
  // It is only read, and this only seen, when it is owed nothing.
  if (decoder_.in_request()) return end("it hung up in the middle of a request");
  end_after_outbox();
}

void ApiSession::ask(const HttpRequest& request) {
  clock_ = Clock::none;  // another request's time is its own
  keep_alive_ = request.keep_alive;
  head_ = request.method == "HEAD";
  log_.debug("{}: {} {}", subject(), request.method, printable(request.target));
  owed_ = std::make_shared<const int>();
  api_.answer(request, peer_, [this, owed = std::weak_ptr(owed_)](ApiAnswer answer) {
    if (!owed.expired()) answered(std::move(answer));
  });
}

// --- answers ---

void ApiSession::answered(ApiAnswer answer) {
  owed_.reset();
  if (auto* const upgrade = std::get_if<ApiUpgrade>(&answer)) {
    wish_ = std::move(upgrade->wish);
    say(std::move(upgrade->response));
  } else {
    say(std::move(std::get<HttpResponse>(answer)));
  }
  go_on();
}

void ApiSession::say(HttpResponse response) {
  response.keep_alive = response.keep_alive && (keep_alive_ || response.status == 101);
  response.fields.push_back({"Date", date_now()});
  std::string wire = to_wire(response);
  if (std::exchange(head_, false)) wire.resize(wire.find("\r\n\r\n") + 4);
  append(outbox(), as_bytes(wire));
  if (response.keep_alive)
    (void)flush_outbox();  // what it does not take now it is sent when it does
  else
    end_after_outbox();
}

void ApiSession::writable() {
  Connection::writable();
  go_on();
}

void ApiSession::give_away() {
  AttachWish wish = std::move(*wish_);
  wish_.reset();
  timer_.stop();
  Bytes already_received = std::move(rest_);
  upgraded_(release_stream(), std::move(already_received), std::move(wish), peer_.person);
}

void ApiSession::stopping() {
  wish_.reset();
  if (owed_ || nameless_) {
    owed_.reset();
    nameless_.reset();
    say(last(Api::error(503, "charmuxd is stopping")));
  } else {
    end_after_outbox();
  }
}

// --- time ---

void ApiSession::watch_time() {
  const bool reading = phase() == Phase::attached && done_so_far();
  const Clock before = clock_;
  clock_ = owed_ || phase() == Phase::closed  ? Clock::none
           : reading && decoder_.in_request() ? Clock::request
                                              : Clock::idle;
  if (clock_ == Clock::none) return timer_.stop();
  // A request's time runs from its first byte; of the rest, from the last thing that happened.
  if (clock_ == Clock::request && before == Clock::request) return;
  timer_.start(clock_ == Clock::request ? settings_.request : settings_.idle);
}

void ApiSession::time_is_up() {
  const bool served = phase() == Phase::attached && outbox_empty();
  if (!served) return end("it neither takes its answer nor hangs up");
  if (nameless_) {
    nameless_.reset();
    say(last(Api::error(503, fmt::format("the name service does not say who {} is", peer_.person.name),
                        "see whether `getent passwd` answers on this machine")));
  } else if (clock_ == Clock::request)
    say(last(Api::error(408, fmt::format("the request took more than {}", format_duration(settings_.request)))));
  else
    end_after_outbox();
  watch_time();
}

}  // namespace charmux::frontend
