// SPDX-License-Identifier: Apache-2.0
#include "daemon/tls_profiles.hpp"

namespace charmux::daemon {
namespace {

net::TlsServerFiles files_of(const config::TlsProfile& profile) {
  net::TlsServerFiles files;
  for (const config::TlsProfile::Pair& pair : profile.pairs) files.shown.push_back({{}, pair.cert, pair.key});
  files.client_ca = profile.client_ca;
  files.client_required = profile.client == config::TlsProfile::Client::required;
  files.crl = profile.crl;
  return files;
}

}  // namespace

Result<std::map<std::string, net::TlsContext>> read_tls(const std::vector<config::TlsProfile>& profiles) {
  std::map<std::string, net::TlsContext> all;
  for (const config::TlsProfile& profile : profiles) {
    Result<net::TlsContext> context = net::TlsContext::server(files_of(profile));
    if (!context) return failure("[tls.{}]: {}", profile.name, context.error().text);
    all.emplace(profile.name, std::move(*context));
  }
  return all;
}

}  // namespace charmux::daemon
