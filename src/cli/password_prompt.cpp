// SPDX-License-Identifier: Apache-2.0
#include "cli/password_prompt.hpp"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <optional>

#include "access/password_hash.hpp"
#include "access/passwords.hpp"
#include "cli/raw_terminal.hpp"
#include "cli/signal_queue.hpp"

namespace charmux::cli {
namespace {

constexpr std::size_t kMost = access::Passwords::kMostPassword;

/// One line as it comes in. Of one that is too long it keeps one byte more than there may be.
struct Line {
  Line() { text.reserve(kMost + 1); }  // it never grows, which would leave a copy behind
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  ~Line() { access::wipe(text); }

  std::string text;
  bool begun = false;  ///< anything has come, were it the line end
  bool over = false;   ///< its end has come, or stdin's
};

/// What one read(2) brings: of a terminal a line at most.
void read_some(Line& line) {
  std::array<char, 4096> buffer{};
  const ssize_t got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
  line.begun = line.begun || got > 0;
  line.over = got <= 0;
  for (ssize_t i = 0; i < got && !line.over; ++i) {
    const char c = buffer[static_cast<std::size_t>(i)];
    line.over = c == '\n';
    if (!line.over && line.text.size() <= kMost) line.text += c;
  }
  ::explicit_bzero(buffer.data(), buffer.size());
}

/// Nothing: it is a password.
std::optional<std::string> trouble(const Line& line) {
  if (!line.begun) return "no password was typed";
  if (line.text.empty()) return "the password is empty; type one";
  if (line.text.size() > kMost) return fmt::format("the password has more than {} bytes; type a shorter one", kMost);
  if (line.text.find('\0') != std::string::npos) return "the password has a NUL byte, which nobody could type";
  return std::nullopt;
}

/// Asks at a terminal that is silent.
class Prompt {
 public:
  Prompt(SignalQueue& signals, RawTerminal& terminal) : signals_(signals), terminal_(terminal) {}

  /// Asks once. The signal that ends it, if one does.
  [[nodiscard]] std::optional<int> ask(const char* question, Line& line) {
    std::fputs(question, stderr);
    while (!line.over) {
      std::array<pollfd, 2> polled{{{signals_.fd(), POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}}};
      if (::poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) return std::nullopt;
      if (polled[0].revents != 0)
        if (const auto signal = take_signals(question)) return signal;
      if (polled[1].revents != 0) read_some(line);
    }
    return std::nullopt;
  }

 private:
  std::optional<int> take_signals(const char* question) {
    while (const auto signal = signals_.next()) {
      if (*signal == SIGTSTP) {
        terminal_.restore();
        ::raise(SIGSTOP);
      } else if (*signal == SIGCONT) {
        terminal_.again();
        std::fputs(question, stderr);
      } else if (*signal != SIGWINCH) {
        return signal;
      }
    }
    return std::nullopt;
  }

  SignalQueue& signals_;
  RawTerminal& terminal_;
};

struct Asked {
  Line first;
  Line second;
  std::optional<int> signal;
};

Outcome<void> ask_twice(Asked& asked) {
  // Before the terminal: while it is silent, signals wait, so that nothing ends the program but by its destructors.
  SignalQueue signals;
  Result<RawTerminal> terminal = RawTerminal::silence(STDIN_FILENO);
  if (!terminal) return stop(kUsage, "passwd: {}", terminal.error().text);
  Prompt prompt(signals, *terminal);
  asked.signal = prompt.ask("New password: ", asked.first);
  // Of what is no password nobody wants to hear after the second time only.
  if (asked.signal || trouble(asked.first)) return {};
  asked.signal = prompt.ask("The same again: ", asked.second);
  return {};
}

}  // namespace

Outcome<std::string> new_password() {
  Asked asked;
  const bool at_terminal = ::isatty(STDIN_FILENO) == 1;
  if (at_terminal) {
    if (auto done = ask_twice(asked); !done) return tl::unexpected(done.error());
  } else {
    pollfd polled{STDIN_FILENO, POLLIN, 0};
    while (!asked.first.over && (::poll(&polled, 1, -1) >= 0 || errno == EINTR)) read_some(asked.first);
  }
  if (asked.signal) end_by(*asked.signal);
  if (asked.signal) return tl::unexpected(Failure{kNoPassword, {}});
  if (const auto why = trouble(asked.first)) return stop(kNoPassword, "passwd: {}", *why);
  if (at_terminal && !access::same_in_constant_time(asked.first.text, asked.second.text))
    return stop(kNoPassword, "passwd: the two passwords differ; nothing was made, so run it again");
  return asked.first.text;
}

}  // namespace charmux::cli
