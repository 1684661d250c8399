// SPDX-License-Identifier: Apache-2.0
#include "frontend/pass.hpp"

#include "charmux/base/text.hpp"

namespace charmux::frontend {

using access::Person;
using access::Right;

Entrance::Pass::Pass(std::shared_ptr<Entrance> entrance, Person who)
    : entrance_(std::move(entrance)),
      person_(std::move(who)),
      version_(entrance_->terms_->version),
      naming_(entrance_->terms_->naming),
      tls_(entrance_->listen().tls),
      user_(entrance_->listen().user),
      console_(entrance_->listen().console) {
  if (const net::TlsContext* const tls = entrance_->gate_.tls(tls_)) trust_ = tls->trust();
}

Entrance::Pass::Pass(const Pass& before, Person who)
    : entrance_(before.entrance_),
      person_(std::move(who)),
      version_(before.version_),
      naming_(before.naming_),
      tls_(before.tls_),
      user_(before.user_),
      console_(before.console_),
      trust_(before.trust_) {}

Standing Entrance::Pass::look(const console::ViewerOrigin& who, const console::Console* at,
                              const net::TlsSession* tls) {
  if (std::string why = why_not(who, tls); !why.empty()) return {std::move(why)};
  if (at == nullptr) return {};
  const config::Listen& listen = entrance_->listen();
  if (console_ != listen.console && !entrance_->is_menu() && entrance_->target() != at)
    return {"this listener is for another console now"};
  const Right right = entrance_->right(person_, *at);
  if (right < Right::watch) return {fmt::format("{} may not watch this console any more", person_.name)};
  return {"", listen.access == config::Access::control && right >= Right::control};
}

std::string Entrance::Pass::why_not(const console::ViewerOrigin& who, const net::TlsSession* tls) {
  const config::Listen& listen = entrance_->listen();
  if (entrance_->terms_->closed) return "this listener is no more";
  if (naming_ != entrance_->terms_->naming || tls_ != listen.tls || user_ != listen.user)
    return "how one comes in here has changed; come again";
  if (!entrance_->is_allowed(who.from)) return "your network is not allowed here any more";
  return why_nobody(tls);
}

/// Why he is not any more who he was when he came.
std::string Entrance::Pass::why_nobody(const net::TlsSession* tls) {
  if (person_.kind != Person::Kind::user) return {};
  const Gate& gate = entrance_->gate_;
  const std::string name = printable(person_.name);
  const config::User* const user = gate.rules().user(person_.name);
  if (user == nullptr) return fmt::format("there is no user {} any more", name);
  if (!password_.empty())
    return password_ == access::login_of(*user) ? "" : fmt::format("the password of {} has changed", name);
  const net::TlsContext* const context = gate.tls(tls_);
  const auto shown = certificate_ && tls != nullptr ? tls->peer_certificate() : std::nullopt;
  if (!shown || context == nullptr) return {};
  if (gate.rules().user_of(*shown) != user) return fmt::format("your certificate is not that of {} any more", name);
  // To verify it takes time, and comes to the same as long as the same are believed.
  if (trust_ == context->trust()) return {};
  if (const std::string why = tls->refused_by(*context); !why.empty())
    return fmt::format("your certificate is not taken any more: {}", why);
  trust_ = context->trust();
  return {};
}

}  // namespace charmux::frontend
