// SPDX-License-Identifier: Apache-2.0
// tail: a console's bytes, the last or all since, and then as they come.
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>

#include "cli/command.hpp"
#include "cli/console_api.hpp"
#include "cli/last_lines.hpp"

namespace charmux::cli {
namespace {

constexpr std::uint64_t kLines = 10;                ///< as tail(1)
constexpr std::uint64_t kFirstLook = 64 * 1024ULL;  ///< bytes of history that are looked at for lines, at first
constexpr int kMostFruitless = 10;                  ///< sessions in a row that end without a byte
constexpr int kPauseMs = 200;                       ///< after each of them

/// One `tail` at work: all before `at_` has been printed or told to be skipped.
class Tail {
 public:
  Tail(ApiClient& api, const std::string& name, std::uint64_t at) : api_(api), name_(name), at_(at) {}

  /// Prints the last lines before `at_`.
  [[nodiscard]] Outcome<void> last(std::uint64_t lines);
  /// Prints from `begin` on up to `at_`.
  [[nodiscard]] Outcome<void> since(std::uint64_t begin);
  /// Prints what comes, until charmuxd goes.
  [[nodiscard]] Outcome<void> follow();

 private:
  [[nodiscard]] Outcome<HistoryPiece> collect(std::uint64_t begin, std::uint64_t end);
  [[nodiscard]] Outcome<void> watch(const ApiClient::Session& session);
  [[nodiscard]] Outcome<void> catch_up();
  [[nodiscard]] Outcome<void> take(std::string_view bytes);
  void skip_to(std::uint64_t offset);

  ApiClient& api_;
  const std::string& name_;
  std::uint64_t at_;
};

Outcome<void> Tail::take(std::string_view bytes) {
  at_ += bytes.size();
  return print(bytes);
}

void Tail::skip_to(std::uint64_t offset) {
  if (offset <= at_) return;
  const std::string line = fmt::format("charmux: {}: {} bytes skipped\n", called(name_), offset - at_);
  std::fputs(line.c_str(), stderr);
  at_ = offset;
}

/// What is kept from `begin` up to `end`, in one piece: where something was overwritten while it was asked for, what
/// stood before that is left out.
Outcome<HistoryPiece> Tail::collect(std::uint64_t begin, std::uint64_t end) {
  HistoryPiece all{begin, {}};
  while (all.offset + all.bytes.size() < end) {
    auto piece = fetch_history(api_, name_, all.offset + all.bytes.size());
    if (!piece || piece->bytes.empty()) return piece ? Outcome<HistoryPiece>(all) : piece;
    if (piece->offset != all.offset + all.bytes.size()) all = {piece->offset, {}};
    all.bytes += piece->bytes;
  }
  if (all.offset >= end) return HistoryPiece{end, {}};
  all.bytes.resize(std::min<std::size_t>(all.bytes.size(), end - all.offset));
  return all;
}

Outcome<void> Tail::last(std::uint64_t lines) {
  if (lines == 0) return {};
  for (std::uint64_t look = kFirstLook;; look *= 4) {
    const std::uint64_t begin = at_ - std::min(at_, look);
    const auto piece = collect(begin, at_);
    if (!piece) return tl::unexpected(piece.error());
    const auto found = last_lines(as_bytes(piece->bytes), lines);
    // Not found, and nothing older is kept: it is all there is.
    if (!found && begin > 0 && piece->offset == begin) continue;
    return print(std::string_view(piece->bytes).substr(found.value_or(0)));
  }
}

Outcome<void> Tail::since(std::uint64_t begin) {
  const std::uint64_t end = std::exchange(at_, begin);
  while (at_ < end) {
    const auto piece = fetch_history(api_, name_, at_);
    if (!piece) return tl::unexpected(piece.error());
    skip_to(std::min(piece->offset, end));
    if (piece->bytes.empty() || at_ >= end) break;
    if (auto taken = take(std::string_view(piece->bytes).substr(0, end - at_)); !taken) return taken;
  }
  return {};
}

/// Prints what the session gives until charmuxd closes it.
Outcome<void> Tail::watch(const ApiClient::Session& session) {
  if (auto taken = take(as_text(session.first)); !taken) return taken;
  std::array<char, std::size_t{64} * 1024> buffer{};
  while (true) {
    // Stdout is asked for nothing, and so tells only that nobody reads it any more.
    std::array<pollfd, 2> polled = {{{session.fd.get(), POLLIN, 0}, {STDOUT_FILENO, 0, 0}}};
    if (::poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR)
      return stop(kNoDaemon, "{}: cannot go on: {}", called(name_), errno_text(errno));
    if (polled[1].revents != 0) return tl::unexpected(Failure{kDone, {}});
    if (polled[0].revents == 0) continue;
    const ssize_t got = ::recv(session.fd.get(), buffer.data(), buffer.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (got <= 0) return {};
    if (auto taken = take({buffer.data(), static_cast<std::size_t>(got)}); !taken) return taken;
  }
}

/// One piece of what came after a session's end; the next session begins behind it.
Outcome<void> Tail::catch_up() {
  const auto piece = fetch_history(api_, name_, at_);
  if (!piece) return tl::unexpected(piece.error());
  skip_to(piece->offset);
  return take(piece->bytes);
}

Outcome<void> Tail::follow() {
  for (int fruitless = 0; fruitless < kMostFruitless;) {
    const std::uint64_t before = at_;
    const std::string target = console_path(name_, fmt::format("/attach?mode=watch&since={}", at_));
    const auto upgraded = api_.upgrade(target, "raw");
    if (!upgraded) return tl::unexpected(upgraded.error());
    if (!upgraded->session) return tl::unexpected(refusal(upgraded->answer, name_));
    if (auto watched = watch(*upgraded->session); !watched) return watched;
    if (auto caught = catch_up(); !caught) return caught;
    fruitless = at_ == before ? fruitless + 1 : 0;
    if (fruitless > 0) ::poll(nullptr, 0, kPauseMs);
  }
  return stop(kNoDaemon, "{}: charmuxd at {} closes each session at once; see its log", called(name_), api_.socket());
}

}  // namespace

Outcome<void> tail(const Arguments& arguments, ApiClient& api) {
  const std::string& name = arguments.operands.front();
  const auto console = fetch_console(api, name);
  if (!console) return tl::unexpected(console.error());
  const std::uint64_t end = console->offset.value_or(0);
  if (arguments.since && *arguments.since > end)
    return stop(kUsage, "{}: --since {} is yet to come; it has {} bytes so far", called(name), *arguments.since, end);
  Tail tail(api, name, end);
  auto printed = arguments.since ? tail.since(*arguments.since) : tail.last(arguments.lines.value_or(kLines));
  if (!printed) return printed;
  return arguments.follow ? tail.follow() : Outcome<void>{};
}

}  // namespace charmux::cli
