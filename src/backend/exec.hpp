// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "backend/opener.hpp"
#include "loop/loop.hpp"
#include "loop/process.hpp"

namespace charmux::backend {

/// A program on a pty of its own, as a login runs: leader of a session, the pty its controlling terminal, with the
/// kernel's settings (cooked, echo). Opening is starting it; its console lives as long as it does, and its reason says
/// how it ended. Closing is hanging up: SIGHUP to its session, and SIGKILL to what is there later. A program that ends
/// by itself takes along what is left of its session.
class Exec final : public Opener {
 public:
  Exec(loop::Loop& loop, const address::Exec& at, Owner& owner);

  void begin() override;

 private:
  void cannot_run(const Error& error);

  loop::Loop& loop_;
  const address::Exec at_;
  const std::string text_;
  Owner& owner_;
  std::vector<std::unique_ptr<loop::Process>> processes_;  ///< the one that runs, behind those that are not reaped yet.
};

}  // namespace charmux::backend
