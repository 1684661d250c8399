// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

struct X509_name_st;
struct asn1_string_st;
struct x509_st;

namespace charmux::net {

/// "2026-01-02 03:04:05 UTC".
[[nodiscard]] std::string date_text(const asn1_string_st* date);
/// "CN=test ca,O=example" (RFC 2253), printable, at most 200 bytes.
[[nodiscard]] std::string name_text(const X509_name_st* name);
/// Whose certificate it is: its names and addresses (subjectAltName), at most eight; without any, its subject.
[[nodiscard]] std::string owner_text(const x509_st* certificate);

}  // namespace charmux::net
