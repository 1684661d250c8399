// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "charmux/base/result.hpp"
#include "charmux/protocol/qmp.hpp"
#include "loop/loop.hpp"

namespace charmux::hypervisor {

/// What is said of a QEMU that stopped answering.
inline constexpr const char* kNoAnswer = "QEMU does not answer";

/// One QMP monitor: a UNIX socket that QEMU listens on. Connects, negotiates, asks and is answered in order, hears
/// events, and connects again with a back-off when it is lost. It stays connected: a monitor serves one client, so
/// the socket has to be charmux's own. For the loop's thread.
class QmpClient {
 public:
  enum class State {
    connecting,  ///< the first try is under way. Later tries leave the state as it is until they come to something.
    ready,       ///< commands are answered.
    busy,        ///< connected, but no greeting came: the monitor serves another client. The connection is given up
                 ///< and tried again.
    absent,      ///< nobody listens there (`reason`: no such file, connection refused, or QEMU closed it).
    frozen,      ///< it was connected to and stopped answering. So until it is ready again, or nobody listens.
    refused,     ///< it is there but not to be used, or cannot be reached from here: no permission, not QMP, no
                 ///< descriptor left. Tried again all the same.
  };
  class Sink {
   public:
    virtual ~Sink() = default;
    /// Called when state or reason has changed; `reason` is empty when ready, and does not name the path.
    virtual void qmp_is(State state, const std::string& reason) = 0;
    /// Asked just before each try to connect: what the path leads to may have changed. The error is why not; then the
    /// state is refused.
    [[nodiscard]] virtual Status qmp_may_connect() { return {}; }
    virtual void qmp_event(const protocol::QmpEvent& event) = 0;
  };
  struct Settings {
    std::chrono::milliseconds greeting{2000};      ///< how long QEMU may take to greet before it counts as busy.
    std::chrono::milliseconds reopen_first{250};   ///< the first pause before it is tried again,
    std::chrono::milliseconds reopen_most{30000};  ///< and the longest.
    std::chrono::milliseconds answer{30000};       ///< how long a command may take before QEMU counts as frozen.
  };

  /// `path` is the socket's. The sink outlives this. Nothing is called back before start() returns, and nothing from
  /// inside a member. This may be destroyed in any callback; then there are no more.
  QmpClient(loop::Loop& loop, Settings settings, std::string path, Sink& sink);
  ~QmpClient();
  QmpClient(const QmpClient&) = delete;
  QmpClient& operator=(const QmpClient&) = delete;

  void start();
  /// Tries at once if it is waiting to try again; the back-off begins anew.
  void retry();

  /// The return value's JSON text, or the sentence that says what QEMU refused, or that it is not there.
  using Answer = std::function<void(Result<std::string>)>;
  /// Asks; may be called before the last answer came. `arguments` is the text of a JSON object, or empty. `answer` is
  /// called exactly once, never from inside this, unless the client is destroyed first. When the connection is lost
  /// all that is unanswered fails, and what is asked fails until it is ready again.
  void ask(std::string_view command, std::string_view arguments, Answer answer);

  /// Ends the connection for good, and fails all that is unanswered with `why`, from inside this; the sink is told
  /// nothing any more.
  void leave(const Error& why);

  [[nodiscard]] State state() const;
  [[nodiscard]] const std::string& path() const;
  /// The process that listens (SO_PEERCRED); 0 unless connected.
  [[nodiscard]] pid_t peer() const;

 private:
  struct Connection;
  std::shared_ptr<Connection> connection_;  // shared with its own callbacks only, in which this may be destroyed
};

}  // namespace charmux::hypervisor
