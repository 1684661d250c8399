// SPDX-License-Identifier: Apache-2.0
// A telnet client that has to say first who it is.
#include "frontend/telnet_login.hpp"

#include <utility>

#include "console/notices.hpp"

namespace charmux::frontend {

TelnetSession::TelnetSession(const Context& context, TelnetScratch& scratch, net::Stream stream,
                             console::ViewerOrigin origin, Reception reception)
    : TelnetSession(context, scratch, std::move(stream), std::move(origin), Caller::person) {
  const auto patience = reception.patience;
  logging_in_ = std::make_unique<LoggingIn>(context.loop, std::move(reception),
                                            [this] { dismiss("\r\n[charmux: nobody has logged in; good-bye]"); });
  begin();
  logging_in_->timer.start(patience);
  std::string text;
  logging_in_->login.greet(text);
  say(text);
}

TelnetSession::~TelnetSession() = default;

std::size_t TelnetSession::login_room() const { return logging_in_->wanted ? 0 : Login::kRoom; }

void TelnetSession::log_in(BytesView& bytes) {
  LoggingIn& at = *logging_in_;
  if (at.known) {
    at.login.skip_line_end(bytes);
    return logging_in_.reset();
  }
  std::string shown;
  const bool checking = at.wanted != nullptr;
  const Login::Outcome outcome = checking ? Login::Outcome{} : at.login.typed(bytes, shown);
  if (!shown.empty()) say(shown);
  if (outcome.kind == Login::Outcome::Kind::leave) return end_after_outbox();
  append(at.ahead, std::exchange(bytes, {}));
  if (outcome.kind != Login::Outcome::Kind::check) return;
  at.wanted = std::make_shared<char>();
  at.reception.check(at.login.name(), at.login.take_password(), at.wanted,
                     [this](access::Passwords::Verdict verdict) { answered(verdict); });
}

void TelnetSession::answered(access::Passwords::Verdict verdict) {
  using Verdict = access::Passwords::Verdict;
  LoggingIn& at = *logging_in_;
  at.wanted.reset();
  if (phase() != Phase::attached) return;
  if (verdict == Verdict::too_often || verdict == Verdict::busy)
    return dismiss(console::notices::sentence("too many have tried to log in; try again in a minute"));
  if (verdict == Verdict::wrong) {
    if (++at.tried >= at.reception.tries) return dismiss("Login incorrect");
    std::string shown;
    at.login.again("Login incorrect", shown);
    say(shown);
  } else {
    come_in(at.reception.welcome(at.login.name()));
  }
  const Bytes ahead = std::exchange(at.ahead, {});
  data(ahead);
  after_input();
  update_interest();
}

void TelnetSession::come_in(Welcome welcome) {
  LoggingIn& at = *logging_in_;
  at.timer.stop();
  at.reception.stranger.reset();
  set_user(at.login.name());
  sit_down(std::move(welcome.seat));
  stay_by(std::move(welcome.judge));
  if (!welcome.refusal.empty()) return dismiss(welcome.refusal);
  at.known = true;
  if (welcome.choices) return offer(std::move(*welcome.choices));
  watch(*welcome.console, welcome.settings);
}

/// Its client gets one line more.
void TelnetSession::dismiss(std::string_view line) {
  tell(line, false);
  end_after_outbox();
}

}  // namespace charmux::frontend
