// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <string>
#include <utility>

#include "backend/port_control.hpp"
#include "charmux/address/serial_address.hpp"
#include "charmux/base/result.hpp"
#include "charmux/base/units.hpp"
#include "loop/timer.hpp"

namespace charmux::backend {

/// How long things take at a terminal server's port.
struct TelnetPortTimes {
  std::chrono::milliseconds break_length{250};  ///< as at a port of this host.
  std::chrono::milliseconds patience{3000};     ///< what a server has not answered by then it will not.
};

/// A terminal server's serial port, set and heard by RFC 2217, whose client this is. Of each command one is on its way,
/// the others wait for its answer; one that is not answered (ser2net 4.3 on a line that its port has not) counts as
/// having changed nothing. Owned by the telnet channel, which moves its commands. For the loop's thread.
class TelnetPort final : public PortControl {
 public:
  /// Its channel.
  class Wire {
   public:
    virtual ~Wire() = default;
    virtual void send(const protocol::ComPortMessage& message) = 0;
    /// holds_typing() is another.
    virtual void typing_changed() = 0;
    virtual void port_remarks(const std::string& remark) = 0;
  };
  TelnetPort(loop::Loop& loop, Wire& wire, const address::RemotePort& settings, const TelnetPortTimes& times);

  /// The server has agreed: sets what the address says.
  void begin();
  /// The server has said this. Answers, ears and remarks are told from inside.
  void heard(const protocol::ComPortMessage& message);
  /// One of the usual length; during another it is that one.
  void send_break(std::function<void(Status)> answer);
  /// What is typed waits: the server has said so, or a break is on.
  [[nodiscard]] bool holds_typing() const { return suspended_ || !breaks_.empty(); }

  void ask(protocol::ComPortCommand command, std::uint32_t value, Answer answer) override;
  [[nodiscard]] std::uint8_t modem_state() const override { return lines_; }
  void listen(Ear ear) override;

 private:
  struct Request {
    protocol::ComPortCommand command;
    std::uint32_t value;
    Answer answer;
    MonoTime deadline;
  };
  /// SET-CONTROL is about several things; its question says which.
  using Subject = std::pair<protocol::ComPortCommand, std::uint32_t>;
  [[nodiscard]] static Subject subject(protocol::ComPortCommand command, std::uint32_t value);

  void wish(protocol::ComPortCommand command, std::uint32_t value, const std::string& words);
  void answered(protocol::ComPortCommand command, std::uint32_t value);
  void give_up();
  void next(protocol::ComPortCommand command);
  void wait();
  void end_break();
  void suspend(bool suspended);
  void modem(std::uint8_t state);

  loop::Loop& loop_;
  Wire& wire_;
  const address::RemotePort settings_;
  const TelnetPortTimes times_;
  std::deque<Request> requests_;  ///< as they were asked; the first of each command is on its way.
  std::map<Subject, std::uint32_t> known_;
  loop::Timer patience_;
  std::vector<std::function<void(Status)>> breaks_;  ///< who waits for the end of the one that is on.
  loop::Timer break_;
  bool suspended_ = false;
  std::uint8_t lines_ = kUnknownModemState;
  Ear ear_;
};

}  // namespace charmux::backend
