// SPDX-License-Identifier: Apache-2.0
// A file is a Config that keeps what Config promises, or a list of problems that say something.
#include "charmux/config/load.hpp"
#include "charmux/config/match.hpp"
#include "fuzz/fuzz.hpp"

using namespace charmux;
using namespace charmux::config;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Environment environment;
  environment.root = true;
  const auto config = parse_toml(as_text(fuzz::bytes(data, size)), "f", CommandLine{}, environment);
  if (!config) {
    FUZZ_REQUIRE(!config.error().empty());
    for (const Problem& problem : config.error()) FUZZ_REQUIRE(!to_text(problem).empty());
    return 0;
  }
  FUZZ_REQUIRE(!config->consoles.empty() || !config->discovers.empty());
  FUZZ_REQUIRE(config->state_dir[0] == '/' && config->runtime_dir[0] == '/');
  for (const Console& console : config->consoles)
    FUZZ_REQUIRE(!console.name.empty() && (console.size & (console.size - 1)) == 0 && console.replay <= console.size);
  for (const Listen& listen : config->listens) {
    const auto* const at = std::get_if<address::HostPort>(&listen.place);
    const bool named = naming(listen, *config) != Naming::none;
    FUZZ_REQUIRE(at == nullptr || listen.insecure || address::is_loopback(*at) || address::is_name(*at) ||
                 (!listen.tls.empty() && named));
    FUZZ_REQUIRE(at == nullptr || listen.insecure || config->users.empty() || named);
    FUZZ_REQUIRE(at != nullptr || (listen.tls.empty() && listen.allow.empty()));
    FUZZ_REQUIRE(listen.kind == DoorKind::telnet || !listen.notices);
    FUZZ_REQUIRE(listen.ports ? at != nullptr && at->port == 0 && listen.console.empty() && listen.ports->low != 0 &&
                                    listen.ports->low <= listen.ports->high
                              : listen.kind == DoorKind::telnet || !listen.console.empty());
  }
  for (const Discover& discover : config->discovers) {
    FUZZ_REQUIRE(discover.qmp.empty() != discover.libvirt.empty());
    FUZZ_REQUIRE(discover.qmp.empty() || discover.qmp[0] == '/');
    if (!discover.libvirt.empty()) FUZZ_REQUIRE(discover_for(*config, discover.libvirt) == &discover);
  }
  for (const TlsProfile& profile : config->tls) {
    FUZZ_REQUIRE(!profile.name.empty() && !profile.pairs.empty());
    FUZZ_REQUIRE(profile.client_ca.empty() == (profile.client == TlsProfile::Client::none));
  }
  for (const User& user : config->users) {
    FUZZ_REQUIRE(!user.name.empty() && user.name.find(':') == std::string::npos);
    FUZZ_REQUIRE(user.password.empty() || (user.password[0] == '$' && user.pam.empty()));
  }
  const MatchSettings settings = settings_for(*config, "lab-1");
  FUZZ_REQUIRE((settings.size & (settings.size - 1)) == 0 && settings.replay <= settings.size);
  return 0;
}
