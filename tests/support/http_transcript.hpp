// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/core.h>

#include <string>
#include <vector>

#include "charmux/protocol/http.hpp"
#include "support/pieces.hpp"

namespace charmux::test {

/// What a decoder made of its input: a text for each message, and one for the fault it ended with.
using HttpTranscript = std::vector<std::string>;

inline std::string shown(const protocol::HttpRequest& request) {
  return fmt::format("{} {} upgrade '{}' body '{}'{}", request.method, request.target, request.upgrade, request.body,
                     request.keep_alive ? "" : " last");
}
inline std::string shown(const protocol::HttpResponse& response) {
  std::string out = fmt::format("{} body '{}'{}", response.status, response.body, response.keep_alive ? "" : " last");
  for (const protocol::HttpField& field : response.fields) out += fmt::format(" {}='{}'", field.name, field.value);
  return out;
}
inline std::string shown(const protocol::HttpFault& fault) { return fmt::format("{}: {}", fault.status, fault.text); }

/// `Decoder` is that of requests or of responses. `seen` gets each message.
template <class Decoder, class Seen>
HttpTranscript http_transcript(const Pieces& pieces, protocol::HttpLimits limits, const Seen& seen) {
  Decoder decoder(limits);
  HttpTranscript heard;
  for (const Bytes& piece : pieces) {
    BytesView rest = piece;
    while (!rest.empty()) {
      const auto message = decoder.feed(rest);
      if (!message) {
        heard.push_back(shown(message.error()));
        return heard;
      }
      if (!*message) continue;
      heard.push_back(shown(**message));
      seen(**message);
    }
  }
  return heard;
}
template <class Decoder>
HttpTranscript http_transcript(const Pieces& pieces, protocol::HttpLimits limits) {
  return http_transcript<Decoder>(pieces, limits, [](const auto&) {});
}

}  // namespace charmux::test
