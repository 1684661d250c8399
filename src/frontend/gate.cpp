// SPDX-License-Identifier: Apache-2.0
#include "frontend/gate.hpp"

namespace charmux::frontend {

Gate::Gate(loop::Loop& loop, Log& log, Settings settings, access::Passwords* passwords)
    : log_(log),
      settings_(std::move(settings)),
      passwords_(passwords),
      refusals_(loop, log, LogLevel::info, settings_.refusals) {}

const net::TlsContext* Gate::tls(const std::string& profile) const {
  const auto at = tls_.find(profile);
  return at == tls_.end() ? nullptr : &at->second;
}

void Gate::came_in(const console::ViewerOrigin& who, std::string_view how) {
  const console::Act act{{}, "login", who, "by", std::string(how)};
  log_.write(LogLevel::info, fmt::format("{}: {} is {} by {}", who.door, who.from, who.who(), how),
             console::fields_of(act));
  if (audit_ != nullptr) audit_->note(act);
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
  refusals_.refused(fmt::format("at {}: {}", who.door, why),
                    fmt::format("{}: {} is refused{}: {}", who.door, who.from, as, why),
                    console::fields_of({{}, "refused", who, "why", std::string(why)}));
  note_refused(who, why);
}

void Gate::note_refused(const console::ViewerOrigin& who, std::string_view why) {
  if (audit_ != nullptr) audit_->note({{}, "refused", who, "why", std::string(why)});
}

}  // namespace charmux::frontend
