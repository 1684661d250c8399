// SPDX-License-Identifier: Apache-2.0
#include "charmux/address/network.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "charmux/address/parts.hpp"

namespace charmux::address {
namespace {

constexpr unsigned kBits = 128;
constexpr unsigned kMapped = 96;  ///< bits that stand before an IPv4 address

struct Parsed {
  IpBytes bytes{};
  bool v4 = false;
};

std::optional<Parsed> parse_ip(const std::string& text) {
  Parsed parsed;
  if (::inet_pton(AF_INET6, text.c_str(), parsed.bytes.data()) == 1) return parsed;
  parsed.bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  parsed.v4 = true;
  if (::inet_pton(AF_INET, text.c_str(), parsed.bytes.data() + kMapped / 8) == 1) return parsed;
  return std::nullopt;
}

/// The first bits of it; the others are 0.
IpBytes masked(IpBytes bytes, unsigned prefix) {
  for (unsigned i = 0; i < bytes.size(); ++i) {
    const unsigned kept = std::min(prefix - std::min(prefix, i * 8), 8U);
    bytes[i] = static_cast<std::uint8_t>(bytes[i] & (0xFF00U >> kept));
  }
  return bytes;
}

}  // namespace

Result<Network> parse_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto parsed = parse_ip(std::string(text.substr(0, slash)));
  if (!parsed)
    return failure("{} is no network: write an address and its bits, such as 10.0.0.0/8 or fd00::/8", in_quotes(text));
  const unsigned most = parsed->v4 ? kBits - kMapped : kBits;
  unsigned prefix = most;
  if (slash != std::string_view::npos) {
    const std::string_view bits = text.substr(slash + 1);
    const char* const end = bits.data() + bits.size();
    if (bits.empty() || std::from_chars(bits.data(), end, prefix).ptr != end || prefix > most)
      return failure("{}: behind the / stand the bits of the network, 0 to {}", in_quotes(text), most);
  }
  const Network network{parsed->bytes, prefix + (parsed->v4 ? kMapped : 0)};
  const Network meant{masked(network.address, network.prefix), network.prefix};
  if (meant.address != network.address)
    return failure("{} has bits set behind its first {}: {} is meant, perhaps", in_quotes(text), prefix,
                   to_text(meant));
  return network;
}

std::string to_text(const Network& network) {
  constexpr IpBytes kV4 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  const bool v4 = network.prefix >= kMapped && masked(network.address, kMapped) == kV4;
  char room[INET6_ADDRSTRLEN] = {};
  ::inet_ntop(v4 ? AF_INET : AF_INET6, network.address.data() + (v4 ? kMapped / 8 : 0), room, sizeof room);
  return fmt::format("{}/{}", room, network.prefix - (v4 ? kMapped : 0));
}

bool contains(const Network& network, const IpBytes& address) {
  return masked(address, network.prefix) == network.address;
}

}  // namespace charmux::address
