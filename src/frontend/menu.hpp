// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "charmux/base/bytes.hpp"
#include "frontend/line_editor.hpp"

namespace charmux::frontend {

/// The menu that a telnet client without a console of its own is in: lists consoles, and reads lines until one is
/// chosen. Bytes in, text out; no I/O, no telnet. One a client.
///
/// A line chooses a console by its whole name, its number, or a beginning of its name that no other has, in this order.
/// A filter changes what is listed, not what a line means. Names are shown and typed as printable() writes them.
class Menu {
 public:
  struct Row {
    unsigned number;  ///< 0: it has none
    std::string name;
    std::string state;
    std::string writer;  ///< empty: nobody
    std::size_t viewers;
  };
  /// The consoles that this client may watch, in any order; asked anew for each page, since they come and go.
  using Rows = std::function<std::vector<Row>()>;

  /// Lines of a page, and of a list of candidates.
  static constexpr std::size_t kPage = 20;
  /// Bytes of unread answers from which on lines get no more pages, and no more help in finding what they mean.
  static constexpr std::size_t kMaxUnread = std::size_t{16} * 1024;

  explicit Menu(Rows rows);

  struct Outcome {
    enum class Kind { none, open, leave };
    Kind kind = Kind::none;
    std::string console;  ///< of open
  };
  /// What is shown on coming in: the first page and the prompt. `columns`, `rows` of the client's window are not
  /// needed: pages have 20 lines.
  void greet(std::string& out);
  /// Takes what the client typed up to the end of a line that chooses or leaves: `bytes` is moved on past what was
  /// taken, the rest belongs to the console. Appends what to show, echo included; line ends are CR LF. `out` is all
  /// that the client has not been sent yet: what it asks beyond kMaxUnread in one go is not worth an answer.
  [[nodiscard]] Outcome typed(BytesView& bytes, std::string& out);
  /// After an open: drops the LF or NUL that still belongs to its Enter from the front of what the client sends next.
  /// Once is enough, more often does no harm.
  void skip_line_end(BytesView& bytes) { editor_.skip_line_end(bytes); }
  /// Shows a sentence on a line of its own, and the prompt anew with what was typed so far.
  void tell(std::string_view sentence, std::string& out);

 private:
  /// A console as it is shown, and how it is found.
  struct Entry {
    Row row;
    std::string shown;    ///< its name without control bytes
    std::string lowered;  ///< that, for the filter
  };
  /// Where a page ended: the next one begins behind it, whatever has come and gone since.
  /// The number less one, so that those without one come last; then by name.
  using Place = std::tuple<unsigned, std::string>;
  using Entries = std::vector<const Entry*>;

  [[nodiscard]] Outcome line_ended(std::string& out);
  void filter(std::string_view text, std::string& out);
  [[nodiscard]] std::optional<std::string> chosen(std::string_view word, std::string& out);
  void show_page(std::string& out);
  void show_unknown(std::string_view word, std::string& out);
  void prompt(std::string& out) const;
  void look_again();
  [[nodiscard]] bool passes(const Entry& entry) const;
  [[nodiscard]] Entries filtered() const;
  [[nodiscard]] static Place place_of(const Entry& entry);

  Rows rows_;
  LineEditor editor_;
  std::string filter_;         ///< lower case; empty: none
  std::optional<Place> upto_;  ///< the last console of the page shown; nothing: Enter begins at the first
  std::vector<Entry> known_;   ///< what rows_ last said, while lines of one go are dealt with
};

}  // namespace charmux::frontend
