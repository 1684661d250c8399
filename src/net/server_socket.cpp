// SPDX-License-Identifier: Apache-2.0
#include "net/server_socket.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/stat.h>

#include "net/socket_options.hpp"

namespace charmux::net {
namespace {

constexpr int kBacklog = 4096;

UniqueFd stream_socket(int family) { return UniqueFd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)); }

tl::unexpected<Error> refused(std::string text, int error_number) {
  return tl::unexpected(Error{std::move(text), error_number});
}

/// Removes a socket file that nobody listens on any more. Error: somebody does, or it is no socket.
Status remove_stale(const Endpoint& at) {
  const std::string path = at.text();
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return {};
  if (!S_ISSOCK(status.st_mode))
    return refused(
        fmt::format("cannot listen on {}: a file that is not a socket is there; remove it or choose another path",
                    path),
        EEXIST);
  const UniqueFd probe = stream_socket(AF_UNIX);
  const int result = ::connect(probe.get(), at.raw(), at.length);
  // EAGAIN: there is a listener, and its backlog is full.
  if (result == 0 || errno != ECONNREFUSED)
    return refused(
        fmt::format("cannot listen on {}: another process listens there; stop it or choose another path", path),
        EADDRINUSE);
  ::unlink(path.c_str());
  return {};
}

std::string remedy(int error_number, const Endpoint& at) {
  switch (error_number) {
    case EADDRINUSE:
      return fmt::format("another process listens there; stop it or choose another {}",
                         at.family() == AF_UNIX ? "name" : "port");
    case EACCES:
    case EPERM: return "no permission; run as root, or choose a port above 1023 or a path you may write to";
    case EADDRNOTAVAIL: return "no interface of this machine has that address; see `ip addr`";
    case ENOENT: return "its directory does not exist; make it first";
    default: return errno_text(error_number);
  }
}

}  // namespace

Result<ServerSocket> ServerSocket::listen(const Endpoint& at) {
  UniqueFd fd = stream_socket(at.family());
  if (!fd) return failure("cannot listen on {}: {}", at.text(), errno_text(errno));
  const bool has_file = at.family() == AF_UNIX && at.text()[0] == '/';
  if (has_file) {
    if (Status removed = remove_stale(at); !removed) return tl::unexpected(removed.error());
    // On Linux the file that bind(2) makes has the mode of the socket's own inode, so no umask and no race (unix(7)).
    ::fchmod(fd.get(), 0600);
  } else if (at.family() != AF_UNIX) {
    set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
    if (at.family() == AF_INET6) set_option(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 1);
  }
  if (::bind(fd.get(), at.raw(), at.length) != 0 || ::listen(fd.get(), kBacklog) != 0) {
    const int error = errno;
    return refused(fmt::format("cannot listen on {}: {}", at.text(), remedy(error, at)), error);
  }
  return ServerSocket(std::move(fd), at);
}

ServerSocket::ServerSocket(UniqueFd fd, const Endpoint& at) : fd_(std::move(fd)) {
  struct stat status {};
  const std::string text = at.text();
  if (at.family() != AF_UNIX || ::lstat(text.c_str(), &status) != 0) return;
  path_ = text;
  inode_ = status.st_ino;
}

Status ServerSocket::let_group_in(gid_t group) {
  constexpr auto kSameOwner = static_cast<uid_t>(-1);
  // The group first: 0660 is for no other group, not for a moment.
  if (::lchown(path_.c_str(), kSameOwner, group) != 0 || ::chmod(path_.c_str(), 0660) != 0)
    return failure("{}", errno_text(errno));
  return {};
}

ServerSocket::~ServerSocket() {
  // The file may be a successor's by now; only our own is removed.
  struct stat status {};
  if (fd_ && !path_.empty() && ::lstat(path_.c_str(), &status) == 0 && status.st_ino == inode_) ::unlink(path_.c_str());
}

}  // namespace charmux::net
