// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "charmux/base/log.hpp"
#include "discovery/guest.hpp"
#include "discovery/happenings.hpp"
#include "discovery/look.hpp"
#include "hypervisor/qmp_client.hpp"
#include "loop/timer.hpp"

namespace charmux::discovery {

/// What tells of a device that came or went: each chardev's label, and whether the guest's side of it is open. Sorted.
using ChardevUse = std::vector<std::pair<std::string, bool>>;

/// One QMP socket and the guest behind it, while there is one: looks at everything when it is connected, then at
/// query-chardev alone every so often, and at as much again as has changed. For the loop's thread.
class QmpGuest : private hypervisor::QmpClient::Sink {
 public:
  struct Settings {
    std::chrono::milliseconds poll;
    std::chrono::milliseconds walk;  ///< devices are looked at no more often for ports that open and close.
    std::chrono::milliseconds brk;   ///< how long QEMU may take to send a break.
    hypervisor::QmpClient::Settings client;
  };
  /// `path` is the source's name in all that `sink` is told. The sink outlives this and may not destroy it in a call.
  QmpGuest(loop::Loop& loop, Settings settings, std::string path, Log& log, discovery::Sink& sink);
  QmpGuest(const QmpGuest&) = delete;
  QmpGuest& operator=(const QmpGuest&) = delete;
  ~QmpGuest() override = default;

  void start();
  /// The socket's file is another one now: it is tried at once, whatever was wrong with the last.
  void file_is_new();
  /// There is no such file any more. Where nobody was connected that is the end of what was wrong with it.
  void file_is_gone();
  /// Nobody is connected, and nothing has been told of it that is not over.
  [[nodiscard]] bool forgettable() const;

  /// The guest as it was told last; none while it is not there.
  [[nodiscard]] const std::optional<Guest>& guest() const { return guest_; }
  /// Why nothing can be seen here; empty: nothing is wrong.
  [[nodiscard]] const std::string& hidden() const { return hidden_; }
  [[nodiscard]] const std::string& stem() const { return stem_; }
  /// The same for two sockets of one QEMU, different for two guests, even if one program made the sockets of both (then
  /// guests without name and UUID are told apart by their chardevs); empty where it cannot be known.
  [[nodiscard]] std::string identity() const;

  /// That chardev of it as it was told last. Only while there is a guest, as the next two.
  [[nodiscard]] const Chardev* known(const std::string& label) const;
  /// See QmpSource.
  void locate(const std::string& label, std::function<void(Located)> answer);
  void send_break(const std::string& label, std::function<void(Status)> answer);

 private:
  /// One look at the guest; what answers belong to one that was given up is known by it.
  struct Look {
    bool with_devices = false;
    unsigned unanswered = 0;
    std::optional<Error> error;
  };

  void qmp_is(hypervisor::QmpClient::State state, const std::string& reason) override;
  void qmp_event(const protocol::QmpEvent& event) override;
  [[nodiscard]] Status qmp_may_connect() override;
  void connect();
  void connected();
  void lost();
  void hide(const std::string& reason);
  void look(bool with_devices);
  void looked(const std::shared_ptr<Look>& look);
  void conclude();
  void poll();
  void chardevs_are(const std::string& text);
  [[nodiscard]] bool devices_may_differ(const ChardevUse& use) const;
  void refuse_libvirts();
  [[nodiscard]] Located located(const std::string& label, const Result<ChardevNow>& now);

  loop::Loop& loop_;
  const Settings settings_;
  const std::string path_;
  const std::string stem_;
  Log& log_;
  discovery::Sink& sink_;
  std::unique_ptr<hypervisor::QmpClient> client_;
  loop::Timer timer_;
  std::optional<Guest> guest_;
  std::string hidden_;
  // What QEMU said since it was connected.
  std::string name_;
  std::string uuid_;
  pid_t pid_ = 0;
  Happenings happenings_;
  ChardevsSeen seen_;
  std::vector<DeviceFacts> devices_;
  std::optional<ChardevUse> walked_;  // as it was when the devices were looked at
  MonoTime walked_at_{};
  bool complained_ = false;
  std::shared_ptr<Look> look_;
  bool look_again_ = false;
  bool again_with_devices_ = false;
};

}  // namespace charmux::discovery
