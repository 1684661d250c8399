// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "backend/opener.hpp"
#include "backend/serial_channel.hpp"
#include "loop/directory_watch.hpp"

namespace charmux::backend {

/// A serial port of this host. While it is not there (an adapter that is unplugged) its name is watched for, and it is
/// opened as soon as it appears, whatever the pause before the next begin().
class Serial final : public Opener, private SerialChannel::Maker {
 public:
  Serial(loop::Loop& loop, address::Serial at, Owner& owner, std::string lock_directory = "/var/lock",
         const SerialTimes& times = {});

  void begin() override;
  /// Nothing is opened until begin() is called again.
  void abandon() override;

 private:
  /// The file that the path leads to: another one, or other people may open it.
  using File = std::tuple<dev_t, ino_t, time_t, long>;

  void channel_remarks(const std::string& remark) override { owner_.remarked(remark); }
  void channel_closed() override;
  void watch();
  void changed();
  void opened(SerialPort port);
  [[nodiscard]] std::optional<File> file() const;

  loop::Loop& loop_;
  const address::Serial at_;
  Owner& owner_;
  const std::string lock_directory_;
  const SerialTimes times_;
  /// Only while it is to be opened: a user has few of them (fs.inotify.max_user_instances).
  std::optional<loop::DirectoryWatch> watch_;
  std::optional<File> tried_;
};

}  // namespace charmux::backend
