// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "charmux/address/parts.hpp"
#include "config/draft.hpp"

namespace charmux::config {
namespace {

using address::in_quotes;

constexpr std::size_t kMostName = 64;  ///< bytes of a user's or a group's name

bool is_control(char byte) { return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f; }

bool is_word(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
}

/// A name has no ':', which ends it in the files of other programs, and nothing that a terminal would act on.
bool is_name(std::string_view text) {
  const auto bad = [](char byte) { return byte == ':' || is_control(byte); };
  return !text.empty() && text.size() <= kMostName && std::none_of(text.begin(), text.end(), bad);
}

void check_name(std::string_view table, const Settings& settings, const std::string& name, Report& report) {
  if (settings.has("name") && !is_name(name))
    report.add(settings.at("name", {}),
               fmt::format("'name' in {} must have from 1 to {} bytes, with neither ':' nor control bytes, not {}",
                           table_text(table), kMostName, in_quotes(name)));
}

/// crypt(5): printable ASCII but for blanks and ":;*!\", which begins with the name of its method between two '$'.
bool is_hash(std::string_view text) {
  const auto good = [](char byte) {
    return byte > ' ' && byte < 0x7f && std::string_view(":;*!\\").find(byte) == std::string_view::npos;
  };
  if (text.empty() || text[0] != '$' || !std::all_of(text.begin(), text.end(), good)) return false;
  const std::size_t method = text.find('$', 1);
  return method != std::string_view::npos && method > 1 && method + 1 < text.size();
}

/// The name of a file in /etc/pam.d.
bool is_service(std::string_view text) {
  const auto good = [](char byte) { return is_word(byte) || byte == '_' || byte == '.' || byte == '-'; };
  return !text.empty() && text != "." && text != ".." && std::all_of(text.begin(), text.end(), good);
}

/// "CN=oncall,O=Lab", "DNS:name" or "email:address", as far as that can be seen without a certificate.
bool is_certificate(std::string_view text) {
  for (const std::string_view kind : {"DNS:", "email:"})
    if (text.substr(0, kind.size()) == kind) return text.size() > kind.size();
  // RFC 4514: it begins with an attribute's name, or with its number in dots.
  const auto good = [](char byte) { return is_word(byte) || byte == '.' || byte == '-' || byte == ' '; };
  const std::string_view attribute = text.substr(0, text.find('='));
  return attribute.size() < text.size() && !attribute.empty() && std::all_of(attribute.begin(), attribute.end(), good);
}

/// No message of this says what the password is: it may be one in plain.
void check_login(const Origin& table_at, const Settings& settings, const User& user, Report& report) {
  if (settings.has("password") && !is_hash(user.password))
    report.add(settings.at("password", table_at),
               "'password' in [[user]] is no hash of a password as in crypt(5): let `charmux passwd` write it");
  if (settings.has("pam") && !is_service(user.pam))
    report.add(settings.at("pam", table_at),
               fmt::format("'pam' in [[user]] must be the name of a PAM service, a file in /etc/pam.d, not {}",
                           in_quotes(user.pam)));
  if (settings.mentions("password") && settings.mentions("pam"))
    report.add(settings.at("pam", table_at), "[[user]] has both 'password' and 'pam': leave one of them out");
  for (const std::string& text : user.certificates)
    if (!is_certificate(text))
      report.add(settings.at("certificate", table_at),
                 fmt::format("'certificate' in [[user]] must be a subject such as \"CN=oncall,O=Lab\", or DNS:NAME or "
                             "email:ADDRESS, not {}",
                             in_quotes(text)));
}

Rights read_rights(std::string_view table, const Origin& table_at, const Settings& settings, Report& report) {
  Rights rights;
  settings.take("watch", rights.watch);
  settings.take("control", rights.control);
  settings.take("admin", rights.admin);
  check_globs(table, settings, "watch", rights.watch, table_at, report);
  check_globs(table, settings, "control", rights.control, table_at, report);
  check_globs(table, settings, "admin", rights.admin, table_at, report);
  return rights;
}

}  // namespace

UserDraft read_user(const Section::Table& table, Report& report) {
  UserDraft draft{table.at, {}, Settings::read("user", table.at, table.entries, report)};
  const Settings& settings = draft.settings;
  User& user = draft.user;
  settings.take("name", user.name);
  check_name("user", settings, user.name, report);
  settings.take("password", user.password);
  settings.take("pam", user.pam);
  settings.take("certificate", user.certificates);
  settings.take("groups", user.groups);
  check_login(table.at, settings, user, report);
  user.rights = read_rights("user", table.at, settings, report);
  return draft;
}

GroupDraft read_group(const Section::Table& table, Report& report) {
  GroupDraft draft{table.at, {}, Settings::read("group", table.at, table.entries, report)};
  draft.settings.take("name", draft.group.name);
  check_name("group", draft.settings, draft.group.name, report);
  draft.group.rights = read_rights("group", table.at, draft.settings, report);
  return draft;
}

}  // namespace charmux::config
