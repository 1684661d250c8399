// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "console/comings.hpp"
#include "console/input.hpp"
#include "console/writer_lock.hpp"
#include "loop/timer.hpp"

namespace charmux::console {

class Viewer;

/// What came of asking for the pen.
enum class PenAnswer {
  yours,    ///< it may type, now or since before.
  asked,    ///< another has the pen, who is told; the viewer stands in line.
  refused,  ///< it may not type; see Console::why_not_typed().
};

/// Who of a console's viewers may type: of those whose door says single or force, the one who has the pen; those whose
/// door says shared need none. Who only spies is never in line. Tells those who win or lose the pen; the others hear of
/// it through Comings. A member of its console, which asks for nobody who may not type. For the loop's thread.
class Pen {
 public:
  using Id = WriterLock::Id;
  /// Its console's side.
  struct Owner {
    std::function<Viewer*(Id)> find;
    /// So many bytes that this viewer had typed will not reach the guest.
    std::function<void(const Viewer&, std::size_t bytes, const std::string& why)> dropped;
    /// This viewer got or lost the pen; `how` or why.
    std::function<void(const Viewer&, bool got, const std::string& how)> passed;
  };
  /// `idle`: a writer who types nothing for so long loses the pen; 0: never.
  Pen(std::chrono::milliseconds idle, loop::Loop& loop, Input& input, Comings& comings, Owner owner);

  void attach(Viewer& viewer);
  /// It is no more.
  void leave(const Viewer& viewer);
  /// It types. False: it may not, and stands in line unless it spies.
  [[nodiscard]] bool type(Viewer& viewer);
  /// It wants to type, and spies no more.
  [[nodiscard]] PenAnswer ask(Viewer& viewer);
  /// It takes the pen from whoever has it, and spies no more.
  void force(Viewer& viewer);
  /// It will type no more; what it typed before still goes to the guest, and only then the pen passes.
  void lay_down(const Viewer& viewer);
  /// Something that waited of this writer's has gone to the guest.
  void input_went(Id writer);
  /// From now on it is that; a writer who has been idle for so long already loses it.
  void set_idle(std::chrono::milliseconds after);
  /// Nobody loses it by being idle any more.
  void stop() { idle_.stop(); }

  /// Who has the pen, or else the one who needs none and typed last, or null.
  [[nodiscard]] const Viewer* writer() const;
  [[nodiscard]] std::optional<Id> writer_id() const { return lock_.holder() ? lock_.holder() : shared_; }
  [[nodiscard]] std::optional<Id> holder() const { return lock_.holder(); }
  /// Whether what it types would go to the guest now.
  [[nodiscard]] bool may_write(const Viewer& viewer) const;

 private:
  void take(Viewer& viewer, const std::string& how);
  void got(const Viewer& viewer, const std::string& how);
  void pass_on(Id from, const std::string& why);
  void tell_holder_of(const Viewer& asker);
  void look_for_idleness();
  void drop_input(const Viewer& viewer, const std::string& why);

  std::chrono::milliseconds idle_after_;
  loop::Loop& loop_;
  Input& input_;
  Comings& comings_;
  const Owner owner_;
  WriterLock lock_;
  std::optional<Id> shared_;  ///< who typed last of those that need no pen.
  std::optional<Id> done_;    ///< the holder, when it leaves the pen once its input is with the guest.
  std::vector<Id> asked_;     ///< those of whom the holder has been told.
  MonoTime typed_at_{};       ///< when the holder typed last, or got the pen.
  loop::Timer idle_;          ///< runs while somebody could be idle for too long.
};

}  // namespace charmux::console
