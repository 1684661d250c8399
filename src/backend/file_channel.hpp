// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "backend/descriptor.hpp"
#include "backend/file.hpp"

namespace charmux::backend {

/// What a File has read, handed out. The descriptor is an eventfd(2), readable while there is something. Destroyed
/// before its File.
class FileChannel final : public Descriptor {
 public:
  FileChannel(loop::Loop& loop, UniqueFd ready, File& file) : Descriptor(loop, std::move(ready)), file_(file) {}
  ~FileChannel() override { file_.channel_gone(); }
  FileChannel(const FileChannel&) = delete;
  FileChannel& operator=(const FileChannel&) = delete;

  /// There is something to read.
  void ready();
  /// There will be nothing more.
  void end(const std::string& why);

  void want(unsigned interest) override { Descriptor::want(interest & loop::kReadable); }
  [[nodiscard]] net::Io read(BytesSpan room) override;
  [[nodiscard]] net::Io write(BytesView) override { return {net::Io::Kind::again}; }
  [[nodiscard]] bool part() override;
  [[nodiscard]] std::string why_ended(const net::Io&) const override { return why_ended_; }
  [[nodiscard]] std::string_view why_no_input() const override { return "a file takes no input"; }
  void send_break(std::function<void(Status)> answer) override;

 private:
  File& file_;
  bool ended_ = false;
  std::string why_ended_;
};

}  // namespace charmux::backend
