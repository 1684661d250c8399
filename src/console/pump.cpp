// SPDX-License-Identifier: Apache-2.0
#include "console/pump.hpp"

#include <algorithm>

namespace charmux::console {
namespace {

Decision send_up_to(const Situation& at, std::size_t most) {
  const std::size_t bytes = std::min({at.ready, at.budget, most});
  return bytes == 0 ? Decision{} : Decision{Step::send, bytes};
}

}  // namespace

Decision decide(const Situation& at) {
  if (at.lost > 0) return {at.on_lag == OnLag::close ? Step::close : Step::skip};
  if (at.notice_in && *at.notice_in == 0) {
    // A mark is a break in the stream anyway: no sequence goes on behind it.
    if (at.notice_overdue || at.boundary == 0 || at.mark) return {Step::tell_notice};
    return send_up_to(at, at.boundary.value_or(at.ready));
  }
  if (at.mark) return {Step::tell_mark};
  const std::uint64_t before_notice = at.notice_in.value_or(at.ready);
  return send_up_to(at, static_cast<std::size_t>(std::min<std::uint64_t>(before_notice, at.ready)));
}

}  // namespace charmux::console
