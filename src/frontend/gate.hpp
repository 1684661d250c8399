// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "access/passwords.hpp"
#include "access/refusals.hpp"
#include "access/rules.hpp"
#include "charmux/base/log.hpp"
#include "charmux/config/limits.hpp"
#include "console/audit.hpp"
#include "frontend/crowd.hpp"
#include "loop/loop.hpp"
#include "net/tls_context.hpp"

namespace charmux::frontend {

/// Whom all listeners of a program let in: who is known and what he may, how TLS is spoken, how many may come and how
/// long they may take. What is set here holds for whoever comes from then on. Outlives listeners and sessions. For the
/// loop's thread.
class Gate {
 public:
  /// From a connection to the last byte of its PROXY header. When hit: it ends.
  static constexpr std::chrono::milliseconds kProxyHeader{3000};

  struct Settings {
    std::function<std::size_t()> viewers;  ///< the most clients at once, over all listeners
    config::Limits limits{};
    std::chrono::milliseconds proxy_header = kProxyHeader;
    std::chrono::milliseconds refusals = access::Refusals::kPause;
  };
  /// `passwords`: who looks at them; null: nobody logs in.
  Gate(loop::Loop& loop, Log& log, Settings settings, access::Passwords* passwords = nullptr);
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  [[nodiscard]] std::size_t viewers() const { return settings_.viewers(); }
  [[nodiscard]] const config::Limits& limits() const { return settings_.limits; }
  void set_limits(const config::Limits& limits) { settings_.limits = limits; }
  [[nodiscard]] std::chrono::milliseconds proxy_header() const { return settings_.proxy_header; }

  [[nodiscard]] const access::Rules& rules() const { return rules_; }
  void set_rules(access::Rules rules) { rules_ = std::move(rules); }
  /// Null where nobody logs in.
  [[nodiscard]] access::Passwords* passwords() const { return passwords_; }
  /// How TLS is spoken by that profile; null: there is none of that name.
  [[nodiscard]] const net::TlsContext* tls(const std::string& profile) const;
  /// Those who have shaken hands by an earlier one go on by that.
  void set_tls(std::map<std::string, net::TlsContext> profiles) { tls_ = std::move(profiles); }
  [[nodiscard]] Crowd& crowd() { return crowd_; }

  /// Where it is noted who came in, and who did not; null: nowhere. Outlives this.
  void set_audit(console::Audit* audit) { audit_ = audit; }
  /// Somebody has said who he is: `how` ("password", "certificate").
  void came_in(const console::ViewerOrigin& who, std::string_view how);
  /// Somebody has tried to log in by password, as that user if there is such: for the log that is Passwords' matter.
  void judged(const console::ViewerOrigin& who, access::Passwords::Verdict verdict);
  /// Somebody was not let in: the audit says why, each time; the log of each listener and reason the first at once,
  /// and then how many more there were.
  void refused(const console::ViewerOrigin& who, std::string_view why);

 private:
  void note_refused(const console::ViewerOrigin& who, std::string_view why);

  Log& log_;
  Settings settings_;
  access::Passwords* const passwords_;
  access::Rules rules_;
  std::map<std::string, net::TlsContext> tls_;
  Crowd crowd_;
  access::Refusals refusals_;
  console::Audit* audit_ = nullptr;
};

}  // namespace charmux::frontend
