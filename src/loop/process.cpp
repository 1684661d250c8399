// SPDX-License-Identifier: Apache-2.0
#include "loop/process.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <csignal>
#include <cstring>
#include <set>
#include <string_view>

namespace charmux::loop {
namespace {

/// The most often that a session is looked through for those that were forked meanwhile.
constexpr int kMostLooks = 8;

UniqueFd pidfd_of(pid_t pid) { return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))); }

tl::unexpected<Error> failed_with(int number) { return tl::unexpected(Error{errno_text(number), number}); }

/// What posix_spawn(3) is told beside the program.
class Manner {
 public:
  explicit Manner(const std::string& terminal) {
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawn_file_actions_init(&actions_);
    sigset_t set;
    ::sigfillset(&set);
    ::posix_spawnattr_setsigdefault(&attributes_, &set);
    ::sigemptyset(&set);
    ::posix_spawnattr_setsigmask(&attributes_, &set);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    // Opened by a session leader that has none, it becomes the controlling terminal (tty_ioctl(4)).
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, terminal.c_str(), O_RDWR, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, STDIN_FILENO, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, STDIN_FILENO, STDERR_FILENO);
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
  }
  Manner(const Manner&) = delete;
  Manner& operator=(const Manner&) = delete;
  ~Manner() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  [[nodiscard]] const posix_spawnattr_t* attributes() const { return &attributes_; }
  [[nodiscard]] const posix_spawn_file_actions_t* actions() const { return &actions_; }

 private:
  posix_spawnattr_t attributes_{};
  posix_spawn_file_actions_t actions_{};
};

/// The texts as execve(2) takes them; they outlive it.
std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> all;
  all.reserve(texts.size() + 1);
  for (const std::string& text : texts) all.push_back(const_cast<char*>(text.c_str()));
  all.push_back(nullptr);
  return all;
}

/// Calls with each process of the session, as /proc lists them: a job of a shell is in a group of its own.
template <class Visit>
void for_each_of_session(pid_t session, const Visit& visit) {
  const std::unique_ptr<DIR, int (*)(DIR*)> processes(::opendir("/proc"), &::closedir);
  if (!processes) return;
  while (const dirent* entry = ::readdir(processes.get())) {
    const std::string_view name = entry->d_name;
    pid_t pid = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), pid).ec != std::errc()) continue;
    if (::getsid(pid) == session) visit(pid);
  }
}

std::string description(const siginfo_t& info) {
  if (info.si_code == CLD_EXITED) return fmt::format("ended with status {}", info.si_status);
  const char* const name = ::sigdescr_np(info.si_status);
  return fmt::format("was killed by signal {} ({})", info.si_status, name == nullptr ? "of real time" : name);
}

}  // namespace

Result<std::unique_ptr<Process>> Process::start(Loop& loop, const Plan& plan) {
  // Room for its pidfd, known to be there before it runs.
  UniqueFd room = pidfd_of(::getpid());
  if (!room) return failed_with(errno);
  const Manner manner(plan.terminal);
  pid_t pid = 0;
  if (const int error = ::posix_spawnp(&pid, plan.words[0].c_str(), manner.actions(), manner.attributes(),
                                       pointers(plan.words).data(), pointers(plan.environment).data());
      error != 0)
    return failed_with(error);
  room.reset();
  std::unique_ptr<Process> process(new Process(pid));
  if (const Status watched = process->watch(loop); !watched) return tl::unexpected(watched.error());
  return process;
}

Status Process::watch(Loop& loop) {
  pidfd_ = pidfd_of(pid_);
  if (!pidfd_) return failed_with(errno);
  Result<Poll> poll = Poll::watch(loop, pidfd_.get(), [this](unsigned) {
    if (!look()) return;
    poll_.want(0);
    if (finishing_) return reap();
    if (const auto tell = std::exchange(ended_, {})) tell();
  });
  if (!poll) return tl::unexpected(poll.error());
  poll_ = std::move(*poll);
  poll_.want(kReadable);
  return {};
}

Process::~Process() { finish(); }

bool Process::look() {
  siginfo_t info{};
  if (end_ || reaped_) return true;
  if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0)
    return false;
  end_ = description(info);
  return true;
}

void Process::signal(int number) {
  if (reaped_) return;
  // Those that a fork hides from one look are seen by the next.
  std::set<pid_t> told;
  for (int looks = 0; looks < kMostLooks; ++looks) {
    const std::size_t before = told.size();
    for_each_of_session(pid_, [&](pid_t pid) {
      if (told.insert(pid).second) ::kill(pid, number);
    });
    if (told.size() == before) break;
  }
  // Where /proc shows nothing.
  if (told.empty()) ::kill(-pid_, number);
}

void Process::finish() {
  ended_ = {};
  if (std::exchange(finishing_, true)) {
    if (!reaped_ && look()) reap();
    return;
  }
  signal(SIGKILL);
  if (look()) reap();
}

void Process::reap() {
  if (std::exchange(reaped_, true)) return;
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG);
  poll_ = {};
  pidfd_.reset();
}

}  // namespace charmux::loop
