// SPDX-License-Identifier: Apache-2.0
#include "charmux/protocol/proxy_header.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace charmux::protocol {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kSignature1 = "PROXY ";
constexpr std::string_view kSignature2 = "\r\n\r\n\0\r\nQUIT\n"sv;
constexpr std::size_t kShortest1 = 15;  // "PROXY UNKNOWN" CR LF
constexpr std::size_t kLongest1 = 107;  // section 2.1, with CR LF
constexpr std::size_t kFixed2 = 16;     // section 2.2

tl::unexpected<Error> wrong(std::string_view why) { return failure("sent a wrong PROXY header: {}", why); }

/// Whether one is the beginning of the other.
bool agree(std::string_view a, std::string_view b) {
  const std::size_t common = std::min(a.size(), b.size());
  return a.substr(0, common) == b.substr(0, common);
}

std::string client_text(int family, const void* address, unsigned port) {
  std::array<char, INET6_ADDRSTRLEN> room{};
  ::inet_ntop(family, address, room.data(), room.size());
  return family == AF_INET6 ? fmt::format("[{}]:{}", room.data(), port) : fmt::format("{}:{}", room.data(), port);
}

/// Takes the next word off a line; words are parted by one space.
std::string_view take_word(std::string_view& line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

std::optional<std::uint16_t> port_of(std::string_view word) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), port);
  if (error != std::errc{} || end != word.data() + word.size()) return std::nullopt;
  return port;
}

/// "TCP4 192.0.2.7 192.0.2.1 40001 7001", or "UNKNOWN" and anything.
Result<std::optional<std::string>> client_of_line(std::string_view line) {
  const std::string_view kind = take_word(line);
  if (kind == "UNKNOWN") return std::nullopt;
  if (kind != "TCP4" && kind != "TCP6") return wrong("its protocol is neither TCP4, TCP6 nor UNKNOWN");
  const int family = kind == "TCP4" ? AF_INET : AF_INET6;
  std::array<std::byte, sizeof(in6_addr)> from{};
  std::array<std::byte, sizeof(in6_addr)> to{};
  const std::string source(take_word(line));
  const std::string target(take_word(line));
  if (::inet_pton(family, source.c_str(), from.data()) != 1 || ::inet_pton(family, target.c_str(), to.data()) != 1)
    return wrong(fmt::format("it holds no two {} addresses", kind));
  const auto port = port_of(take_word(line));
  if (!port || !port_of(take_word(line)) || !line.empty()) return wrong("two ports do not follow its addresses");
  return client_text(family, from.data(), *port);
}

Result<std::optional<ProxyHeader>> read_1(std::string_view text) {
  const std::size_t end = text.substr(0, kLongest1).find("\r\n");
  if (end == std::string_view::npos) {
    if (text.size() >= kLongest1) return wrong(fmt::format("its line has more than {} bytes", kLongest1));
    return std::optional<ProxyHeader>();
  }
  const auto client = client_of_line(text.substr(kSignature1.size(), end - kSignature1.size()));
  if (!client) return tl::unexpected(client.error());
  return ProxyHeader{end + 2, *client};
}

unsigned big_endian(BytesView two) {
  return std::to_integer<unsigned>(two[0]) << 8U | std::to_integer<unsigned>(two[1]);
}

/// `kind` is the header's 14th byte, `rest` what stands behind its length.
Result<std::optional<std::string>> client_of_block(unsigned kind, BytesView rest) {
  const unsigned family = kind >> 4U;
  const unsigned transport = kind & 0xFU;
  if (family > 3 || transport > 2) return wrong("its address is of a kind that is not known");
  const bool tcp4 = kind == 0x11;
  const bool tcp6 = kind == 0x21;
  if (!tcp4 && !tcp6) return std::nullopt;
  const std::size_t address = tcp4 ? sizeof(in_addr) : sizeof(in6_addr);
  if (rest.size() < 2 * address + 4) return wrong("it is too short for its addresses");
  return client_text(tcp4 ? AF_INET : AF_INET6, rest.data(), big_endian(rest.subspan(2 * address, 2)));
}

Result<std::optional<ProxyHeader>> read_2(BytesView received) {
  if (received.size() < kFixed2) return std::optional<ProxyHeader>();
  const auto command = std::to_integer<unsigned>(received[12]);
  const std::size_t length = kFixed2 + big_endian(received.subspan(14, 2));
  if (command != 0x20 && command != 0x21) return wrong("its version and command are not known");
  if (length > kLongestProxyHeader) return wrong(fmt::format("it has more than {} bytes", kLongestProxyHeader));
  if (received.size() < length) return std::optional<ProxyHeader>();
  if (command == 0x20) return ProxyHeader{length, std::nullopt};
  const auto client = client_of_block(std::to_integer<unsigned>(received[13]), received.first(length).subspan(kFixed2));
  if (!client) return tl::unexpected(client.error());
  return ProxyHeader{length, *client};
}

}  // namespace

Result<std::optional<ProxyHeader>> read_proxy_header(BytesView received) {
  const std::string_view text = as_text(received);
  if (!agree(text, kSignature1) && !agree(text, kSignature2)) return failure("sent no PROXY header");
  if (text.size() >= kSignature1.size() && agree(text, kSignature1)) return read_1(text);
  if (text.size() >= kSignature2.size()) return read_2(received);
  return std::optional<ProxyHeader>();
}

std::size_t proxy_header_needs(BytesView beginning) {
  if (beginning.size() < kShortest1) return kShortest1 - beginning.size();
  if (agree(as_text(beginning), kSignature1)) return 1;
  const std::size_t whole =
      beginning.size() < kFixed2 ? kFixed2 : kFixed2 + big_endian(beginning.subspan(kFixed2 - 2, 2));
  return std::max(whole, beginning.size() + 1) - beginning.size();
}

}  // namespace charmux::protocol
