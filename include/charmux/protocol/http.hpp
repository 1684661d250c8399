// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "charmux/base/bytes.hpp"
#include "charmux/base/result.hpp"

/// HTTP/1.1 messages (RFC 9112) without I/O; parsed by Boost.Beast.
namespace charmux::protocol {

/// A request's target taken apart (RFC 3986): "/api/v1/consoles/lab%2F1/history?bytes=10" has five segments.
struct HttpTarget {
  struct Parameter {
    std::string name;
    std::string value;
    friend bool operator==(const Parameter&, const Parameter&) = default;
  };
  std::vector<std::string> path;      ///< its segments, percent-decoded
  std::vector<Parameter> parameters;  ///< of the query, percent-decoded, in order
  /// The first value of that name.
  [[nodiscard]] std::optional<std::string_view> parameter(std::string_view name) const;
  friend bool operator==(const HttpTarget&, const HttpTarget&) = default;
};
/// Error: a broken percent sequence, no leading '/'.
[[nodiscard]] Result<HttpTarget> parse_target(std::string_view target);

struct HttpRequest {
  std::string method;
  std::string target;
  std::string upgrade;  ///< the Upgrade field, where Connection says so; lower case, else empty
  std::string body;
  bool keep_alive = true;  ///< the client expects to send more requests on this connection
};

/// What a request may take, in bytes: beyond it is an error, and so is anything that is not HTTP.
struct HttpLimits {
  std::size_t header = std::size_t{8} * 1024;  ///< start line and fields; also one chunk's header, and all trailers
  std::size_t body = std::size_t{64} * 1024;
};

/// What is wrong with a message: the status that answers it, and a sentence.
struct HttpFault {
  unsigned status;  ///< 400, 413, 431, ...
  std::string text;
};

/// Cuts a client's stream into requests, wherever its reads begin and end. Stricter than it has to be where others
/// could see another message in the same bytes: each line of a header ends with CR LF, HTTP/1.1 needs exactly one Host,
/// the only transfer coding is "chunked", and never with a Content-Length. Trailers are dropped. After a fault it takes
/// nothing more. Move-only.
class HttpRequestDecoder {
 public:
  explicit HttpRequestDecoder(HttpLimits limits);
  HttpRequestDecoder(HttpRequestDecoder&&) noexcept;
  HttpRequestDecoder& operator=(HttpRequestDecoder&&) noexcept;
  ~HttpRequestDecoder();

  /// Takes bytes up to the end of one request; what is behind it stays with the caller (`bytes` is moved on past what
  /// was taken), so that an upgraded connection loses none. nullopt: more is needed.
  [[nodiscard]] tl::expected<std::optional<HttpRequest>, HttpFault> feed(BytesView& bytes);
  /// True when a request has begun and is not complete.
  [[nodiscard]] bool in_request() const;

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

struct HttpField {
  std::string name;
  std::string value;
};
struct HttpResponse {
  unsigned status = 200;
  std::vector<HttpField> fields;  ///< all but Content-Length, Transfer-Encoding and Connection
  std::string body;
  bool keep_alive = true;
  [[nodiscard]] std::optional<std::string_view> field(std::string_view name) const;  ///< name in any case
};
/// As it goes on the wire. 101 has no Content-Length. Control bytes in a field's value are written as spaces.
[[nodiscard]] std::string to_wire(const HttpResponse& response);
/// `fields` beside Host and Content-Length.
[[nodiscard]] std::string to_wire(const HttpRequest& request, const std::vector<HttpField>& fields);

/// Reads one response (a client's side); the same rules as HttpRequestDecoder. A 101 ends with its header.
class HttpResponseDecoder {
 public:
  explicit HttpResponseDecoder(HttpLimits limits);
  HttpResponseDecoder(HttpResponseDecoder&&) noexcept;
  HttpResponseDecoder& operator=(HttpResponseDecoder&&) noexcept;
  ~HttpResponseDecoder();
  [[nodiscard]] tl::expected<std::optional<HttpResponse>, HttpFault> feed(BytesView& bytes);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace charmux::protocol
