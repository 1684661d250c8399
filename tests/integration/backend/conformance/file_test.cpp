// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "conformance.hpp"

using namespace charmux;
using namespace charmux::test;

namespace {

/// QEMU's `-chardev file`, which ends when somebody deletes it.
class FilePeer final : public Peer {
 public:
  explicit FilePeer(World& world) : path_(world.directory / "console.log") {}
  [[nodiscard]] address::Backend at() const override { return address::File{path_}; }
  void come_up() override { say(""); }
  void poll() override {}
  /// A file knows nothing of who reads it, but here that is this process.
  [[nodiscard]] bool connected() const override {
    const std::filesystem::directory_iterator open("/proc/self/fd");
    return std::any_of(begin(open), end(open), [this](const auto& each) {
      std::error_code ignored;
      return std::filesystem::read_symlink(each, ignored) == path_;
    });
  }
  void say(std::string_view bytes) override { std::ofstream(path_, std::ios::app | std::ios::binary) << bytes; }
  [[nodiscard]] const std::string& heard() const override { return nothing_; }
  void read_input(bool) override {}
  void close() override { std::filesystem::remove(path_); }
  void vanish() override { close(); }
  void half_close() override {}
  [[nodiscard]] std::string_view not_applicable(Scenario scenario) const override {
    if (scenario == Scenario::back_pressure) return "a file takes no input";
    if (scenario == Scenario::half_open) return "a file has one direction";
    return {};
  }

 private:
  const std::string path_;
  const std::string nothing_;
};

}  // namespace

CONFORMS("file", FilePeer)
