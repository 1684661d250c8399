// SPDX-License-Identifier: Apache-2.0
#include "protocol/http_text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "charmux/protocol/http.hpp"

namespace charmux::protocol {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char letter = lower(c);
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

Result<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0) return failure("'%' is not followed by two hexadecimal digits");
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

/// Takes off the front what stands before the next `end`, and that.
std::string_view take_until(std::string_view& text, char end) {
  const std::string_view part = text.substr(0, text.find(end));
  text.remove_prefix(std::min(part.size() + 1, text.size()));
  return part;
}

struct Reason {
  unsigned status;
  std::string_view text;
};
/// RFC 9110 section 15, as far as they are used.
constexpr auto kReasons = std::to_array<Reason>({{101, "Switching Protocols"},
                                                 {200, "OK"},
                                                 {400, "Bad Request"},
                                                 {403, "Forbidden"},
                                                 {404, "Not Found"},
                                                 {405, "Method Not Allowed"},
                                                 {408, "Request Timeout"},
                                                 {409, "Conflict"},
                                                 {413, "Content Too Large"},
                                                 {426, "Upgrade Required"},
                                                 {431, "Request Header Fields Too Large"},
                                                 {500, "Internal Server Error"},
                                                 {501, "Not Implemented"},
                                                 {503, "Service Unavailable"}});

std::string_view reason_of(unsigned status) {
  const auto* const found =
      std::find_if(kReasons.begin(), kReasons.end(), [&](const Reason& reason) { return reason.status == status; });
  return found == kReasons.end() ? "Unknown" : found->text;
}

/// A line of a header. No byte of a value begins another line.
void add_field(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  for (const char c : value) out += (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F ? ' ' : c;
  out += "\r\n";
}

void add_fields(std::string& out, const std::vector<HttpField>& fields) {
  for (const HttpField& field : fields) add_field(out, field.name, field.value);
}

void add_connection(std::string& out, bool upgrade, bool keep_alive) {
  if (upgrade) add_field(out, "Connection", keep_alive ? "Upgrade" : "Upgrade, close");
  if (!upgrade && !keep_alive) add_field(out, "Connection", "close");
}

}  // namespace

bool same_field(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

bool is_framing(std::string_view field) {
  return same_field(field, "Content-Length") || same_field(field, "Transfer-Encoding") ||
         same_field(field, "Connection") || same_field(field, "Proxy-Connection");
}

std::optional<std::string_view> HttpTarget::parameter(std::string_view name) const {
  for (const Parameter& parameter : parameters)
    if (parameter.name == name) return parameter.value;
  return std::nullopt;
}

Result<HttpTarget> parse_target(std::string_view target) {
  if (target.empty() || target.front() != '/') return failure("a path has to begin with '/'");
  target.remove_prefix(1);
  HttpTarget out;
  std::string_view path = take_until(target, '?');
  for (bool last = false; !last;) {
    last = path.find('/') == std::string_view::npos;
    Result<std::string> segment = percent_decoded(take_until(path, '/'));
    if (!segment) return tl::unexpected(segment.error());
    out.path.push_back(std::move(*segment));
  }
  while (!target.empty()) {
    std::string_view value = take_until(target, '&');
    if (value.empty()) continue;
    Result<std::string> name = percent_decoded(take_until(value, '='));
    Result<std::string> decoded = percent_decoded(value);
    if (!name || !decoded) return tl::unexpected(name ? decoded.error() : name.error());
    out.parameters.push_back({std::move(*name), std::move(*decoded)});
  }
  return out;
}

std::optional<std::string_view> HttpResponse::field(std::string_view name) const {
  for (const HttpField& field : fields)
    if (same_field(field.name, name)) return field.value;
  return std::nullopt;
}

std::string to_wire(const HttpResponse& response) {
  const bool upgrade = response.status == 101;
  std::string out = fmt::format("HTTP/1.1 {:03} {}\r\n", response.status, reason_of(response.status));
  add_fields(out, response.fields);
  add_connection(out, upgrade, response.keep_alive);
  if (upgrade) return out + "\r\n";
  add_field(out, "Content-Length", fmt::format("{}", response.body.size()));
  return out + "\r\n" + response.body;
}

std::string to_wire(const HttpRequest& request, const std::vector<HttpField>& fields) {
  std::string out = fmt::format("{} {} HTTP/1.1\r\n", request.method, request.target);
  add_field(out, "Host", "localhost");
  add_fields(out, fields);
  if (!request.upgrade.empty()) add_field(out, "Upgrade", request.upgrade);
  add_connection(out, !request.upgrade.empty(), request.keep_alive);
  if (!request.body.empty() || request.method == "POST")
    add_field(out, "Content-Length", fmt::format("{}", request.body.size()));
  return out + "\r\n" + request.body;
}

}  // namespace charmux::protocol
