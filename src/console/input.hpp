// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "console/input_mixer.hpp"
#include "loop/timer.hpp"
#include "net/io.hpp"

namespace charmux::console {

/// What was typed, on its way to the guest: it goes at once while the guest takes it and nothing says otherwise, and
/// else waits in its writer's queue (see InputMixer). A member of its console. For the loop's thread.
class Input {
 public:
  using Writer = InputMixer::Writer;
  struct Owner {
    /// Gives the guest bytes; when it does not take all of them, writable() follows.
    std::function<net::Io(BytesView)> give;
    /// Something of what waited of this writer has gone.
    std::function<void(Writer)> moved;
  };
  Input(const InputMixer::Settings& settings, loop::Loop& loop, Owner owner);

  /// One read of this writer's, at most room() bytes.
  void type(Writer writer, BytesView read);
  /// The guest takes input again.
  void writable();
  /// Nothing goes until release() has been called as often: a break is on its way, and goes by another way.
  void hold() { ++held_; }
  void release();

  [[nodiscard]] bool empty() const { return mixer_.empty(); }
  [[nodiscard]] std::size_t waiting(Writer writer) const { return mixer_.waiting(writer); }
  [[nodiscard]] std::size_t room(Writer writer) const { return mixer_.room(writer); }
  /// Whatever waits goes at this pace from now on.
  void set_pace(const InputPace::Settings& pace);
  /// Nothing of this writer's shall go any more. How many bytes that were.
  std::size_t drop(Writer writer) { return mixer_.drop(writer); }

 private:
  void go_on();
  [[nodiscard]] std::size_t pass(Writer writer, BytesView read);

  loop::Loop& loop_;
  const Owner owner_;
  InputMixer mixer_;
  unsigned held_ = 0;
  bool blocked_ = false;  ///< the guest did not take all; writable() follows.
  loop::Timer due_;       ///< runs only while something waits for its time.
};

}  // namespace charmux::console
