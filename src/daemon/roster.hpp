// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "backend/moving_place.hpp"
#include "charmux/base/log.hpp"
#include "charmux/config/config.hpp"
#include "console/second_readers.hpp"
#include "daemon/members.hpp"
#include "daemon/places.hpp"
#include "daemon/registry_saver.hpp"
#include "daemon/sources.hpp"
#include "discovery/guest.hpp"
#include "frontend/listeners.hpp"
#include "loop/timer.hpp"

namespace charmux::daemon {

/// Which consoles there are: those of the configuration, those that are remembered, and those that sources find. Makes
/// each a Console with its name and number for life, and knows what is not offered. For the loop's thread.
class Roster final : private discovery::Sink {
 public:
  Roster(const config::Config& config, loop::Loop& loop, Log& log, console::Fanout& fanout,
         console::Directory& consoles, frontend::Listeners& listeners, Records& records);
  ~Roster() override = default;

  /// Makes the configured and the remembered consoles. Error: a history cannot be kept, with the reason.
  [[nodiscard]] Status prepare();
  /// Opens them, and begins to look for more.
  void start();
  /// The configuration has changed, and was `before`: makes the consoles that are new, retires those that are gone,
  /// and tells those that stay. What cannot be had is in the log.
  void change(const config::Config& before);
  /// Consoles that are no more have left.
  [[nodiscard]] Retired& retired() { return members_.retired(); }
  /// Takes in no more, and puts the last of what is remembered on the disk; stopped() when it is there. To be called
  /// when the consoles have stopped, as only then it is known until when each was read.
  void stop();
  [[nodiscard]] bool stopped() const { return saver_.idle(); }
  /// See discovery::Libvirts.
  [[nodiscard]] bool end_sources() { return sources_.end(); }

  /// What is there beside consoles, and where guests are looked for.
  [[nodiscard]] const Places& places() const { return places_; }
  /// The consoles' logs.
  [[nodiscard]] Journals& journals() { return members_.journals(); }

 private:
  // discovery::Sink
  void guest_is(const discovery::Guest& guest) override;
  void guest_happened(const std::string& source, discovery::Happening happening) override;
  void guest_ended(const std::string& source) override;
  void guests_are(const std::string& source, const std::vector<std::string>& guests) override;
  void guest_gone(const std::string& source) override;
  void guest_hidden(const std::string& source, const std::string& name, const std::string& reason) override;

  [[nodiscard]] Status make_fixed(const config::Console& each);
  /// Number and port of a configured console are what the configuration says.
  const Registry::Entry& admit_fixed(const config::Console& each);
  void change_fixed(const config::Config& before);
  void change_fixed(const config::Console& was, const config::Console& is);
  void number_fixed();
  void change_found(const config::Config& before);
  [[nodiscard]] bool is_wanted(const config::Config& before, const std::string& source, const std::string& wish) const;
  void recall(const Registry::Entry& entry);
  /// What a chardev of a guest is made to be: a console, or a line that says why it is none.
  void take_in(const discovery::Guest& guest, const discovery::Chardev& chardev, Places::Place& place);
  [[nodiscard]] std::string key_of(const discovery::Guest& guest, const discovery::Chardev& chardev) const;
  /// Whether the guest that this entry is of may be there, seen or not.
  [[nodiscard]] bool may_be_there(const Registry::Entry& entry) const;
  void lose(const std::string& key, const std::string& source, Finding::Guest as);
  /// A libvirt connection was lost, or is there again.
  void connection_hidden(const std::string& uri, const std::string& reason);
  /// The console that the configuration has at that chardev of a libvirt guest, or null.
  [[nodiscard]] const config::Console* configured_as(const discovery::Guest& guest,
                                                     const discovery::Chardev& chardev) const;
  /// Why a guest that a monitor shows is libvirt's to show, or may be; empty: it is not.
  [[nodiscard]] std::string why_libvirts(const discovery::Guest& guest) const;
  /// libvirt shows this guest from now on, not the monitors that did.
  void take_over(const discovery::Guest& guest);
  /// What was left to libvirt may not be there any more.
  void show_again();
  /// Remembers since when output of a console would be missing, if it has no file that does.
  void note(const console::Console& console);
  /// Now and then: what nothing announces.
  void tidy();
  /// Whose chardev has closed since its monitor went, and all of that source.
  void end_unseen(const std::string& source);
  void forget_old();

  const config::Config& config_;
  Log& log_;
  const console::Directory& consoles_;
  frontend::Listeners& listeners_;
  Registry registry_;
  RegistrySaver saver_;
  Sources sources_;
  std::map<std::string, discovery::Guest> monitored_;  ///< what monitors told last
  console::SecondReaders second_readers_;
  Members members_;
  Places places_;
  struct Fixed {
    console::Console* console;
    backend::MovingPlace* place;  ///< its Line's
  };
  std::map<std::string, Fixed> fixed_;  ///< the configured ones, by name
  bool stopping_ = false;
  /// How often it is looked for what nothing announces: a chardev that outlived its monitor, a console to be forgotten.
  static constexpr std::chrono::seconds kTidy{2};
  loop::Timer tidy_;
};

}  // namespace charmux::daemon
