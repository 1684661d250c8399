// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "charmux/address/parts.hpp"
#include "config/settle.hpp"

namespace charmux::config {
namespace {

using address::in_quotes;

/// Reports the second of a name. `what`: "user", "group".
class Names {
 public:
  Names(std::string_view what, Report& report) : what_(what), report_(report) {}
  void add(const std::string& name, const Origin& at) {
    const auto [earlier, is_new] = taken_.emplace(name, at);
    if (!is_new && !name.empty())
      report_.add(at, fmt::format("{} {} is defined twice, first at {}: give each its own name", what_, in_quotes(name),
                                  report_.where(earlier->second)));
  }

 private:
  std::string_view what_;
  Report& report_;
  std::map<std::string, Origin> taken_;
};

void check_groups(const UserDraft& draft, const Config& config, Report& report) {
  std::vector<std::string_view> names;
  for (const Group& group : config.groups) {
    if (group.name.empty()) return;  // reported already; it may be the one that is meant
    names.push_back(group.name);
  }
  for (const std::string& group : draft.user.groups)
    if (std::find(names.begin(), names.end(), group) == names.end())
      report.add(draft.settings.at("groups", draft.at),
                 fmt::format("user {}: {}", in_quotes(draft.user.name),
                             there_is_no("group", group, names, "write a [[group]] of that name")));
}

/// As certificates are compared: a host's name, behind an address's last '@' too, is the same in capitals (RFC 4343).
std::string comparable(std::string text) {
  const bool is_host = text.rfind("DNS:", 0) == 0;
  if (!is_host && text.rfind("email:", 0) != 0) return text;
  const std::size_t host = is_host ? 0 : std::min(text.rfind('@'), text.size());
  std::transform(text.begin() + static_cast<std::ptrdiff_t>(host), text.end(),
                 text.begin() + static_cast<std::ptrdiff_t>(host),
                 [](char byte) { return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte; });
  return text;
}

/// A certificate says who somebody is, so it is one user's.
void check_certificates(const std::vector<UserDraft>& users, Report& report) {
  std::map<std::string, const UserDraft*> taken;
  for (const UserDraft& each : users)
    for (const std::string& text : each.user.certificates) {
      const auto [earlier, is_new] = taken.emplace(comparable(text), &each);
      const UserDraft& first = *earlier->second;
      if (is_new || &first == &each) continue;
      report.add(each.settings.at("certificate", each.at),
                 fmt::format("user {} has the 'certificate' {} of user {} ({}): give each its own",
                             in_quotes(each.user.name), in_quotes(text), in_quotes(first.user.name),
                             report.where(first.settings.at("certificate", first.at))));
    }
}

}  // namespace

void settle_access(const Draft& draft, Config& config, Report& report) {
  config.tls = draft.tls;
  Names groups("group", report);
  for (const GroupDraft& each : draft.groups) {
    groups.add(each.group.name, each.settings.at("name", each.at));
    config.groups.push_back(each.group);
  }
  Names users("user", report);
  for (const UserDraft& each : draft.users) {
    users.add(each.user.name, each.settings.at("name", each.at));
    check_groups(each, config, report);
    config.users.push_back(each.user);
  }
  check_certificates(draft.users, report);
}

}  // namespace charmux::config
