// SPDX-License-Identifier: Apache-2.0
#include "backend/pty.hpp"

#include "backend/pty_channel.hpp"

namespace charmux::backend {

void Pty::begin() {
  auto pty = open_pty(path_);
  if (!pty) return owner_.failed(pty.error().state, pty.error().reason);
  const std::size_t leftover = pty->leftover;
  owner_.opened(std::make_unique<PtyChannel>(loop_, std::move(*pty)), leftover);
}

}  // namespace charmux::backend
