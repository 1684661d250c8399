// SPDX-License-Identifier: Apache-2.0
#include "access/rules.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "charmux/config/match.hpp"

namespace charmux::access {
namespace {

using Globs = std::vector<std::string>;

bool any_fits(const Globs& globs, std::string_view console) {
  return std::any_of(globs.begin(), globs.end(), [&](const std::string& glob) { return config::fits(glob, console); });
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Right granted(const config::Rights& rights, std::string_view console) {
  if (any_fits(rights.admin, console)) return Right::admin;
  if (any_fits(rights.control, console)) return Right::control;
  return any_fits(rights.watch, console) ? Right::watch : Right::none;
}

/// Of ASCII alone, whatever the locale: names of hosts have no other letters (RFC 4343).
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_host(std::string_view one, std::string_view other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

/// The part before the last @ is the mail host's own matter, case included (RFC 5321 section 2.4).
bool same_mailbox(std::string_view one, std::string_view other) {
  const auto at = one.rfind('@');
  if (at == std::string_view::npos || at != other.rfind('@')) return false;
  return one.substr(0, at) == other.substr(0, at) && same_host(one.substr(at), other.substr(at));
}

bool fits(std::string_view wanted, const net::PeerCertificate& certificate) {
  constexpr std::string_view kDns = "DNS:";
  constexpr std::string_view kEmail = "email:";
  const auto any = [&](const std::vector<std::string>& names, std::size_t prefix, auto same) {
    const std::string_view name = wanted.substr(prefix);
    return !name.empty() && std::any_of(names.begin(), names.end(), [&](const auto& each) { return same(each, name); });
  };
  if (wanted.starts_with(kDns)) return any(certificate.dns, kDns.size(), same_host);
  if (wanted.starts_with(kEmail)) return any(certificate.emails, kEmail.size(), same_mailbox);
  // One without a subject is nobody's, though a user may have been given an empty line.
  return !wanted.empty() && wanted == certificate.subject;
}

/// Calls `look` with each set of rights that the person has, until it returns true.
template <class Look>
bool any_rights(const Person& person, const config::User* user, const std::vector<config::Group>& groups, Look look) {
  if (user != nullptr && look(user->rights)) return true;
  return std::any_of(groups.begin(), groups.end(), [&](const config::Group& group) {
    const bool member = (user != nullptr && has(user->groups, group.name)) ||
                        (person.kind == Person::Kind::local && has(person.groups, group.name));
    return member && look(group.rights);
  });
}

}  // namespace

std::string login_of(const config::User& user) { return fmt::format("{}\n{}", user.password, user.pam); }

Rules::Rules(std::vector<config::User> users, std::vector<config::Group> groups)
    : users_(std::move(users)), groups_(std::move(groups)) {}

const config::User* Rules::user(std::string_view name) const {
  const auto found =
      std::find_if(users_.begin(), users_.end(), [&](const config::User& each) { return each.name == name; });
  return found == users_.end() ? nullptr : &*found;
}

const config::User* Rules::user_of(const net::PeerCertificate& certificate) const {
  const auto found = std::find_if(users_.begin(), users_.end(), [&](const config::User& each) {
    return std::any_of(each.certificates.begin(), each.certificates.end(),
                       [&](const std::string& wanted) { return fits(wanted, certificate); });
  });
  return found == users_.end() ? nullptr : &*found;
}

Right Rules::right(const Person& person, std::string_view console) const {
  if (person.kind == Person::Kind::owner) return Right::admin;
  if (person.kind == Person::Kind::stranger) return Right::control;
  if (person.kind == Person::Kind::local && empty()) return Right::admin;
  Right most = Right::none;
  any_rights(person, user(person.name), groups_, [&](const config::Rights& rights) {
    most = std::max(most, granted(rights, console));
    return most == Right::admin;
  });
  return most;
}

bool Rules::administers_all(const Person& person) const {
  if (person.kind == Person::Kind::owner) return true;
  if (person.kind == Person::Kind::stranger) return false;
  if (person.kind == Person::Kind::local && empty()) return true;
  return any_rights(person, user(person.name), groups_,
                    [](const config::Rights& rights) { return has(rights.admin, "*"); });
}

}  // namespace charmux::access
