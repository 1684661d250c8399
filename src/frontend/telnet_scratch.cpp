// SPDX-License-Identifier: Apache-2.0
#include "frontend/telnet_scratch.hpp"

#include <algorithm>

#include "charmux/protocol/terminal_queries.hpp"

namespace charmux::frontend {

TelnetScratch::Encoded TelnetScratch::encode(BytesView source, std::uint64_t offset, bool binary,
                                             protocol::TelnetWireState before,
                                             std::optional<std::uint64_t> asked_from) {
  const bool same = source_.data() == source.data() && source_.size() == source.size() && offset_ == offset &&
                    binary_ == binary && before_ == before && (asked_from_ == asked_from || for_all_);
  if (!same) {
    source_ = source;
    offset_ = offset;
    binary_ = binary;
    before_ = after_ = before;
    asked_from_ = asked_from;
    bytes_.clear();
    runs_.clear();
    sort_out();
  }
  return {bytes_, taken_, after_};
}

void TelnetScratch::sort_out() {
  std::size_t passed = 0;
  taken_ = source_.size();
  protocol::TerminalQueries queries(asked_from_ ? source_ : BytesView());
  for_all_ = asked_from_.has_value();
  while (const auto query = queries.next()) {
    for_all_ = false;
    const std::size_t end = query->begin + query->length;
    if (query->unfinished) taken_ = query->begin;
    if (query->unfinished || offset_ + end > *asked_from_) continue;
    if (query->begin > passed) add_run(passed, query->begin);
    passed = end;
  }
  add_run(passed, std::max(passed, taken_));
}

void TelnetScratch::add_run(std::size_t begin, std::size_t end) {
  runs_.push_back({begin, end - begin, bytes_.size(), after_});
  protocol::telnet_encode(source_.subspan(begin, end - begin), binary_, after_, bytes_);
}

protocol::TelnetProgress TelnetScratch::progress(std::size_t sent) const {
  const auto behind =
      std::upper_bound(runs_.begin(), runs_.end(), sent, [](std::size_t at, const Run& run) { return at < run.wire; });
  const Run& run = *std::prev(behind);
  const protocol::TelnetProgress within =
      protocol::telnet_progress(source_.subspan(run.begin, run.size), binary_, run.before, sent - run.wire);
  return {run.begin + within.consumed, within.state};
}

}  // namespace charmux::frontend
