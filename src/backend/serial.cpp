// SPDX-License-Identifier: Apache-2.0
#include "backend/serial.hpp"

#include <utility>

namespace charmux::backend {

Serial::Serial(loop::Loop& loop, address::Serial at, Owner& owner, std::string lock_directory, const SerialTimes& times)
    : loop_(loop), at_(std::move(at)), owner_(owner), lock_directory_(std::move(lock_directory)), times_(times) {}

void Serial::begin() {
  // What comes while it is tried is told afterwards.
  watch();
  auto port = open_serial_port(at_, lock_directory_);
  if (port) return opened(std::move(*port));
  owner_.failed(port.error().state, port.error().reason);
}

void Serial::abandon() { watch_.reset(); }

void Serial::watch() {
  if (!watch_) watch_.emplace(loop_, [this](const std::vector<std::string>&) { changed(); });
  tried_ = file();
  // Without inotify it is found at the next try.
  static_cast<void>(watch_->follow(loop::directories_to(at_.path)));
}

void Serial::changed() {
  const std::optional<File> before = tried_;
  watch();
  if (!tried_ || tried_ == before) return;
  // If it is not to be opened yet (udev sets its owner and mode a moment later), the next try tells why.
  if (auto port = open_serial_port(at_, lock_directory_)) opened(std::move(*port));
}

void Serial::opened(SerialPort port) {
  watch_.reset();
  for (const std::string& remark : std::exchange(port.remarks, {})) owner_.remarked(remark);
  const std::size_t leftover = port.leftover;
  Maker& maker = *this;
  owner_.opened(std::make_unique<SerialChannel>(loop_, std::move(port), at_, times_, maker), leftover);
}

void Serial::channel_closed() { watch(); }

std::optional<Serial::File> Serial::file() const {
  struct stat status {};
  if (::stat(at_.path.c_str(), &status) != 0) return std::nullopt;
  return File{status.st_dev, status.st_ino, status.st_ctim.tv_sec, status.st_ctim.tv_nsec};
}

}  // namespace charmux::backend
