// SPDX-License-Identifier: Apache-2.0
#include "frontend/gate.hpp"

namespace charmux::frontend {

Gate::Gate(Log& log, Settings settings, access::Passwords* passwords)
    : log_(log), settings_(std::move(settings)), passwords_(passwords) {}

const net::TlsContext* Gate::tls(const std::string& profile) const {
  const auto at = tls_.find(profile);
  return at == tls_.end() ? nullptr : &at->second;
}

void Gate::came_in(const console::ViewerOrigin& who, std::string_view how) {
  log_.info("{}: {} is {} by {}", who.door, who.from, who.who(), how);
  if (audit_ != nullptr) audit_->note({{}, "login", who, "by", std::string(how)});
}

void Gate::judged(const console::ViewerOrigin& who, access::Passwords::Verdict verdict) {
  using Verdict = access::Passwords::Verdict;
  switch (verdict) {
    case Verdict::good: return came_in(who, "password");
    case Verdict::wrong: return note_refused(who, "wrong name or password");
    case Verdict::too_often: return note_refused(who, "too many tries");
    case Verdict::busy: return note_refused(who, "too many tries at once");
  }
}

void Gate::refused(const console::ViewerOrigin& who, std::string_view why) {
  const std::string as = who.user ? fmt::format(" as {}", *who.user) : std::string();
  log_.info("{}: {} is refused{}: {}", who.door, who.from, as, why);
  note_refused(who, why);
}

void Gate::note_refused(const console::ViewerOrigin& who, std::string_view why) {
  if (audit_ != nullptr) audit_->note({{}, "refused", who, "why", std::string(why)});
}

}  // namespace charmux::frontend
