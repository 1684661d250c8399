// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "backend/followed_file.hpp"
#include "backend/opener.hpp"
#include "loop/poll.hpp"
#include "loop/timer.hpp"
#include "loop/work.hpp"
#include "net/io.hpp"

namespace charmux::backend {

class FileChannel;

/// A chardev's log file (QEMU's `logfile=`, `-chardev file`), followed and never written. Its disk may hang, so it is
/// looked at on the thread pool, one look at a time, each giving at most a buffer that is handed out before the next.
/// When to look inotify says, and a timer, since no file system tells what another machine writes to it.
///
/// A console of which nothing was ever recorded is given the file's last lines, one that has a history only what is
/// written from now on; let go and taken back, it goes on where it was.
class File final : public Opener {
 public:
  File(loop::Loop& loop, std::string path, Owner& owner);

  void begin() override;
  void abandon() override;

 private:
  friend class FileChannel;
  using Found = FollowedFile::Found;

  // Of the channel only.
  [[nodiscard]] net::Io give(BytesSpan room);
  void channel_gone();

  void look();
  void let_go();
  void looked(Found found);
  void serve(const Found& found);
  void wait();
  void notified();
  void open();

  loop::Loop& loop_;
  const std::string path_;
  Owner& owner_;
  std::shared_ptr<FollowedFile> file_;  ///< with the thread that looks at it.
  loop::Poll notices_;
  loop::Timer timer_;
  loop::Work work_;
  bool busy_ = false;    ///< a thread has the file.
  bool again_ = false;   ///< ... and is to have it once more.
  bool wanted_ = false;  ///< it is opened as soon as it is there,
  bool asked_ = false;   ///< ... and the owner waits for an answer.
  FileChannel* channel_ = nullptr;
  std::optional<MonoTime> absent_since_;
  Bytes buffer_;  ///< what was read; its first `given_` bytes were handed out.
  std::size_t given_ = 0;
  std::size_t leftover_ = 0;
};

}  // namespace charmux::backend
