// SPDX-License-Identifier: Apache-2.0
#include "test_authority.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <string_view>

namespace charmux::test {
namespace {

using Key = std::shared_ptr<EVP_PKEY>;
using Cert = std::shared_ptr<X509>;

Key new_key() { return {EVP_EC_gen("P-256"), &EVP_PKEY_free}; }

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

Cert new_cert(const std::string& name, EVP_PKEY* key, const TestAuthority::Terms& terms) {
  Cert cert(X509_new(), &X509_free);
  X509_set_version(cert.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(cert.get()), std::rand());
  X509_gmtime_adj(X509_getm_notBefore(cert.get()), terms.first.count());
  X509_gmtime_adj(X509_getm_notAfter(cert.get()), terms.last.count());
  X509_set_pubkey(cert.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(cert.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  return cert;
}

}  // namespace

TestAuthority::TestAuthority(const std::string& name) : key_(new_key()), cert_(new_cert(name, key_.get(), {})) {
  X509_set_issuer_name(cert_.get(), X509_get_subject_name(cert_.get()));
  extend(cert_.get(), NID_basic_constraints, "critical,CA:TRUE");
  if (X509_sign(cert_.get(), key_.get(), EVP_sha256()) == 0) std::abort();
}

std::string TestAuthority::cert() const {
  return pem([&](BIO* out) { return PEM_write_bio_X509(out, cert_.get()); });
}

TestCertificate TestAuthority::issue(const Terms& terms) const {
  const Key key = new_key();
  const Cert cert = new_cert("somebody", key.get(), terms);
  X509_set_issuer_name(cert.get(), X509_get_subject_name(cert_.get()));
  if (!terms.names.empty()) extend(cert.get(), NID_subject_alt_name, terms.names);
  if (X509_sign(cert.get(), key_.get(), EVP_sha256()) == 0) std::abort();
  return {pem([&](BIO* out) { return PEM_write_bio_X509(out, cert.get()); }), pem([&](BIO* out) {
            return PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

}  // namespace charmux::test
