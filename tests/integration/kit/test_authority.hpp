// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

struct evp_pkey_st;
struct x509_st;

namespace charmux::test {

/// A certificate and its key, PEM.
struct TestCertificate {
  std::string cert;
  std::string key;
};

/// Somebody who vouches for others' certificates, made in memory.
class TestAuthority {
 public:
  explicit TestAuthority(const std::string& name = "test ca");

  /// Its own certificate, PEM.
  [[nodiscard]] std::string cert() const;
  struct Terms {
    std::string names = "IP:127.0.0.1";  ///< subjectAltName, as openssl.cnf has it
    std::chrono::seconds first{-3600};   ///< valid from now + first
    std::chrono::seconds last{3600};     ///< to now + last
    std::string subject = "somebody";    ///< its common name; ",O=..." may follow
    std::string usage{};                 ///< extendedKeyUsage, as openssl.cnf has it; empty: none
    char nul = '\0';                     ///< the character of `names` that stands for a NUL.
    bool rsa = false;                    ///< RSA instead of ECDSA
  };
  [[nodiscard]] TestCertificate issue(const Terms& terms) const;
  [[nodiscard]] TestCertificate issue() const { return issue(Terms()); }
  /// Another authority, for which this one vouches.
  [[nodiscard]] TestAuthority below(const std::string& name) const;
  /// What it has taken back (PEM), valid until now + last.
  [[nodiscard]] std::string crl(const std::vector<TestCertificate>& revoked,
                                std::chrono::seconds last = std::chrono::seconds(3600)) const;

 private:
  TestAuthority(const std::string& name, const TestAuthority* above);
  std::shared_ptr<evp_pkey_st> key_;
  std::shared_ptr<x509_st> cert_;
};

}  // namespace charmux::test
