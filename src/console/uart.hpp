// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "charmux/protocol/com_port.hpp"
#include "console/virtual_port.hpp"

namespace charmux::console {

class Console;
class Viewer;

/// A console's serial port as RFC 2217's clients see it: the backend's own, where that is one (Backend::port()), and a
/// virtual one else. All clients of a console see the same. Owned by its Console; for the loop's thread.
///
/// The virtual port is set to whatever a port could be set to, which changes nothing. Its lines are those of a device
/// at the other end of a null modem cable: CD, DSR and CTS are on while the console is open. CTS, too: a program with
/// hardware flow control then stops typing when its guest is shut off, and does not type into the guest that boots
/// next.
class Uart {
 public:
  using Answer = std::function<void(std::uint32_t value)>;
  /// Who is told what happens at the port by itself. It forget()s before it goes.
  class Ear {
   public:
    virtual ~Ear() = default;
    /// The lines (high four bits) and which of them have changed (low four), as in NOTIFY-MODEMSTATE.
    virtual void modem_changed(std::uint8_t modem_state) = 0;
    /// Errors and breaks on the wire, as in NOTIFY-LINESTATE.
    virtual void line_said(std::uint8_t line_state) = 0;
  };

  explicit Uart(Console& console) : console_(console) {}
  Uart(const Uart&) = delete;
  Uart& operator=(const Uart&) = delete;

  /// SET-BAUDRATE to SET-CONTROL, or PURGE-DATA, from this viewer. One that could not type now changes nothing, and is
  /// answered with what holds. `answer` gets that, once, perhaps from inside this; if the port goes before it has
  /// answered, what held last.
  void ask(Viewer& viewer, protocol::ComPortCommand command, std::uint32_t value, Answer answer);
  /// It leaves; a break that it has begun ends.
  void leaves(Viewer& viewer);
  /// The lines as they are now.
  [[nodiscard]] std::uint8_t modem_state() const;

  void listen(Ear& ear);
  void forget(Ear& ear);

  /// Of Console: the backend has another state.
  void backend_is();

 private:
  struct Pending {
    std::uint64_t id;
    protocol::ComPortCommand command;
    std::uint32_t question;  ///< what would ask for what holds.
    Answer answer;
  };
  void purge(Viewer& viewer, std::uint32_t value, Answer answer);
  void break_on(const Viewer& viewer, Answer answer);
  [[nodiscard]] Answer pending(protocol::ComPortCommand command, std::uint32_t question, Answer answer);
  void answered(std::uint64_t id, std::uint32_t value);
  void hear_port();
  void tell_modem(std::uint8_t modem_state);
  void tell_line(std::uint8_t line_state);

  Console& console_;
  VirtualPort held_;            ///< of a real port, what it last answered.
  bool real_ = false;           ///< the console has been seen with a port of its own, which may be away now.
  std::uint8_t lines_ = 0;      ///< as they were last told.
  std::vector<Pending> asked_;  ///< what the backend has not answered yet.
  std::uint64_t last_id_ = 0;
  std::uint64_t breaker_ = 0;  ///< the viewer who holds the port in a break; 0: nobody does.
  std::vector<Ear*> ears_;
  std::shared_ptr<const void> alive_ = std::make_shared<char>();  ///< for answers that may come too late.
};

}  // namespace charmux::console
