// SPDX-License-Identifier: Apache-2.0
#include "backend/exec.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>

#include "backend/descriptor.hpp"
#include "backend/environment.hpp"
#include "backend/unpolled.hpp"
#include "charmux/base/text.hpp"
#include "loop/timer.hpp"

namespace charmux::backend {
namespace {

using namespace std::chrono_literals;

/// How long a program has after SIGHUP. Below the second that a Line waits for its end.
constexpr auto kHangUp = 700ms;

struct NewPty {
  UniqueFd master;
  UniqueFd slave;
  std::string path;
};

Result<NewPty> new_pty(unsigned columns, unsigned rows) {
  NewPty pty{UniqueFd(::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)), {}, {}};
  std::array<char, 64> path{};
  if (!pty.master || ::grantpt(pty.master.get()) != 0 || ::unlockpt(pty.master.get()) != 0 ||
      ::ptsname_r(pty.master.get(), path.data(), path.size()) != 0)
    return failure("no pty can be made: {}", errno_text(errno));
  pty.path = path.data();
  pty.slave.reset(::open(path.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!pty.slave) return failure("{} cannot be opened: {}", pty.path, errno_text(errno));
  const winsize size{static_cast<unsigned short>(rows), static_cast<unsigned short>(columns), 0, 0};
  ::ioctl(pty.master.get(), TIOCSWINSZ, &size);
  return pty;
}

/// The master, and the program behind it, which it does not own but finishes.
class ExecChannel final : public Descriptor {
 public:
  ExecChannel(loop::Loop& loop, NewPty pty, loop::Process& process, std::string text)
      : Descriptor(loop, std::move(pty.master)),
        slave_(std::move(pty.slave)),
        process_(process),
        text_(std::move(text)),
        ended_(loop, [this] { owner_->channel_ready(loop::kReadable); }),
        hung_up_(loop, [this] { process_.signal(SIGKILL); }) {}
  ~ExecChannel() override { process_.finish(); }
  ExecChannel(const ExecChannel&) = delete;
  ExecChannel& operator=(const ExecChannel&) = delete;

  [[nodiscard]] Status start(Owner& owner) override {
    owner_ = &owner;
    process_.when_ended([this] { want(interest_); });
    return Descriptor::start(owner);
  }
  void want(unsigned interest) override {
    interest_ = interest;
    Descriptor::want(interest);
    ended_.waits(process_.has_ended() && (interest & loop::kReadable) != 0);
  }
  [[nodiscard]] net::Io read(BytesSpan room) override {
    const net::Io io = Descriptor::read(room);
    // The kernel gives all that was written before it ended (n_tty_read flushes what is on its way).
    if (io.kind == net::Io::Kind::again && process_.has_ended()) return {net::Io::Kind::end};
    return io;
  }
  [[nodiscard]] bool part() override {
    if (process_.has_ended()) return false;
    process_.signal(SIGHUP);
    process_.signal(SIGCONT);
    hung_up_.start(kHangUp);
    return true;
  }
  [[nodiscard]] std::string ended_as() const override {
    return process_.has_ended() ? process_.how_it_ended() : std::string();
  }
  [[nodiscard]] std::string why_ended(const net::Io& io) const override {
    if (process_.has_ended()) return fmt::format("{} {}", text_, process_.how_it_ended());
    return fmt::format("{}: {}", text_, errno_text(io.error_number));
  }
  void send_break(std::function<void(Status)> answer) override {
    answer(failure("no break: a program on a pty gets none; type its interrupt key"));
  }

 private:
  /// Held open, so that a program that closes its terminal and opens it again (login(1), agetty(8)) does not end it.
  const UniqueFd slave_;
  loop::Process& process_;
  const std::string text_;
  Owner* owner_ = nullptr;
  unsigned interest_ = 0;
  Unpolled ended_;  ///< the program's end is no event of the master's.
  loop::Timer hung_up_;
};

std::string_view remedy(int error) {
  switch (error) {
    case ENOENT: return "give the program's absolute path";
    case EACCES: return "make it executable, or run charmuxd as a user that may run it";
    case ENOEXEC: return "a script begins with #! and its interpreter";
    default: return {};
  }
}

}  // namespace

Exec::Exec(loop::Loop& loop, const address::Exec& at, Owner& owner)
    : loop_(loop), at_(at), text_(printable(address::to_text(at))), owner_(owner) {}

void Exec::begin() {
  std::erase_if(processes_, [](const auto& process) { return process->reaped(); });
  Result<NewPty> pty = new_pty(at_.columns, at_.rows);
  if (!pty) return owner_.failed(State::closed, fmt::format("{}: {}", text_, pty.error().text));
  auto process = loop::Process::start(loop_, {at_.words, child_environment(environ), pty->path});
  if (!process) return cannot_run(process.error());
  processes_.push_back(std::move(*process));
  owner_.opened(std::make_unique<ExecChannel>(loop_, std::move(*pty), *processes_.back(), text_), 0);
}

void Exec::cannot_run(const Error& error) {
  const std::string_view what_to_do = remedy(error.number);
  if (what_to_do.empty()) return owner_.failed(State::closed, fmt::format("{}: {}", text_, error.text));
  owner_.failed(State::refused, fmt::format("{}: {}; {}", text_, error.text, what_to_do));
}

}  // namespace charmux::backend
