// SPDX-License-Identifier: Apache-2.0
#include "hypervisor/libvirt_console.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "hypervisor/libvirt_domains.hpp"
#include "hypervisor/libvirt_handles.hpp"

namespace charmux::hypervisor {
namespace {

using Failure = LibvirtStream::Failure;

/// A guest that does not read what is typed keeps libvirtd from answering as well, so this is patient: half a minute.
constexpr int kKeepaliveSeconds = 5;
constexpr unsigned kKeepalives = 6;

struct Failed {
  Failure failure;
  std::string reason;
};

Failed no_connection(const LibvirtError& error) {
  switch (error.code) {
    case VIR_ERR_AUTH_FAILED:
    case VIR_ERR_AUTH_CANCELLED:
    case VIR_ERR_AUTH_UNAVAILABLE:
    case VIR_ERR_ACCESS_DENIED:
    case VIR_ERR_OPERATION_DENIED:
    case VIR_ERR_INVALID_ARG:
    case VIR_ERR_NO_CONNECT:
    case VIR_ERR_CONFIG_UNSUPPORTED: return {Failure::refused, error.text};
    default: break;
  }
  const bool forbidden = error.number == EACCES || error.number == EPERM;
  return {forbidden ? Failure::refused : Failure::away, error.text};
}

/// The codes and words of libvirt 5 to 11 (src/conf/virchrdev.c, src/qemu/qemu_driver.c).
Failed no_console(virConnectPtr connection, const LibvirtError& error) {
  const auto says = [&](std::string_view words) { return error.text.find(words) != std::string::npos; };
  const bool is_held = error.code == VIR_ERR_OPERATION_FAILED &&
                       (says("Active console session exists") || says("is locked by lock file"));
  if (is_held) return {Failure::held, error.text};
  const bool is_off = error.code == VIR_ERR_OPERATION_INVALID || error.code == VIR_ERR_NO_DOMAIN;
  if (is_off || virConnectIsAlive(connection) == 0) return {Failure::away, error.text};
  return {Failure::refused, error.text};
}

/// What came is taken from libvirt by whoever is told of it, one at a time. Shared with libvirt's event loop, which may
/// be about to call when the stream's thread ends.
struct Receiver {
  explicit Receiver(std::shared_ptr<LibvirtPipe> into) : pipe(std::move(into)) {}

  void receive() {
    const std::lock_guard lock(mutex);
    if (stream == nullptr || pipe->has_ended()) return;
    std::array<char, std::size_t{64} * 1024> room;
    for (;;) {
      const int got = virStreamRecv(stream, room.data(), room.size());
      if (got == kNothingNow) return;
      if (got <= 0) {
        pipe->end(got == 0 ? std::string() : last_libvirt_error().text);
        // The end would be told for ever while the thread that closes it is in a call.
        virStreamEventUpdateCallback(stream, 0);
        return;
      }
      pipe->put(as_bytes(std::string_view(room.data(), static_cast<std::size_t>(got))));
    }
  }
  void forget_stream() {
    const std::lock_guard lock(mutex);
    stream = nullptr;
  }

  static constexpr int kNothingNow = -2;
  const std::shared_ptr<LibvirtPipe> pipe;
  std::mutex mutex;
  virStreamPtr stream = nullptr;  // with `mutex`
};
using SharedReceiver = std::shared_ptr<Receiver>;

void on_readable(virStreamPtr, int, void* opaque) { (*static_cast<SharedReceiver*>(opaque))->receive(); }
/// Calls nothing of libvirt: its locks are held here, in another order than where the callback is taken back.
void on_close(virConnectPtr, int reason, void* opaque) {
  (*static_cast<SharedReceiver*>(opaque))->pipe->lose(close_reason_text(reason));
}
void release(void* opaque) { delete static_cast<SharedReceiver*>(opaque); }

class Console {
 public:
  Console(const LibvirtStream::Settings& settings, std::shared_ptr<LibvirtPipe> pipe)
      : settings_(settings), receiver_(std::make_shared<Receiver>(std::move(pipe))) {}

  std::optional<Failed> open() {
    connection_.reset(virConnectOpen(settings_.uri.c_str()));
    if (!connection_) return no_connection(last_libvirt_error());
    virConnectSetKeepAlive(connection_.get(), kKeepaliveSeconds, kKeepalives);
    const auto domain = find_domain(connection_.get(), settings_.uuid);
    if (!domain) {
      const bool away = domain.error().number == ENOENT || virConnectIsAlive(connection_.get()) == 0;
      return Failed{away ? Failure::away : Failure::refused, domain.error().text};
    }
    stream_.reset(virStreamNew(connection_.get(), VIR_STREAM_NONBLOCK));
    const char* const device = settings_.device.empty() ? nullptr : settings_.device.c_str();
    const unsigned flags = settings_.force ? VIR_DOMAIN_CONSOLE_FORCE : 0;
    if (!stream_ || virDomainOpenConsole(domain->get(), device, stream_.get(), flags) < 0)
      return no_console(connection_.get(), last_libvirt_error());
    is_open_ = true;
    return watch();
  }
  void send(const Bytes& bytes) {
    for (std::size_t sent = 0; sent < bytes.size() && !pipe().has_ended();) {
      const int result = virStreamSend(stream_.get(), as_text(bytes).data() + sent, bytes.size() - sent);
      if (result == Receiver::kNothingNow) {
        // Only a driver in this process says so; it has no better way to wait than its events.
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      } else if (result < 0) {
        receiver_->receive();
        pipe().end(last_libvirt_error().text);
      } else {
        sent += static_cast<std::size_t>(result);
        pipe().is_sent(static_cast<std::size_t>(result));
      }
    }
  }
  /// libvirt's event loop does not call any more, and the console is free for others.
  void close() {
    if (const auto lost = pipe().why_lost()) {
      receiver_->receive();
      pipe().end(*lost);
    }
    receiver_->forget_stream();
    if (hears_close_) virConnectUnregisterCloseCallback(connection_.get(), on_close);
    if (receiving_ != nullptr) {
      // libvirt 9.0 frees it for no stream of a libvirtd.
      virStreamEventRemoveCallback(stream_.get());
      LibvirtEventLoop::of_process().release_later(receiving_.release(), release);
    }
    if (is_open_) virStreamAbort(stream_.get());
    stream_.reset();
    connection_.reset();
  }

 private:
  [[nodiscard]] LibvirtPipe& pipe() const { return *receiver_->pipe; }

  std::optional<Failed> watch() {
    {
      const std::lock_guard lock(receiver_->mutex);
      receiver_->stream = stream_.get();
    }
    // Not by a free callback: libvirt 9.0 does not call that when the callback is taken back.
    hears_close_ = virConnectRegisterCloseCallback(connection_.get(), on_close, &receiver_, nullptr) == 0;
    receiving_ = std::make_unique<SharedReceiver>(receiver_);
    if (virStreamEventAddCallback(stream_.get(), VIR_STREAM_EVENT_READABLE, on_readable, receiving_.get(), nullptr) ==
        0)
      return std::nullopt;
    receiving_.reset();
    return no_console(connection_.get(), last_libvirt_error());
  }

  const LibvirtStream::Settings& settings_;
  SharedReceiver receiver_;  // libvirt has its address until close()
  ConnectHandle connection_;
  StreamHandle stream_;
  bool is_open_ = false;
  bool hears_close_ = false;
  std::unique_ptr<SharedReceiver> receiving_;  // libvirt has it until close(); null: it has not
};

}  // namespace

void serve_libvirt_console(const LibvirtStream::Settings& settings, const std::shared_ptr<LibvirtPipe>& pipe) {
  pipe->begin();
  Console console(settings, pipe);
  if (const auto failed = console.open()) {
    pipe->fail(failed->failure, failed->reason);
  } else {
    pipe->is_open();
    for (Bytes bytes = pipe->take_unsent(); !bytes.empty(); bytes = pipe->take_unsent()) console.send(bytes);
  }
  console.close();
  pipe->close();
}

}  // namespace charmux::hypervisor
