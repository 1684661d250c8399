// SPDX-License-Identifier: Apache-2.0
#include "backend/file.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "backend/file_channel.hpp"

namespace charmux::backend {
namespace {

using namespace std::chrono_literals;

/// Between two looks at a file of which nothing is heard; and how long one that was deleted may take to be replaced.
constexpr std::chrono::milliseconds kLookAnyway = 1s;
/// Several changes at once (a UART's characters) are one look.
constexpr auto kSettle = 5ms;

}  // namespace

File::File(loop::Loop& loop, std::string path, Owner& owner)
    : loop_(loop), path_(std::move(path)), owner_(owner), timer_(loop, [this] { look(); }) {}

void File::begin() {
  if (!file_) {
    const auto from = owner_.has_history() ? FollowedFile::From::end : FollowedFile::From::tail;
    file_ = std::make_shared<FollowedFile>(path_, from);
    // Where there is no more inotify to be had, the timer has to do.
    if (Result<loop::Poll> poll = loop::Poll::watch(loop_, file_->notices(), [this](unsigned) { notified(); }))
      notices_ = std::move(*poll);
  }
  wanted_ = true;
  asked_ = true;
  given_ < buffer_.size() ? open() : look();
}

void File::abandon() {
  wanted_ = false;
  asked_ = false;
  timer_.stop();
  notices_.want(0);
}

void File::look() {
  timer_.stop();
  notices_.want(0);
  if (busy_) {
    again_ = true;
    return;
  }
  busy_ = true;
  auto found = std::make_shared<Found>();
  work_ = loop::Work(
      loop_, [file = file_, found] { *found = file->look(); },
      [this, found] {
        busy_ = false;
        looked(std::move(*found));
      });
}

void File::let_go() {
  busy_ = true;
  work_ = loop::Work(
      loop_, [file = file_] { file->close(); },
      [this] {
        busy_ = false;
        if (std::exchange(again_, false)) look();
      });
}

void File::looked(Found found) {
  if (!found.remark.empty()) owner_.remarked(found.remark);
  leftover_ += found.leftover;
  if (!found.bytes.empty()) {
    buffer_ = std::move(found.bytes);
    given_ = 0;
  }
  // Whoever asked meanwhile asked for what was not yet looked at.
  const bool again = std::exchange(again_, false) && buffer_.empty();
  if (!channel_ && !wanted_) return let_go();
  if (again || (found.kind == FollowedFile::Kind::bytes && buffer_.empty())) return look();
  serve(found);
}

void File::serve(const Found& found) {
  const bool there = found.kind == FollowedFile::Kind::bytes || found.kind == FollowedFile::Kind::nothing;
  const bool absent = found.kind == FollowedFile::Kind::absent;
  if (!absent) absent_since_.reset();
  if (there && !channel_) return open();
  if (there && !buffer_.empty()) return channel_->ready();
  if (!there && channel_) {
    if (absent && !absent_since_) absent_since_ = loop_.now();
    // It may be about to be replaced.
    if (!absent || loop_.now() - *absent_since_ >= kLookAnyway) return channel_->end(found.reason);
  }
  wait();
  if (!there && !channel_ && std::exchange(asked_, false))
    owner_.failed(absent ? State::closed : State::refused, found.reason);
}

void File::wait() {
  timer_.start(kLookAnyway);
  notices_.want(loop::kReadable);
}

void File::notified() {
  std::array<char, 16384> ignored;
  while (::read(file_->notices(), ignored.data(), ignored.size()) > 0) {
  }
  notices_.want(0);
  timer_.start(kSettle);
}

void File::open() {
  UniqueFd ready(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (!ready) {
    wait();
    return owner_.failed(State::refused, fmt::format("{}: {}", path_, errno_text(errno)));
  }
  wanted_ = false;
  asked_ = false;
  auto channel = std::make_unique<FileChannel>(loop_, std::move(ready), *this);
  channel_ = channel.get();
  given_ < buffer_.size() ? channel_->ready() : wait();
  owner_.opened(std::move(channel), std::exchange(leftover_, 0));
}

net::Io File::give(BytesSpan room) {
  const std::size_t size = std::min(room.size(), buffer_.size() - given_);
  if (size == 0) return {net::Io::Kind::again};
  std::copy_n(buffer_.begin() + static_cast<std::ptrdiff_t>(given_), size, room.begin());
  given_ += size;
  if (given_ == buffer_.size()) {
    buffer_ = {};
    given_ = 0;
    look();
  }
  return {net::Io::Kind::moved, size};
}

void File::channel_gone() {
  channel_ = nullptr;
  absent_since_.reset();
  timer_.stop();
  notices_.want(0);
  if (!busy_) let_go();
}

}  // namespace charmux::backend
