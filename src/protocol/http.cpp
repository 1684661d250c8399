// SPDX-License-Identifier: Apache-2.0
#include "charmux/protocol/http.hpp"

#include <fmt/core.h>

// Beast 1.74 asserts that a last chunk whose end is still to come has 5 bytes; one that comes byte by byte has 4, which
// is as good: nothing is read beyond them.
#define BOOST_DISABLE_ASSERTS
#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/field.hpp>

#include "protocol/http_text.hpp"

namespace charmux::protocol {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using boost::beast::string_view;
using Unfit = tl::unexpected<HttpFault>;

/// How far the header has come. Beast's own search for its end depends on how the input is cut, so it is given the
/// start line and the fields whole; and it takes no notice of line ends in which others might see another header.
struct HeaderScan {
  enum class State { more, start_line, complete, bare_lf };
  std::size_t line = 0;  ///< bytes of the line so far
  bool cr = false;       ///< the last of them is CR
  bool first = true;

  State take(char c) {
    ++line;
    if (c != '\n') {
      cr = c == '\r';
      return State::more;
    }
    const std::size_t length = line;
    if (!std::exchange(cr, false)) return State::bare_lf;
    line = 0;
    if (std::exchange(first, false)) return State::start_line;
    return length == 2 ? State::complete : State::more;
  }
};

unsigned status_of(const error_code& error) {
  if (error == http::error::header_limit) return 431;
  if (error == http::error::body_limit) return 413;
  return 400;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string_view view(string_view text) { return {text.data(), text.size()}; }

/// One message of either direction: what Beast calls back with.
template <bool kIsRequest>
class Message final : public http::basic_parser<kIsRequest> {
 public:
  explicit Message(const HttpLimits& limits) {
    this->eager(true);
    this->body_limit(limits.body);
    // Held by Exchange, to the byte; here it must only not be less.
    this->header_limit(static_cast<std::uint32_t>(limits.header + 1));
  }

  std::string method, target, body;
  unsigned status = 0;
  bool goes_on = false;
  std::vector<HttpField> fields;

  /// What Beast lets pass and others may understand differently (RFC 9112 section 6.1, RFC 9110 section 7.2), or "".
  [[nodiscard]] std::string_view unfit() const {
    if (codings_ > 1 || (codings_ == 1 && (!only_chunked_ || version_ == 10)))
      return "its transfer coding is not understood, only 'chunked' is";
    if (kIsRequest && hosts_ != 1 && (version_ == 11 || hosts_ > 1)) return "it needs one Host field";
    if (!kIsRequest && this->need_eof()) return "it does not say how long it is";
    return {};
  }
  /// How many bytes of the body come next, before anything else.
  [[nodiscard]] std::uint64_t data_next() const {
    return this->chunked() ? chunk_left_ : this->content_length_remaining().value_or(0);
  }
  [[nodiscard]] std::string upgraded_to() const {
    if (version_ == 10 || !this->upgrade()) return {};
    std::string all;
    for (const HttpField& field : fields)
      if (http::string_to_field(field.name) == http::field::upgrade && !field.value.empty())
        all += (all.empty() ? "" : ", ") + field.value;
    return lower(all);
  }

 private:
  void on_request_impl(http::verb, string_view name, string_view where, int version, error_code&) override {
    method = view(name);
    target = view(where);
    version_ = version;
  }
  void on_response_impl(int code, string_view, int version, error_code&) override {
    status = static_cast<unsigned>(code);
    version_ = version;
  }
  void on_field_impl(http::field field, string_view name, string_view value, error_code&) override {
    if (header_done_) return;  // a trailer: nothing that is known to be of use to anybody
    if (field == http::field::transfer_encoding) {
      ++codings_;
      only_chunked_ = lower(view(value)) == "chunked";
    }
    if (field == http::field::host) ++hosts_;
    fields.push_back({std::string(view(name)), std::string(view(value))});
  }
  void on_header_impl(error_code&) override {
    header_done_ = true;
    goes_on = this->keep_alive();  // a trailer may change Beast's mind
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view part, error_code&) override {
    body += view(part);
    return part.size();
  }
  void on_chunk_header_impl(std::uint64_t size, string_view, error_code&) override { chunk_left_ = size; }
  std::size_t on_chunk_body_impl(std::uint64_t, string_view part, error_code&) override {
    chunk_left_ -= part.size();
    body += view(part);
    return part.size();
  }
  void on_finish_impl(error_code&) override {}

  int version_ = 0;
  int codings_ = 0;
  int hosts_ = 0;
  bool only_chunked_ = false;
  std::uint64_t chunk_left_ = 0;
  bool header_done_ = false;
};

/// Cuts a stream into messages of one direction. After a fault it takes nothing more.
template <bool kIsRequest>
class Cutter {
 public:
  explicit Cutter(HttpLimits limits) : limits_(limits) { renew(); }

  /// The next message whole, or null when more is needed; valid until renew().
  tl::expected<Message<kIsRequest>*, HttpFault> feed(BytesView& bytes) {
    if (fault_) return Unfit(*fault_);
    if (!message_->is_header_done() && !take_header(bytes)) return fault_ ? failed() : more();
    if (!take_body(bytes)) return fault_ ? failed() : more();
    return &*message_;
  }
  void renew() {
    message_ = std::make_unique<Message<kIsRequest>>(limits_);
    scan_ = {};
    header_size_ = 0;
    pending_.clear();
  }
  [[nodiscard]] bool begun() const { return header_size_ > 0; }

 private:
  using Answer = tl::expected<Message<kIsRequest>*, HttpFault>;
  Answer failed() const { return Unfit(*fault_); }
  static Answer more() { return nullptr; }

  bool refuse(unsigned status, std::string_view why) {
    fault_ =
        HttpFault{status, fmt::format("this HTTP {} is not understood: {}", kIsRequest ? "request" : "answer", why)};
    return false;
  }
  bool refuse(const error_code& error) {
    const unsigned status = status_of(error);
    if (status == 413) fault_ = HttpFault{413, fmt::format("the body has more than {} bytes", limits_.body)};
    if (status == 431) refuse_header();
    return status == 400 ? refuse(status, error.message()) : false;
  }
  bool refuse_header() {
    fault_ = HttpFault{431, fmt::format("the header has more than {} bytes", limits_.header)};
    return false;
  }

  /// Hands what is pending to Beast, which may leave the beginning of something that it needs whole.
  bool put() {
    error_code error;
    const std::size_t used = message_->put(boost::asio::const_buffer(pending_.data(), pending_.size()), error);
    pending_.erase(0, used);
    return !error || error == http::error::need_more || refuse(error);
  }
  /// True when the header is complete and good.
  bool take_header(BytesView& bytes) {
    while (!bytes.empty()) {
      if (++header_size_ > limits_.header) return refuse_header();
      const char c = static_cast<char>(bytes.front());
      bytes = bytes.subspan(1);
      pending_ += c;
      const auto state = scan_.take(c);
      if (state == HeaderScan::State::more) continue;
      if (state == HeaderScan::State::bare_lf) return refuse(400, "a line of its header ends without CR");
      if (!put()) return false;
      if (!pending_.empty()) return refuse(400, "its header is incomplete");
      if (state == HeaderScan::State::start_line) continue;
      if (!message_->is_header_done()) return refuse(400, "its header is incomplete");
      const std::string_view unfit = message_->unfit();
      return unfit.empty() || refuse(400, unfit);
    }
    return false;
  }
  /// True when the message is complete.
  bool take_body(BytesView& bytes) {
    while (!message_->is_done() && !bytes.empty()) {
      const auto data = static_cast<std::size_t>(std::min<std::uint64_t>(message_->data_next(), bytes.size()));
      const std::size_t taken = std::max<std::size_t>(data, 1);
      pending_ += as_text(bytes.first(taken));
      bytes = bytes.subspan(taken);
      // Around the data of chunks there are lines. What Beast makes of half a line is not always what it makes of all.
      const bool line_end = data == 0 && pending_.back() == '\n';
      if (data == 0 && pending_.size() > limits_.header) return refuse_header();
      if ((data > 0 || line_end) && !put()) return false;
    }
    return message_->is_done();
  }

  const HttpLimits limits_;
  std::unique_ptr<Message<kIsRequest>> message_;
  HeaderScan scan_;
  std::size_t header_size_ = 0;
  std::string pending_;
  std::optional<HttpFault> fault_;
};

}  // namespace

struct HttpRequestDecoder::Parser : Cutter<true> {
  using Cutter::Cutter;
};
struct HttpResponseDecoder::Parser : Cutter<false> {
  using Cutter::Cutter;
};

HttpRequestDecoder::HttpRequestDecoder(HttpLimits limits) : parser_(std::make_unique<Parser>(limits)) {}
HttpRequestDecoder::HttpRequestDecoder(HttpRequestDecoder&&) noexcept = default;
HttpRequestDecoder& HttpRequestDecoder::operator=(HttpRequestDecoder&&) noexcept = default;
HttpRequestDecoder::~HttpRequestDecoder() = default;

tl::expected<std::optional<HttpRequest>, HttpFault> HttpRequestDecoder::feed(BytesView& bytes) {
  const auto message = parser_->feed(bytes);
  if (!message) return Unfit(message.error());
  if (*message == nullptr) return std::nullopt;
  HttpRequest request;
  request.method = std::move((*message)->method);
  request.target = std::move((*message)->target);
  request.upgrade = (*message)->upgraded_to();
  request.body = std::move((*message)->body);
  request.keep_alive = (*message)->goes_on;
  parser_->renew();
  return request;
}

bool HttpRequestDecoder::in_request() const { return parser_->begun(); }

HttpResponseDecoder::HttpResponseDecoder(HttpLimits limits) : parser_(std::make_unique<Parser>(limits)) {}
HttpResponseDecoder::HttpResponseDecoder(HttpResponseDecoder&&) noexcept = default;
HttpResponseDecoder& HttpResponseDecoder::operator=(HttpResponseDecoder&&) noexcept = default;
HttpResponseDecoder::~HttpResponseDecoder() = default;

tl::expected<std::optional<HttpResponse>, HttpFault> HttpResponseDecoder::feed(BytesView& bytes) {
  const auto message = parser_->feed(bytes);
  if (!message) return Unfit(message.error());
  if (*message == nullptr) return std::nullopt;
  HttpResponse response;
  response.status = (*message)->status;
  response.keep_alive = (*message)->goes_on;
  response.body = std::move((*message)->body);
  for (HttpField& field : (*message)->fields)
    if (!is_framing(field.name)) response.fields.push_back(std::move(field));
  parser_->renew();
  return response;
}

}  // namespace charmux::protocol
