// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "console/console.hpp"
#include "console/viewer.hpp"
#include "frontend/escape_keys.hpp"
#include "loop/timer.hpp"

namespace charmux::frontend {

/// Does what a viewer's keys say (console(1), ESCAPE SEQUENCES), answers to that viewer alone, and hands on what is the
/// guest's. A member of the session; for the loop's thread.
class KeyDesk {
 public:
  /// The session's side of it.
  class Owner {
   public:
    virtual ~Owner() = default;
    /// For the guest, as if there were no keys.
    virtual void type(BytesView bytes) = 0;
    virtual void send_break() = 0;
    /// The client chose this console in a menu, which it can go back to.
    [[nodiscard]] virtual bool has_menu() const = 0;
    /// A break sequence with pauses is over: the client is read again, and what it typed meanwhile is dealt with. May
    /// destroy the desk.
    virtual void typed_meanwhile(BytesView bytes) = 0;
  };
  KeyDesk(Owner& owner, console::Viewer& viewer, config::EscapeSequence keys);

  /// What the session is to do next.
  enum class Then {
    go_on,
    disconnect,
    menu,
  };
  /// Takes what was typed off the front of `bytes`: all of it, or up to a key by which the viewer leaves.
  [[nodiscard]] Then typed(BytesView& bytes);

  /// A break sequence is on its way. What is typed meanwhile waits here, so that little should be read.
  [[nodiscard]] bool busy() const { return !sequence_.empty(); }
  /// How many bytes are held that may be the guest's yet.
  [[nodiscard]] std::size_t held() const { return keys_.held(); }

 private:
  [[nodiscard]] Then command(char key, const std::string& text);
  void answer_question(char key);
  void change_backend(char key);
  void ask_for_pen();
  void force_pen();
  void spy();
  void send_octal(const std::string& digits);
  void break_wanted(char which);
  void go_on_with_sequence();
  void pause_is_over();
  void broadcast(const std::string& text);
  void tell(std::string_view text) { viewer_.answer(std::string(text)); }
  void tell_sentence(std::string_view text);
  [[nodiscard]] bool may_write(std::string_view key);
  [[nodiscard]] std::size_t others() const;
  [[nodiscard]] console::Console& console() const { return viewer_.console(); }

  Owner& owner_;
  console::Viewer& viewer_;
  EscapeKeys keys_;
  std::string shown_;          ///< the escape sequence, as text
  std::string_view sequence_;  ///< what is left to send of a break sequence
  std::chrono::milliseconds pause_{0};
  Bytes meanwhile_;
  loop::Timer timer_;
};

}  // namespace charmux::frontend
