// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "config/draft.hpp"

namespace charmux::config {
namespace {

constexpr std::string_view kTable = "tls";

/// Certificate i has key i; without keys each has its own in the same file.
void read_pairs(const Section::Table& table, const Settings& settings, TlsProfile& profile, Report& report) {
  std::vector<std::string> certs;
  std::vector<std::string> keys;
  settings.take("cert", certs);
  settings.take("key", keys);
  if (!certs.empty() && !keys.empty() && certs.size() != keys.size())
    report.add(
        settings.at("key", table.at),
        fmt::format("{} has {} in 'cert' and {} in 'key': write a key for each certificate, in the same order, or "
                    "leave 'key' out where the keys are in the certificates' files",
                    table_text(kTable, table.name), certs.size(), keys.size()));
  keys.resize(certs.size());
  for (std::size_t i = 0; i < certs.size(); ++i) profile.pairs.push_back({std::move(certs[i]), std::move(keys[i])});
}

/// Who vouches for clients, and whether they need it.
void read_clients(const Section::Table& table, const Settings& settings, TlsProfile& profile, Report& report) {
  settings.take("client_ca", profile.client_ca);
  settings.take("crl", profile.crl);
  std::string client = settings.mentions("client_ca") ? "required" : "none";
  settings.take("client", client);
  if (client != "none")
    profile.client = client == "optional" ? TlsProfile::Client::optional : TlsProfile::Client::required;
  if (settings.mentions("client_ca")) return;
  for (const std::string_view key : {"client", "crl"})
    if (settings.mentions(key))
      report.add(settings.at(key, table.at),
                 fmt::format("'{}' in {} needs the key 'client_ca': without it clients are asked for no certificate",
                             key, table_text(kTable, table.name)));
}

TlsProfile read_profile(const Section::Table& table, Report& report) {
  if (table.name.empty())
    report.add(table.name_at, "a profile of [tls.NAME] has an empty name: write one, such as [tls.lab]");
  const Settings settings = Settings::read(kTable, table.at, table.entries, report, table.name);
  TlsProfile profile;
  profile.name = table.name;
  read_pairs(table, settings, profile, report);
  read_clients(table, settings, profile, report);
  return profile;
}

}  // namespace

void read_tls(const Section::Table& table, Draft& draft, Report& report) {
  for (const Entry& entry : table.entries) {
    const auto same = [&](const Section::Table& each) { return each.name == entry.key; };
    if (std::any_of(table.tables.begin(), table.tables.end(), same)) continue;
    report.add(entry.key_at,
               fmt::format("'{}' in [tls] is no profile: write [tls.NAME], such as [tls.lab], and the keys "
                           "under it",
                           entry.key));
  }
  for (const Section::Table& profile : table.tables) draft.tls.push_back(read_profile(profile, report));
}

}  // namespace charmux::config
