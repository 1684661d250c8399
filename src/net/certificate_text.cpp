// SPDX-License-Identifier: Apache-2.0
#include "net/certificate_text.hpp"

#include <arpa/inet.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>
#include <memory>
#include <string_view>

#include "charmux/base/text.hpp"

namespace charmux::net {
namespace {

constexpr std::size_t kMostText = 200;
constexpr int kMostNames = 8;

std::string shown(std::string_view text) { return printable(text.substr(0, kMostText)); }

std::string_view bytes_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

/// A name, or an address in its spelling; empty for what is neither.
std::string one_name(const GENERAL_NAME* name) {
  int kind = 0;
  const void* const value = GENERAL_NAME_get0_value(name, &kind);
  if (kind == GEN_DNS) return shown(bytes_of(static_cast<const ASN1_STRING*>(value)));
  if (kind != GEN_IPADD) return {};
  const std::string_view address = bytes_of(static_cast<const ASN1_STRING*>(value));
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = address.size() == sizeof(in_addr) ? AF_INET : AF_INET6;
  if (family == AF_INET6 && address.size() != sizeof(in6_addr)) return {};
  return ::inet_ntop(family, address.data(), text.data(), text.size()) != nullptr ? text.data() : "";
}

}  // namespace

std::string date_text(const asn1_string_st* date) {
  std::tm parts{};
  std::array<char, 32> text{};
  if (ASN1_TIME_to_tm(date, &parts) != 1) return "an unreadable date";
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts)};
}

std::string name_text(const X509_name_st* name) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), &BIO_free);
  X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253);
  char* text = nullptr;
  const long length = BIO_get_mem_data(out.get(), &text);
  return length > 0 ? shown({text, static_cast<std::size_t>(length)}) : "nobody";
}

std::string owner_text(const x509_st* certificate) {
  void* const found = X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr);
  const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> names(static_cast<GENERAL_NAMES*>(found),
                                                                            &GENERAL_NAMES_free);
  std::string text;
  int left = kMostNames;
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const std::string name = one_name(sk_GENERAL_NAME_value(names.get(), i));
    if (name.empty()) continue;
    if (left-- == 0) return text + ", ...";
    text += (text.empty() ? "" : ", ") + name;
  }
  return text.empty() ? name_text(X509_get_subject_name(certificate)) : text;
}

}  // namespace charmux::net
