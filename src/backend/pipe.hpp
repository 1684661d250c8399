// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "backend/opener.hpp"
#include "charmux/base/unique_fd.hpp"
#include "loop/loop.hpp"
#include "loop/poll.hpp"

namespace charmux::backend {

/// A QEMU pipe chardev (`-chardev pipe,path=PATH`): it prints into the FIFO PATH.out and reads what is typed from
/// PATH.in, each of which it opens for both directions; where they are not both there, it has the one FIFO PATH for
/// all (7.2, chardev/char-pipe.c). Nothing but QEMU's hold on them says that it is there; a FIFO opened by us for both
/// directions would hide that, so each is opened for one.
///
/// One FIFO is only read: bytes typed into it would come back as if printed.
class Pipe final : public Opener {
 public:
  Pipe(loop::Loop& loop, std::string path, Owner& owner);

  void begin() override;
  void abandon() override;

 private:
  /// Opens a FIFO. When that fails its owner has been told.
  [[nodiscard]] UniqueFd open(const std::string& path, int direction);
  void begin_two();
  void begin_one();
  /// Opens its console if somebody has the one FIFO open for writing.
  [[nodiscard]] bool serve();

  loop::Loop& loop_;
  const std::string path_;
  const std::string in_;
  const std::string out_;
  Owner& owner_;
  UniqueFd waiting_;  ///< the one FIFO, held open until somebody writes into it,
  loop::Poll poll_;   ///< ... which this tells.
};

}  // namespace charmux::backend
