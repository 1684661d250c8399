// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "charmux/base/result.hpp"
#include "charmux/base/units.hpp"

namespace charmux::daemon {

/// What is remembered of each console there ever was: its name and its number, across restarts of guests and of the
/// daemon. Kept in one file of the state directory, written anew as a whole (temporary, fsync, rename). Knows no
/// consoles. For the loop's thread; RegistrySaver writes it off the loop.
class Registry {
 public:
  struct Entry {
    std::string key;       ///< what the console is known by: "UUID/serial/0", "name:NAME/serial/0" without a UUID, or
                           ///< "console/NAME" of a fixed one
    std::string guest;     ///< the name of its domain; empty for a fixed one
    std::string name;      ///< the console's, unique
    std::string wish;      ///< the name that its source has for it: `name`, unless another has that
    unsigned number = 0;   ///< from 1, unique; 0: there was none left
    std::string source;    ///< where it was last found
    WallTime seen{};       ///< when it was last there, to the millisecond; while it is present: when it came
    bool present = false;  ///< from admit() to depart()
    bool pinned = false;   ///< its number is what its wish pinned
    std::optional<WallTime> missing_since{};  ///< see missing_since()
    friend bool operator==(const Entry&, const Entry&) = default;
  };

  /// A console that is there, as its source describes it.
  struct Wish {
    std::string key;
    std::string guest;
    std::string name;
    std::string source;
    std::optional<unsigned> pinned{};  ///< the number that the configuration wants for it
  };

  /// How another entry was changed by an admission.
  struct Change {
    std::string key;
    std::string name;     ///< before
    unsigned number = 0;  ///< before
    friend bool operator==(const Change&, const Change&) = default;
  };
  /// What an admission has to say.
  struct Told {
    std::vector<std::string> remarks;  ///< sentences for the log; they begin with "console NAME: "
    std::vector<Change> changes;       ///< of other entries, which may be present
  };

  /// An empty one that is kept at `path`.
  explicit Registry(std::string path) : path_(std::move(path)) {}
  Registry(Registry&&) noexcept = default;
  Registry& operator=(Registry&&) noexcept = default;
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;
  ~Registry() = default;
  /// What was kept at `path`; nothing where there is no such file. What was present when the daemon ended was last seen
  /// now. A file that cannot be read, is not whole or belongs to a newer charmuxd is renamed to "PATH.broken-TIME" and
  /// told in `remarks`.
  [[nodiscard]] static Registry load(const std::string& path, WallTime now, std::vector<std::string>& remarks);
  /// For one who writes it elsewhere: the file's text if anything has changed since it was last written, loaded or
  /// taken. It counts as written unless not_saved() says otherwise.
  [[nodiscard]] std::optional<std::string> take_unsaved();
  void not_saved() { changed_ = true; }
  [[nodiscard]] const std::string& path() const { return path_; }

  /// Who says whether the guest of an entry that is not present may be there all the same, unseen as yet: then nobody
  /// inherits its entry. Without one: it is gone.
  void ask_whether_there(std::function<bool(const Entry&)> may_be_there) { may_be_there_ = std::move(may_be_there); }
  /// Numbers that the configuration pins: nobody gets one of them but by a wish that pins it.
  void reserve(std::set<unsigned> numbers) {
    reserved_ = std::move(numbers);
    none_free_below_ = 1;
  }

  /// Marks that console as present and gives it its name and number; may be called again whenever its wish changes.
  /// `most`: the highest number that has a place in any range of ports; 0: there is none to keep to. The entry stays
  /// where it is until it is forgotten; its name and number may change by later admissions, which tell so.
  ///
  /// The name is the wish's, unless a present entry has it: then NAME~2, NAME~3 and so on, for good. An entry that is
  /// not present gives its name up. A new key takes over the entry of the same wish, kind and position whose guest had
  /// this guest's name and is gone, or was where this one is.
  /// The number is the pinned one (whoever has it moves), else the one remembered, else the lowest that is free, else
  /// that of the entry that is gone for longest, else none.
  const Entry& admit(const Wish& wish, unsigned most, WallTime now, Told& told);
  /// That console is not there any more; its name and number are kept.
  void depart(std::string_view key, WallTime now);
  /// Since when output of the console of that name is missing in its history, if any is: see history::Ring, which has
  /// no file that says so before its first byte.
  void missing_since(const std::string& name, std::optional<WallTime> time);
  /// Drops what is not present and was not for `keep`, and returns it: the caller removes its history.
  std::vector<Entry> forget_older_than(std::chrono::milliseconds keep, WallTime now,
                                       const std::function<bool(const Entry&)>& may_go = {});

  [[nodiscard]] const Entry* find(std::string_view key) const;
  /// All of them by key.
  [[nodiscard]] const std::map<std::string, Entry, std::less<>>& entries() const { return entries_; }

 private:
  /// Whether its guest is there, or may be without having been seen.
  [[nodiscard]] bool may_be_there(const Entry& entry) const;
  Entry& entry_for(const Wish& wish, Told& told);
  Entry* heir_of(const Wish& wish);
  void settle_name(Entry& entry, const Wish& wish, Told& told);
  void settle_number(Entry& entry, const Wish& wish, unsigned most, Told& told);
  bool take_pinned(Entry& entry, unsigned pinned, unsigned most, Told& told);
  void make_way(Entry& other, const Entry& pinned, unsigned most, Told& told);
  void take_any(Entry& entry, unsigned most, Told& told);
  [[nodiscard]] Entry* longest_gone(unsigned most);
  [[nodiscard]] unsigned lowest_free(unsigned most);
  void drop_number(unsigned number);
  [[nodiscard]] std::string free_name(const std::string& name) const;
  void set_name(Entry& entry, const std::string& name);
  void set_number(Entry& entry, unsigned number);
  Entry& insert(const Entry& entry);

  std::string path_;
  std::map<std::string, Entry, std::less<>> entries_;  ///< by key; nodes stay where they are
  std::map<std::string, Entry*, std::less<>> names_;
  std::map<unsigned, Entry*> numbers_;  ///< without 0
  std::set<unsigned> reserved_;
  unsigned none_free_below_ = 1;  ///< so that giving out n numbers is not a walk of n each
  std::function<bool(const Entry&)> may_be_there_;
  bool changed_ = false;
};

}  // namespace charmux::daemon
