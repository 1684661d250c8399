// SPDX-License-Identifier: Apache-2.0
// What a file of TLS has become between when it was read and when it is watched is not missed.
#include "daemon/tls_files.hpp"

#include <fstream>

#include "kit/test_authority.hpp"
#include "kit/world.hpp"

using namespace charmux;
using namespace charmux::test;
using daemon::TlsFiles;

namespace {

/// A profile whose clients are vouched for, and its files.
struct Files {
  Files() {
    const TestCertificate own = authority.issue();
    put("cert", own.cert);
    put("key", own.key);
    put("ca", authority.cert());
    put("crl", authority.crl({}));
  }

  void put(const char* name, const std::string& text) { std::ofstream(world.directory / name) << text; }
  [[nodiscard]] std::vector<config::TlsProfile> profiles() const {
    config::TlsProfile profile;
    profile.name = "lab";
    profile.pairs = {{world.directory / "cert", world.directory / "key"}};
    profile.client_ca = world.directory / "ca";
    profile.client = config::TlsProfile::Client::required;
    profile.crl = world.directory / "crl";
    return {profile};
  }

  World world;
  TestAuthority authority;
  int renewed = 0;
  TlsFiles files{world.loop, world.log, [this](const TlsFiles::Profiles&) { ++renewed; }};
};

}  // namespace

TEST_CASE("a CRL that changes while its profile is being read is read again") {
  Files at;
  const TlsFiles::Looks looks = TlsFiles::looks_of(at.profiles());
  at.put("crl", at.authority.crl({at.authority.issue()}));
  at.files.follow(at.profiles(), looks);
  at.world.run_until("they are read again", [&] { return at.renewed == 1; });
}
