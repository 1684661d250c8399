// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>

#include "charmux/base/result.hpp"
#include "charmux/base/unique_fd.hpp"
#include "net/endpoint.hpp"

namespace charmux::net {

/// A socket that is bound and listens, and the file it made if it is a UNIX socket with a path: removed with it.
class ServerSocket {
 public:
  /// A UNIX socket's file has mode 0600. A socket file that is there already is replaced only when nobody listens on
  /// it. An IPv6 endpoint takes IPv6 only. Error: the address is taken, not ours, or not permitted; says which and what
  /// to do, with its errno.
  [[nodiscard]] static Result<ServerSocket> listen(const Endpoint& at);
  ServerSocket(ServerSocket&&) noexcept = default;
  ServerSocket& operator=(ServerSocket&&) noexcept = delete;
  ~ServerSocket();

  /// Of a UNIX socket with a path: members of that group may connect as well, mode 0660. Error: it stays its owner's
  /// alone.
  [[nodiscard]] Status let_group_in(gid_t group);

  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  ServerSocket(UniqueFd fd, const Endpoint& at);
  UniqueFd fd_;
  std::string path_;
  unsigned long inode_ = 0;
};

}  // namespace charmux::net
