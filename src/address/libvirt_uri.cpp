// SPDX-License-Identifier: Apache-2.0
#include "charmux/address/libvirt_uri.hpp"

#include <algorithm>

#include "charmux/address/parts.hpp"

namespace charmux::address {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool has_scheme(std::string_view uri) {
  const std::string_view scheme = uri.substr(0, uri.find(':'));
  const auto belongs = [](char c) { return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.'; };
  return scheme.size() < uri.size() && !scheme.empty() && is_letter(scheme[0]) &&
         std::all_of(scheme.begin(), scheme.end(), belongs);
}

}  // namespace

Status check_libvirt_uri(std::string_view uri) {
  constexpr std::string_view kSpace(" \t\n\v\f\r\0", 7);
  if (has_scheme(uri) && uri.find_first_of(kSpace) == std::string_view::npos) return {};
  return failure("{} is no libvirt URI: write SCHEME:..., such as {}, without spaces", in_quotes(uri), kSystemUri);
}

bool is_libvirt_alias(std::string_view alias) {
  return !alias.empty() && std::all_of(alias.begin(), alias.end(),
                                       [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '_'; });
}

}  // namespace charmux::address
