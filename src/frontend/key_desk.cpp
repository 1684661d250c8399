// SPDX-License-Identifier: Apache-2.0
#include "frontend/key_desk.hpp"

#include <algorithm>
#include <utility>

#include "charmux/base/version.hpp"
#include "console/fanout.hpp"
#include "console/notices.hpp"
#include "frontend/break_sequences.hpp"
#include "frontend/key_texts.hpp"
#include "frontend/last_lines.hpp"

namespace charmux::frontend {
namespace {

constexpr char kEnter = '\r';
constexpr char kLineFeed = '\n';
constexpr char kLastLine = 0x12;  // ^R
constexpr std::size_t kFewLines = 20;
constexpr std::size_t kManyLines = 60;
constexpr unsigned kLastOctet = 0xFF;

}  // namespace

KeyDesk::KeyDesk(Owner& owner, console::Viewer& viewer, config::EscapeSequence keys)
    : owner_(owner),
      viewer_(viewer),
      keys_(keys),
      shown_(config::text_of(keys)),
      timer_(viewer.console().fanout().loop(), [this] { pause_is_over(); }) {}

KeyDesk::Then KeyDesk::typed(BytesView& bytes) {
  // Not only while there are bytes: a piece may be ready that was waiting behind its echo.
  while (!busy()) {
    const std::optional<KeyPiece> piece = keys_.next(bytes);
    if (!piece) return Then::go_on;
    switch (piece->kind) {
      case KeyPiece::Kind::data: owner_.type(piece->data); break;
      case KeyPiece::Kind::echo: viewer_.echo(piece->text); break;
      case KeyPiece::Kind::line_dropped: tell_sentence("nothing was told"); break;
      case KeyPiece::Kind::line_begins:
        tell_sentence(fmt::format("a line to the {}; Enter sends it, ^C drops it",
                                  others() == 1 ? "other viewer" : fmt::format("{} others", others())));
        break;
      case KeyPiece::Kind::command: {
        const Then then = command(std::to_integer<char>(piece->key), piece->text);
        if (then != Then::go_on) return then;
        break;
      }
    }
  }
  append(meanwhile_, std::exchange(bytes, {}));
  return Then::go_on;
}

KeyDesk::Then KeyDesk::command(char key, const std::string& text) {
  switch (key) {
    case '.': return Then::disconnect;
    case ';':
      if (owner_.has_menu()) return Then::menu;
      tell_sentence("this door has one console, and no menu");
      break;
    case 'a': ask_for_pen(); break;
    case 'f': force_pen(); break;
    case 's': spy(); break;
    case 'b': broadcast(text); break;
    case 'l': break_wanted(text[0]); break;
    case '\\': send_octal(text); break;
    case 'd':
    case 'o': change_backend(key); break;
    case 'e':
      viewer_.set_keys(keys_.sequence());
      shown_ = config::text_of(keys_.sequence());
      tell_sentence(fmt::format("keys begin with {} now", shown_));
      break;
    case kEnter:
    case kLineFeed: break;
    default: answer_question(key);
  }
  return Then::go_on;
}

void KeyDesk::answer_question(char key) {
  switch (key) {
    case 'w': return tell(key_texts::who(viewer_));
    case 'i': return tell(key_texts::information(console()));
    case 'r': return tell(last_lines(console().ring(), kFewLines));
    case 'p': return tell(last_lines(console().ring(), kManyLines));
    case kLastLine: return tell(last_lines(console().ring(), 1));
    case 'v': return tell_sentence(fmt::format("charmuxd {}", version()));
    case '?': return tell(key_texts::help(shown_));
    default: break;
  }
  const std::string elsewhere = key_texts::not_here(key, shown_);
  tell(elsewhere.empty() ? key_texts::unknown(key, shown_) : elsewhere);
}

// --- who types ---

void KeyDesk::ask_for_pen() {
  switch (console().ask_for_pen(viewer_)) {
    case console::Console::PenAnswer::yours: return tell_sentence("you type");
    case console::Console::PenAnswer::asked:
      return tell_sentence(fmt::format("{} types, and is asked; {}f takes over",
                                       console().writer() == nullptr ? "nobody" : console().writer()->who(), shown_));
    case console::Console::PenAnswer::refused:
      return tell(console::notices::read_only(console().why_not_typed(viewer_)));
  }
}

void KeyDesk::force_pen() {
  const console::Viewer* const before = console().writer();
  const std::string typist = before == nullptr || before == &viewer_ ? "" : before->who();
  if (!console().force_pen(viewer_)) return tell(console::notices::read_only(console().why_not_typed(viewer_)));
  tell_sentence(typist.empty() ? "you type" : fmt::format("you type; {} is told", typist));
}

void KeyDesk::spy() {
  console().spy(viewer_);
  const std::string how = console().may_type(viewer_) ? fmt::format("; {}a to type", shown_) : "";
  tell_sentence("you only watch" + how);
}

/// Whether it has the pen, perhaps by taking one that lies free; if not, says so.
bool KeyDesk::may_write(std::string_view key) {
  if (console().may_write(viewer_)) return true;
  // Beside another type() would put it in line, and it has not asked for that.
  if (console().writer() == nullptr && console().type(viewer_, {})) return true;
  const std::string how = console().how_to_type(viewer_);
  tell_sentence(fmt::format("{}{} needs the pen: {}{}{}", shown_, key, console().why_not_typed(viewer_),
                            how.empty() ? "" : "; ", how));
  return false;
}

void KeyDesk::send_octal(const std::string& digits) {
  if (!may_write("\\")) return;
  unsigned value = 0;
  const bool octal = digits.size() == 3 && std::all_of(digits.begin(), digits.end(), [&value](char digit) {
                       value = value * 8 + static_cast<unsigned>(digit - '0');
                       return digit >= '0' && digit <= '7';
                     });
  if (!octal || value > kLastOctet)
    return tell_sentence(fmt::format("{}\\ takes three octal digits, \\000 to \\377; nothing was sent", shown_));
  const auto byte = static_cast<std::byte>(value);
  owner_.type({&byte, 1});
}

// --- the guest and its backend ---

void KeyDesk::change_backend(char key) {
  if (!may_write({&key, 1})) return;
  if (key == 'd') {
    console().put_down(viewer_.origin());
    tell_sentence(fmt::format("{} is put down; {}o opens it again", console().name(), shown_));
  } else {
    console().reopen(viewer_.origin());
    tell_sentence(fmt::format("{} is opened again", console().name()));
  }
}

void KeyDesk::break_wanted(char which) {
  if (which == '?') return tell(break_list());
  if (which < '0' || which > '9')
    return tell_sentence(fmt::format("{0}l takes a digit; {0}l? lists the break sequences", shown_));
  if (!may_write(std::string("l") + which)) return;
  const std::optional<BreakSequence> sequence = break_sequence(which);
  if (!sequence)
    return tell_sentence(fmt::format("no break: l{} is not set; {}l? lists those that are", which, shown_));
  sequence_ = sequence->written;
  pause_ = sequence->pause;
  go_on_with_sequence();
}

void KeyDesk::go_on_with_sequence() {
  while (!sequence_.empty()) {
    // Who takes the pen in between has not asked for the rest of it.
    if (!may_write("l")) break;
    const BreakStep step = next_break_step(sequence_);
    if (step.kind == BreakStep::Kind::text) owner_.type(as_bytes(step.text));
    if (step.kind == BreakStep::Kind::brk) owner_.send_break();
    if (step.kind == BreakStep::Kind::pause) return timer_.start(pause_);
  }
  sequence_ = {};
}

void KeyDesk::pause_is_over() {
  go_on_with_sequence();
  if (busy()) return;
  const Bytes meanwhile = std::exchange(meanwhile_, {});
  owner_.typed_meanwhile(meanwhile);
}

// --- the others ---

std::size_t KeyDesk::others() const {
  const auto& all = console().viewers();
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [this](const console::Viewer* each) {
    return each != &viewer_ && each->settings().told == console::Told::all;
  }));
}

void KeyDesk::broadcast(const std::string& text) {
  if (text.empty()) return tell_sentence("nothing was told");
  const std::size_t count = others();
  if (count == 0) return tell_sentence("nobody else is here to be told");
  console().broadcast(viewer_.origin(), text, &viewer_);
  tell_sentence(fmt::format("told to {}", count == 1 ? "the other viewer" : fmt::format("{} others", count)));
}

void KeyDesk::tell_sentence(std::string_view text) { tell(console::notices::sentence(text)); }

}  // namespace charmux::frontend
