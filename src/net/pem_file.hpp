// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "charmux/base/result.hpp"

struct X509_crl_st;
struct evp_pkey_st;
struct x509_st;

namespace charmux::net {

using Certificate = std::shared_ptr<x509_st>;
using Crl = std::shared_ptr<X509_crl_st>;
using PrivateKey = std::shared_ptr<evp_pkey_st>;

/// The certificates of a PEM file, in its order; at least one. Blocks. `what` is the file's role, for the error: "ca".
[[nodiscard]] Result<std::vector<Certificate>> read_certificates(const std::string& what, const std::string& path);
/// The lists of revoked certificates in a PEM file; at least one. Blocks.
[[nodiscard]] Result<std::vector<Crl>> read_crls(const std::string& what, const std::string& path);
/// The private key of a PEM file. Blocks. Error also: it has a passphrase, and nobody is there to be asked.
[[nodiscard]] Result<PrivateKey> read_key(const std::string& what, const std::string& path);

/// The first reason in OpenSSL's queue of this thread, which is emptied.
[[nodiscard]] std::string openssl_reason();

}  // namespace charmux::net
