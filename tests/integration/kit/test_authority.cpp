// SPDX-License-Identifier: Apache-2.0
#include "test_authority.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace charmux::test {
namespace {

using Key = std::shared_ptr<EVP_PKEY>;
using Cert = std::shared_ptr<X509>;

Key new_key(bool rsa = false) { return {rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256"), &EVP_PKEY_free}; }

/// What OpenSSL writes as PEM.
template <class Write>
std::string pem(Write write) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), &BIO_free);
  if (write(out.get()) != 1) std::abort();
  char* text = nullptr;
  const long length = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(length)};
}

void extend(X509* cert, int what, const std::string& value) {
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, what, value.c_str());
  if (extension == nullptr || X509_add_ext(cert, extension, -1) != 1) std::abort();
  X509_EXTENSION_free(extension);
}

void add_name(X509* cert, const char* what, const std::string& value) {
  X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), what, MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(value.c_str()), -1, 0, 0);
}

/// As somebody who means ill would have it: with a NUL where the name of another ends.
void add_alternative_names(X509* cert, const TestAuthority::Terms& terms) {
  GENERAL_NAMES* const names = static_cast<GENERAL_NAMES*>(X509V3_EXT_d2i(
      std::shared_ptr<X509_EXTENSION>(X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, terms.names.c_str()),
                                      &X509_EXTENSION_free)
          .get()));
  if (names == nullptr) std::abort();
  for (int i = 0; terms.nul != '\0' && i < sk_GENERAL_NAME_num(names); ++i) {
    GENERAL_NAME* const name = sk_GENERAL_NAME_value(names, i);
    if (name->type != GEN_DNS && name->type != GEN_EMAIL) continue;
    std::replace(name->d.ia5->data, name->d.ia5->data + name->d.ia5->length, static_cast<unsigned char>(terms.nul),
                 static_cast<unsigned char>(0));
  }
  if (X509_add1_ext_i2d(cert, NID_subject_alt_name, names, 0, 0) != 1) std::abort();
  GENERAL_NAMES_free(names);
}

Cert new_cert(const std::string& name, EVP_PKEY* key, const TestAuthority::Terms& terms) {
  Cert cert(X509_new(), &X509_free);
  X509_set_version(cert.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(cert.get()), std::rand());
  X509_gmtime_adj(X509_getm_notBefore(cert.get()), terms.first.count());
  X509_gmtime_adj(X509_getm_notAfter(cert.get()), terms.last.count());
  X509_set_pubkey(cert.get(), key);
  const std::size_t comma = name.find(",O=");
  add_name(cert.get(), "CN", name.substr(0, comma));
  if (comma != std::string::npos) add_name(cert.get(), "O", name.substr(comma + 3));
  return cert;
}

}  // namespace

TestAuthority::TestAuthority(const std::string& name) : TestAuthority(name, nullptr) {}

TestAuthority::TestAuthority(const std::string& name, const TestAuthority* above)
    : key_(new_key()), cert_(new_cert(name, key_.get(), {})) {
  const TestAuthority& by = above != nullptr ? *above : *this;
  X509_set_issuer_name(cert_.get(), X509_get_subject_name(by.cert_.get()));
  extend(cert_.get(), NID_basic_constraints, "critical,CA:TRUE");
  if (X509_sign(cert_.get(), by.key_.get(), EVP_sha256()) == 0) std::abort();
}

TestAuthority TestAuthority::below(const std::string& name) const { return TestAuthority(name, this); }

std::string TestAuthority::crl(const std::vector<TestCertificate>& revoked, std::chrono::seconds last) const {
  const std::shared_ptr<X509_CRL> list(X509_CRL_new(), &X509_CRL_free);
  const std::shared_ptr<ASN1_TIME> time(X509_gmtime_adj(nullptr, -7200), &ASN1_TIME_free);
  X509_CRL_set_version(list.get(), X509_CRL_VERSION_2);
  X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(cert_.get()));
  X509_CRL_set1_lastUpdate(list.get(), time.get());
  for (const TestCertificate& each : revoked) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new_mem_buf(each.cert.data(), -1), &BIO_free);
    const Cert cert(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr), &X509_free);
    X509_REVOKED* const entry = X509_REVOKED_new();
    X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(cert.get()));
    X509_REVOKED_set_revocationDate(entry, time.get());
    X509_CRL_add0_revoked(list.get(), entry);
  }
  X509_gmtime_adj(time.get(), last.count());
  X509_CRL_set1_nextUpdate(list.get(), time.get());
  if (X509_CRL_sign(list.get(), key_.get(), EVP_sha256()) == 0) std::abort();
  return pem([&](BIO* out) { return PEM_write_bio_X509_CRL(out, list.get()); });
}

std::string TestAuthority::cert() const {
  return pem([&](BIO* out) { return PEM_write_bio_X509(out, cert_.get()); });
}

TestCertificate TestAuthority::issue(const Terms& terms) const {
  const Key key = new_key(terms.rsa);
  const Cert cert = new_cert(terms.subject, key.get(), terms);
  X509_set_issuer_name(cert.get(), X509_get_subject_name(cert_.get()));
  if (!terms.names.empty()) add_alternative_names(cert.get(), terms);
  if (!terms.usage.empty()) extend(cert.get(), NID_ext_key_usage, terms.usage);
  if (X509_sign(cert.get(), key_.get(), EVP_sha256()) == 0) std::abort();
  return {pem([&](BIO* out) { return PEM_write_bio_X509(out, cert.get()); }), pem([&](BIO* out) {
            return PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

}  // namespace charmux::test
