// SPDX-License-Identifier: Apache-2.0
#include "hypervisor/qmp_client.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <deque>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "charmux/base/unique_fd.hpp"
#include "charmux/base/units.hpp"
#include "loop/backoff.hpp"
#include "loop/poll.hpp"
#include "loop/timer.hpp"
#include "net/endpoint.hpp"
#include "net/stream.hpp"

namespace charmux::hypervisor {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kNegotiate = "qmp_capabilities";
/// How much is read before others have their turn.
constexpr int kReadsATurn = 16;
constexpr std::size_t kReadSize = 16 * KiB;

}  // namespace

/// What the client is, on the heap: each callback keeps it while it runs, so that the client can be destroyed in it.
struct QmpClient::Connection : std::enable_shared_from_this<Connection> {
 public:
  Connection(loop::Loop& loop, const Settings& settings, std::string path, Sink& sink)
      : path_(std::move(path)),
        loop_(loop),
        settings_(settings),
        sink_(sink),
        backoff_(settings.reopen_first, settings.reopen_most),
        random_(std::random_device{}()),
        again_(loop, kept(&Connection::connect)),
        greeting_(loop, kept(&Connection::not_greeted)),
        answer_(loop, kept(&Connection::not_answered)),
        unasked_now_(loop, kept(&Connection::fail_unasked)) {}

  void start() { again_.start(0ms); }
  void retry() {
    backoff_.reset();
    if (again_.running()) again_.start(0ms);
  }
  void ask(std::string_view command, std::string_view arguments, Answer answer);
  void leave(const Error& why);
  /// The client is being destroyed: nobody is there any more to call back.
  void end() { ended_ = true; }

  const std::string path_;
  State state_ = State::connecting;
  pid_t peer_ = 0;

 private:
  struct Asked {
    std::uint64_t id;
    std::string command;
    Answer answer;  ///< none: the negotiation.
  };

  std::function<void()> kept(void (Connection::*member)()) {
    return [this, member] {
      const auto keep = shared_from_this();
      (this->*member)();
    };
  }
  void connect();
  void connected(UniqueFd fd);
  void not_greeted() { state_ == State::frozen ? not_answered() : failed(State::busy, "monitor busy"); }
  void not_answered() { failed(State::frozen, kNoAnswer); }
  void ready(unsigned events);
  void read();
  void watch() { poll_.want(loop::kReadable | (unsent_.empty() ? 0U : unsigned{loop::kWritable})); }
  void send(std::string_view command, std::string_view arguments, Answer answer);
  void flush();
  void take(const protocol::QmpGreeting&);
  void take(protocol::QmpReply& reply) { answered(reply.id, std::move(reply.value)); }
  void take(const protocol::QmpError& error);
  void take(const protocol::QmpEvent& event) { sink_.qmp_event(event); }
  void answered(std::optional<std::uint64_t> id, Result<std::string> result);
  void failed(State state, const std::string& reason);
  void not_connected(int error);
  void disconnect();
  void fail_unasked();
  void become(State state, const std::string& reason);
  [[nodiscard]] bool alive() const { return stream_ && !ended_; }

  loop::Loop& loop_;
  const Settings settings_;
  Sink& sink_;
  std::string reason_ = "it is not connected yet";
  loop::Backoff backoff_;
  std::minstd_rand random_;
  std::optional<net::Stream> stream_;
  loop::Poll poll_;  // destroyed before the stream
  protocol::QmpDecoder decoder_;
  std::string unsent_;
  bool greeted_ = false;
  std::uint64_t next_id_ = 1;
  std::deque<Asked> unanswered_;
  std::vector<std::pair<Answer, Error>> unasked_;  // asked while it was not ready
  bool ended_ = false;
  loop::Timer again_;
  loop::Timer greeting_;
  loop::Timer answer_;
  loop::Timer unasked_now_;
};

void QmpClient::Connection::connect() {
  if (const Status may = sink_.qmp_may_connect(); !may) return failed(State::refused, may.error().text);
  const Result<net::Endpoint> at = net::endpoint(address::SocketPath{path_, false});
  if (!at) return failed(State::refused, at.error().text);
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  // A UNIX socket is connected to at once or not at all; EAGAIN: the backlog is full, so others wait already (unix(7)).
  if (fd && ::connect(fd.get(), at->raw(), at->length) == 0) return connected(std::move(fd));
  not_connected(errno);
}

void QmpClient::Connection::not_connected(int error) {
  if (error == EAGAIN) return not_greeted();
  // Only these say that nobody listens. Of another, such as EMFILE, QEMU knows nothing.
  const bool nobody = error == ENOENT || error == ENOTDIR || error == ECONNREFUSED;
  const bool not_ours = error == EACCES || error == EPERM;
  const char* const remedy = not_ours ? "; run charmuxd as root or as the owner of the socket" : "";
  failed(nobody ? State::absent : State::refused, errno_text(error) + remedy);
}

void QmpClient::Connection::connected(UniqueFd fd) {
  Result<loop::Poll> poll = loop::Poll::watch(loop_, fd.get(), [this](unsigned events) {
    const auto keep = shared_from_this();
    ready(events);
  });
  if (!poll) return failed(State::refused, poll.error().text);
  ucred credentials{};
  socklen_t length = sizeof credentials;
  if (::getsockopt(fd.get(), SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0) peer_ = credentials.pid;
  stream_.emplace(std::move(fd), 64 * KiB);
  poll_ = std::move(*poll);
  greeting_.start(settings_.greeting);
  watch();
}

void QmpClient::Connection::ready(unsigned events) {
  if ((events & (loop::kReadable | loop::kFailed)) != 0) read();
  if (!alive()) return;
  if ((events & loop::kWritable) != 0) flush();
  watch();
}

void QmpClient::Connection::read() {
  std::array<std::byte, kReadSize> room;
  for (int reads = 0; reads < kReadsATurn; ++reads) {
    const net::Io io = stream_->recv(room);
    if (io.kind == net::Io::Kind::again) return;
    if (io.kind == net::Io::Kind::end) return failed(State::absent, "QEMU closed it");
    if (io.kind == net::Io::Kind::error) return failed(State::absent, errno_text(io.error_number));
    std::vector<protocol::QmpMessage> messages;
    const Status qmp = decoder_.feed(BytesView(room).first(io.bytes), messages);
    for (protocol::QmpMessage& message : messages) {
      std::visit([this](auto& kind) { take(kind); }, message);
      if (!alive()) return;
    }
    if (!qmp) return failed(State::refused, qmp.error().text);
  }
}

void QmpClient::Connection::send(std::string_view command, std::string_view arguments, Answer answer) {
  if (unanswered_.empty()) answer_.start(settings_.answer);
  unanswered_.push_back({next_id_, std::string(command), std::move(answer)});
  unsent_ += protocol::qmp_command(command, arguments, next_id_++);
  flush();
  watch();
}

void QmpClient::Connection::flush() {
  while (!unsent_.empty()) {
    const net::Io io = stream_->send(as_bytes(unsent_));
    if (io.kind == net::Io::Kind::again) return;
    // An error shows in the next read too, and is dealt with there, after what QEMU said last.
    if (io.kind != net::Io::Kind::moved) return unsent_.clear();
    unsent_.erase(0, io.bytes);
  }
}

void QmpClient::Connection::take(const protocol::QmpGreeting&) {
  if (greeted_) return failed(State::refused, "this is not QEMU: it greets twice");
  greeted_ = true;
  greeting_.stop();
  send(kNegotiate, {}, nullptr);
}

void QmpClient::Connection::take(const protocol::QmpError& error) {
  const std::string command = unanswered_.empty() ? "what it was asked" : unanswered_.front().command;
  answered(error.id, failure("QEMU refuses {}: {}", command, error.description));
}

/// Answers come in order. One without an id is an error about a command that QEMU could not read.
void QmpClient::Connection::answered(std::optional<std::uint64_t> id, Result<std::string> result) {
  const bool expected = !unanswered_.empty() && (id == unanswered_.front().id || (!id && !result));
  if (!expected) return failed(State::refused, "this is not QEMU: it answers what it was not asked");
  const Asked asked = std::move(unanswered_.front());
  unanswered_.pop_front();
  unanswered_.empty() ? answer_.stop() : answer_.start(settings_.answer);
  if (asked.answer) return asked.answer(std::move(result));
  if (!result) return failed(State::refused, result.error().text);
  backoff_.reset();
  become(State::ready, {});
}

void QmpClient::Connection::disconnect() {
  poll_ = {};
  stream_.reset();
  greeting_.stop();
  answer_.stop();
  decoder_ = {};
  unsent_.clear();
  greeted_ = false;
  peer_ = 0;
}

void QmpClient::Connection::failed(State state, const std::string& reason) {
  disconnect();
  const std::deque<Asked> lost = std::exchange(unanswered_, {});
  again_.start(backoff_.next(static_cast<std::uint32_t>(random_())));
  become(state, reason);
  for (const Asked& asked : lost) {
    if (ended_) return;
    if (asked.answer) asked.answer(failure("QEMU at {} has not answered {}: {}", path_, asked.command, reason));
  }
}

void QmpClient::Connection::leave(const Error& why) {
  const auto keep = shared_from_this();
  disconnect();
  again_.stop();
  unasked_now_.stop();
  state_ = State::refused;
  reason_ = why.text;
  const std::deque<Asked> lost = std::exchange(unanswered_, {});
  const std::vector<std::pair<Answer, Error>> unasked = std::exchange(unasked_, {});
  for (const Asked& asked : lost) {
    if (asked.answer && !ended_) asked.answer(tl::unexpected(why));
  }
  for (const auto& [answer, error] : unasked) {
    if (!ended_) answer(tl::unexpected(why));
  }
}

void QmpClient::Connection::ask(std::string_view command, std::string_view arguments, Answer answer) {
  if (state_ == State::ready) return send(command, arguments, std::move(answer));
  unasked_.emplace_back(std::move(answer),
                        Error{fmt::format("QEMU at {} cannot be asked {}: {}", path_, command, reason_)});
  unasked_now_.start(0ms);
}

void QmpClient::Connection::fail_unasked() {
  for (auto& [answer, error] : std::exchange(unasked_, {})) {
    if (ended_) return;
    answer(tl::unexpected(std::move(error)));
  }
}

void QmpClient::Connection::become(State state, const std::string& reason) {
  if (state == state_ && reason == reason_) return;
  state_ = state;
  reason_ = reason;
  sink_.qmp_is(state, reason);
}

QmpClient::QmpClient(loop::Loop& loop, Settings settings, std::string path, Sink& sink)
    : connection_(std::make_shared<Connection>(loop, settings, std::move(path), sink)) {}

QmpClient::~QmpClient() { connection_->end(); }

void QmpClient::start() { connection_->start(); }

void QmpClient::retry() { connection_->retry(); }

void QmpClient::ask(std::string_view command, std::string_view arguments, Answer answer) {
  connection_->ask(command, arguments, std::move(answer));
}

void QmpClient::leave(const Error& why) { connection_->leave(why); }

QmpClient::State QmpClient::state() const { return connection_->state_; }

const std::string& QmpClient::path() const { return connection_->path_; }

pid_t QmpClient::peer() const { return connection_->peer_; }

}  // namespace charmux::hypervisor
