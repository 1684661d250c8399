// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "charmux/base/log.hpp"
#include "charmux/config/config.hpp"
#include "cli/outcome.hpp"
#include "cli/tapped.hpp"
#include "console/directory.hpp"
#include "console/fanout.hpp"
#include "discovery/libvirts.hpp"
#include "frontend/closing.hpp"
#include "frontend/listeners.hpp"
#include "frontend/sessions.hpp"
#include "loop/loop.hpp"
#include "loop/signal.hpp"
#include "loop/timer.hpp"

namespace charmux::cli {

/// Guests are not looked for.
class NoSink final : public discovery::Sink {
  void guest_is(const discovery::Guest&) override {}
  void guest_happened(const std::string&, discovery::Happening) override {}
  void guest_ended(const std::string&) override {}
  void guest_hidden(const std::string&, const std::string&, const std::string&) override {}
};

/// The composition root of `charmux bridge`: one console, its history in memory, and its doors, in the foreground.
class Bridge {
 public:
  struct Settings {
    bool once = false;     ///< ends with its first client, or its backend.
    bool verbose = false;  ///< shows on stderr what passes. Waits for stderr: whoever stops that stops everything.
  };
  /// `config` is config::bridge_config()'s.
  Bridge(const config::Config& config, const Settings& settings, Log& log);

  /// Opens all, serves until told to stop or over, stops.
  [[nodiscard]] Outcome<void> run();
  /// The second signal, which ended run() before all had stopped.
  [[nodiscard]] std::optional<int> cut_short_by() const { return cut_short_by_; }
  /// The last thing: true when a name look-up or a call into libvirt still runs on a thread; then the process must end
  /// without waiting for it.
  [[nodiscard]] bool has_pending_work() { return libvirts_.end() || loop_.has_pending_work(); }

 private:
  [[nodiscard]] Outcome<void> make_console();
  [[nodiscard]] std::unique_ptr<backend::Locator> place();
  [[nodiscard]] Outcome<void> open_listeners();
  [[nodiscard]] Tapped::Ear ear();
  [[nodiscard]] std::size_t most_viewers() const;
  void catch_signal(int number);
  void signalled(int number);
  [[nodiscard]] bool backend_became(backend::State state, const std::string& reason);
  void look_for_silence();
  void not_opened(backend::State state, const std::string& reason);

  const config::Config& config_;
  const config::Console& backend_;
  const Settings settings_;
  Log& log_;
  const std::size_t open_files_;
  loop::Loop loop_;
  NoSink no_sink_;
  discovery::Libvirts libvirts_;
  console::Fanout fanout_;
  console::Directory consoles_;
  frontend::Gate gate_;
  frontend::Sessions sessions_;
  frontend::Listeners listeners_;
  frontend::Closing closing_;
  std::vector<std::unique_ptr<loop::Signal>> signals_;
  loop::Timer over_;     ///< fires when the backend is over, outside of its own calls.
  loop::Timer silence_;  ///< with --once: the next look.
  MonoTime silent_since_{};
  bool was_open_ = false;
  bool told_ = false;  ///< a signal has come.
  std::optional<int> cut_short_by_;
  Outcome<void> ended_;
};

}  // namespace charmux::cli
