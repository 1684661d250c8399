// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "access/passwords.hpp"
#include "charmux/protocol/telnet.hpp"
#include "charmux/protocol/telnet_encoder.hpp"
#include "frontend/com_port_desk.hpp"
#include "frontend/key_desk.hpp"
#include "frontend/menu.hpp"
#include "frontend/session.hpp"
#include "frontend/telnet_scratch.hpp"

namespace charmux::frontend {

/// A telnet client: sees the console through RFC 854's encoding with notices in between, types in character mode, and
/// has its telnet commands answered, those of RFC 2217 too if it wants that; and its keys, where its door has them. One
/// without a console of its own is in a menu first. Its end of input is its goodbye: telnet clients do not half-close.
class TelnetSession final : public Session, private ComPortDesk::Client, private KeyDesk::Owner {
 public:
  /// Who is at the other end.
  enum class Caller {
    person,   ///< has a terminal, and is shown by notices how things stand.
    program,  ///< takes this for a serial port (RFC 2217): is told nothing in-band, and so is closed, with the reason
              ///< in the log, when it types without the pen.
  };
  /// What stands behind a menu.
  struct Choices {
    Menu::Rows rows;
    /// The console of that name, and how it is watched through this door; null: it has gone since.
    std::function<console::Console*(const std::string& name)> find;
    std::function<console::ViewerSettings(const console::Console&)> settings;
  };
  /// What somebody gets who may come in: a console, or a choice of them, or an answer why it is neither.
  struct Welcome {
    std::string refusal{};  ///< a whole line; not empty: nothing else counts
    console::Console* console = nullptr;
    console::ViewerSettings settings{};
    std::optional<Choices> choices{};
    Crowd::Ticket seat{};
    std::shared_ptr<Judge> judge{};  ///< see Session::stay_by()
  };
  /// Whoever asks a client for its name and password.
  struct Reception {
    std::chrono::milliseconds patience;  ///< from now until it is known. When hit: it is told so, and ends.
    std::size_t tries;                   ///< when they are used up: it ends.
    Crowd::Ticket stranger;              ///< held until it is known
    /// See access::Passwords.
    std::function<void(const std::string& name, std::string password, std::weak_ptr<const void> wanted,
                       access::Passwords::Answer answer)>
        check;
    /// It is that user.
    std::function<Welcome(const std::string& name)> welcome;
  };
  TelnetSession(const Context& context, TelnetScratch& scratch, net::Stream stream, console::ViewerOrigin origin,
                console::Console& console, const console::ViewerSettings& settings, Caller caller = Caller::person);
  TelnetSession(const Context& context, TelnetScratch& scratch, net::Stream stream, console::ViewerOrigin origin,
                Choices choices);
  TelnetSession(const Context& context, TelnetScratch& scratch, net::Stream stream, console::ViewerOrigin origin,
                Reception reception);
  ~TelnetSession() override;

  /// Bytes that the client sent before this session was made of its connection.
  void received_before(BytesView bytes) {
    if (!bytes.empty()) received(bytes);
  }

 private:
  TelnetSession(const Context& context, TelnetScratch& scratch, net::Stream stream, console::ViewerOrigin origin,
                Caller caller);

  // Wire
  Sent send(BytesView bytes, std::uint64_t offset) override;
  void tell(std::string_view notice, bool off_line_start) override;
  void echo(std::string_view text) override;
  [[nodiscard]] const console::ViewerTerminal* terminal() const override { return &terminal_; }
  // Connection
  void received(BytesView bytes) override;
  [[nodiscard]] std::size_t read_room() const override;
  [[nodiscard]] bool half_closes() const override { return false; }
  void stopping() override;
  void turn_out(const std::string& why) override;
  void settle() override;
  [[nodiscard]] bool heeds_urgent() const override { return !desk_ || !desk_->is_full(); }
  void urgent_data(bool before_its_end) override;
  // ComPortDesk::Client
  void say(const protocol::ComPortMessage& message) override;
  void suspend(bool suspended) override;
  void signed_as(const std::string& signature) override;

  void open_desk();
  void hear(const protocol::TelnetEvent& event);
  void note(const protocol::TelnetWindow& window);
  void note(const protocol::TelnetTerminal& terminal);
  void mark();
  void give_marks(std::uint64_t up_to);
  void synched();
  // KeyDesk::Owner
  void type(BytesView bytes) override { typed(bytes); }
  void send_break() override;
  [[nodiscard]] bool has_menu() const override { return choices_ != nullptr; }
  void typed_meanwhile(BytesView bytes) override;

  void watch(console::Console& console, const console::ViewerSettings& settings);
  void unwatch();
  void after_input();
  void act(const protocol::TelnetSignal& signal);
  void data(BytesView bytes);
  [[nodiscard]] std::size_t login_room() const;
  void log_in(BytesView& bytes);
  void answered(access::Passwords::Verdict verdict);
  void come_in(Welcome welcome);
  void offer(Choices choices);
  void dismiss(std::string_view line);
  void choose(BytesView& bytes);
  void disconnect();
  void back_to_menu();
  void typed(BytesView bytes);
  void say(std::string_view text);

  TelnetScratch& scratch_;
  const Caller caller_;
  protocol::TelnetPeer peer_{protocol::TelnetPeer::Role::server};
  protocol::TelnetWireState wire_state_;
  std::vector<protocol::TelnetEvent> events_;
  std::vector<std::uint64_t> marks_;  ///< the offsets behind which a TIMING-MARK is owed.
  bool urgent_ = false;
  std::uint64_t discards_logged_ = 0;
  bool suspended_ = false;
  std::string told_typist_;  ///< the notice this client last got for typing in vain.

  /// Until a console is chosen, and the first key after it.
  struct Choosing {
    Menu menu;
    std::string shown;  ///< what the menu has said and the client has not been sent yet
    bool left = false;
  };
  std::unique_ptr<Choosing> choosing_;
  struct LoggingIn;
  std::unique_ptr<LoggingIn> logging_in_;  ///< until it is known who it is, and the first key after it.
  std::unique_ptr<ComPortDesk> desk_;      ///< since COM-PORT-OPTION was agreed on.
  std::unique_ptr<Choices> choices_;       ///< null: it has not come through a menu.
  std::unique_ptr<KeyDesk> keys_;          ///< since it typed, where its door has keys.
  console::ViewerTerminal terminal_;
  bool break_on_its_way_ = false;                                 ///< those that come meanwhile are dropped.
  std::shared_ptr<const void> alive_ = std::make_shared<char>();  ///< for answers that may come too late.
};

}  // namespace charmux::frontend
