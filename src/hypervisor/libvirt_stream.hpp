// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "charmux/base/bytes.hpp"
#include "charmux/base/result.hpp"
#include "hypervisor/libvirt.hpp"
#include "net/io.hpp"

namespace charmux::hypervisor {

/// A console's bytes by way of libvirt (virDomainOpenConsole): the only way to a pty of another host, or one that is
/// not ours to open. It has a connection and a thread of its own: a guest that does not read what is typed makes
/// libvirtd stop reading the whole connection (its max_client_requests), and one that nobody answers must hold nobody
/// else. For the loop's thread; destroying it closes the console, in the background.
class LibvirtStream {
 public:
  struct Settings {
    std::string uri;
    std::string uuid;    ///< the domain's
    std::string device;  ///< alias, as virsh console --devname has it ("serial0")
    bool force = false;  ///< throw out whoever has it through libvirt (VIR_DOMAIN_CONSOLE_FORCE)
  };
  enum class Failure {
    away,     ///< the domain does not run, or libvirt cannot be reached
    held,     ///< another libvirt session has it, or a lock file of another program
    refused,  ///< not permitted, not a pty, ...
  };
  /// Told from the loop only, never from inside a member; may destroy the stream.
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void stream_opened() = 0;
    /// It could not be opened. The reason is libvirt's own.
    virtual void stream_failed(Failure failure, const std::string& reason) = 0;
    /// While open: a set of loop::Ready that was wanted.
    virtual void stream_ready(unsigned ready) = 0;
  };
  LibvirtStream(Libvirt& libvirt, Settings settings, Owner& owner);
  ~LibvirtStream();
  LibvirtStream(const LibvirtStream&) = delete;
  LibvirtStream& operator=(const LibvirtStream&) = delete;

  /// Begins to open it.
  void start();
  /// From now on stream_ready() tells of these, again and again as long as they hold (loop::kReadable, kWritable).
  /// While kMostUnread bytes wait to be read, no more are taken from the connection, but for an instant now and then:
  /// libvirtd stops reading the chardev, and the guest waits.
  void want(unsigned interest);
  /// Io::end: the guest is gone or somebody else forced his way in: why_ended() says which.
  [[nodiscard]] net::Io read(BytesSpan room);
  /// Takes at most kMostUnsent bytes that have not been given to libvirt yet.
  [[nodiscard]] net::Io write(BytesView bytes);
  /// After the end: libvirt's reason, or empty when it was an orderly end.
  [[nodiscard]] std::string why_ended() const;

  static constexpr std::size_t kMostUnread = 256 * 1024;
  static constexpr std::size_t kMostUnsent = 4096;

 private:
  struct Inner;
  std::unique_ptr<Inner> inner_;
};

}  // namespace charmux::hypervisor
