// SPDX-License-Identifier: Apache-2.0
#include "console/comings.hpp"

#include <algorithm>

#include "console/notices.hpp"
#include "console/viewer.hpp"

namespace charmux::console {
namespace {

/// How many of those are after it; they stand in order.
std::size_t count_from(const std::vector<std::uint64_t>& all, std::uint64_t first) {
  return static_cast<std::size_t>(all.end() - std::lower_bound(all.begin(), all.end(), first));
}

}  // namespace

Comings::Comings(loop::Loop& loop, const std::vector<Viewer*>& viewers)
    : viewers_(viewers), pause_(loop, [this] { tell_now(); }) {}

void Comings::came(const Viewer& viewer) {
  newest_ = viewer.id();
  came_.push_back(viewer.id());
  last_came_ = viewer.who();
}

void Comings::left(const Viewer& viewer) {
  left_.push_back(newest_);
  last_left_ = viewer.who();
}

void Comings::tell() {
  if (!pause_.running()) tell_now();
}

void Comings::tell_now() {
  bool told = false;
  const auto tell = [&told](Viewer& viewer, std::string text) {
    told = told || viewer.settings().told == Told::all;
    viewer.notify(std::move(text));
  };
  const std::uint64_t pen = writer_ == nullptr ? 0 : writer_->id();
  for (Viewer* each : viewers_) {
    if (std::string news = news_for(*each); !news.empty()) tell(*each, std::move(news));
    if (std::exchange(each->knows_writer, pen) != pen && each != writer_)
      tell(*each, notices::types_now(writer_ == nullptr ? "nobody" : writer_->who()));
  }
  came_.clear();
  left_.clear();
  if (told) pause_.start(kPause);
}

std::string Comings::news_for(const Viewer& viewer) const {
  const std::size_t came = count_from(came_, viewer.id() + 1);
  const std::size_t left = count_from(left_, viewer.id());
  if (came + left == 0) return {};
  if (came + left == 1) return notices::came_or_left(came == 1 ? last_came_ : last_left_, came == 1, viewers_.size());
  return notices::came_and_left(came, left, viewers_.size());
}

}  // namespace charmux::console
