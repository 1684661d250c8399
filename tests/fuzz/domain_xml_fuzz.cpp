// SPDX-License-Identifier: Apache-2.0
// Whatever a domain's XML says: places are counted, what is not offered is not opened, what is opened has an address
// that reads back, and nothing of another host's is opened here (the first byte: running, of another host, of which).
#include <algorithm>
#include <map>

#include "discovery/domain_xml.hpp"
#include "fuzz/fuzz.hpp"

using namespace charmux;
using namespace charmux::discovery;

namespace {

void check(const Chardev& chardev, const DomainView& view) {
  FUZZ_REQUIRE(chardev.reason.empty() || !chardev.at);
  FUZZ_REQUIRE(chardev.way == Way::address || (!chardev.at && chardev.reason.empty()));
  FUZZ_REQUIRE(chardev.kind != Kind::other || !chardev.reason.empty());
  FUZZ_REQUIRE(!chardev.called.empty() && !chardev.shown.empty());
  if (!chardev.at) return;
  const Result<address::Backend> again = address::parse_backend(address::to_text(*chardev.at));
  FUZZ_REQUIRE(again && *again == *chardev.at);
  FUZZ_REQUIRE(address::to_text(*chardev.at) == chardev.shown);
  if (!view.host) return;
  const bool from_there =
      std::holds_alternative<address::Tcp>(*chardev.at) || std::holds_alternative<address::Telnet>(*chardev.at) ||
      std::holds_alternative<address::Tls>(*chardev.at) || std::holds_alternative<address::Telnets>(*chardev.at);
  FUZZ_REQUIRE(from_there);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  DomainView view;
  view.running = data[0] % 2 != 0;
  if (data[0] / 2 % 2 != 0) view.host = data[0] / 4 % 2 != 0 ? "" : "hv7";
  const auto found = chardevs_of_domain(as_text(fuzz::bytes(data + 1, size - 1)), view);
  if (!found) return 0;
  const auto by_kind = [](const Chardev& a, const Chardev& b) { return a.kind < b.kind; };
  FUZZ_REQUIRE(std::is_sorted(found->begin(), found->end(), by_kind));
  std::map<Kind, unsigned> count;
  for (std::size_t n = 0; n < found->size(); ++n) {
    const Chardev& chardev = (*found)[n];
    FUZZ_REQUIRE(chardev.position == (chardev.kind == Kind::other ? 0 : count[chardev.kind]++));
    FUZZ_REQUIRE(chardev.primary == (n == 0 && (chardev.kind == Kind::serial || chardev.kind == Kind::console)));
    check(chardev, view);
  }
  return 0;
}
