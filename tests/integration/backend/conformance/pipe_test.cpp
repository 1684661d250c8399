// SPDX-License-Identifier: Apache-2.0
#include "backend/fifos.hpp"
#include "conformance.hpp"

using namespace charmux;
using namespace charmux::test;

namespace {

/// QEMU's `-chardev pipe` with the FIFOs PATH.in and PATH.out, which outlive it.
class TwoFifosPeer final : public Peer {
 public:
  explicit TwoFifosPeer(World& world) : path_(world.directory / "vm") {
    make_fifo(path_ + ".in");
    make_fifo(path_ + ".out");
  }
  [[nodiscard]] address::Backend at() const override { return address::Pipe{path_}; }
  void come_up() override {
    if (in_) return;
    in_ = open_fifo(path_ + ".in");
    out_ = open_fifo(path_ + ".out");
  }
  void poll() override {
    if (out_) out_.flush();
    if (in_ && reads_) in_.poll();
    heard_ += in_.take_received();
  }
  [[nodiscard]] bool connected() const override { return out_ && times_open(path_ + ".out") == 2; }
  void say(std::string_view bytes) override { out_.write(bytes); }
  [[nodiscard]] const std::string& heard() const override { return heard_; }
  void read_input(bool reads) override { reads_ = reads; }
  void close() override { vanish(); }
  void vanish() override {
    in_.close();
    out_.close();
  }
  void half_close() override { out_.close(); }

 private:
  const std::string path_;
  Connection in_;
  Connection out_;
  bool reads_ = true;
  std::string heard_;
};

/// The same with one FIFO, of a device that takes no input.
class OneFifoPeer final : public Peer {
 public:
  explicit OneFifoPeer(World& world) : path_(world.directory / "vm") { make_fifo(path_); }
  [[nodiscard]] address::Backend at() const override { return address::Pipe{path_}; }
  void come_up() override {
    if (!fifo_) fifo_ = open_fifo(path_);
  }
  void poll() override {
    if (fifo_) fifo_.flush();
  }
  [[nodiscard]] bool connected() const override { return fifo_ && times_open(path_) == 2; }
  void say(std::string_view bytes) override { fifo_.write(bytes); }
  [[nodiscard]] const std::string& heard() const override { return heard_; }
  void read_input(bool) override {}
  void close() override { fifo_.close(); }
  void vanish() override { fifo_.close(); }
  void half_close() override { fifo_.close(); }
  [[nodiscard]] std::string_view not_applicable(Scenario scenario) const override {
    return scenario == Scenario::back_pressure ? "one FIFO carries one direction: nobody types" : "";
  }

 private:
  const std::string path_;
  Connection fifo_;
  const std::string heard_;
};

}  // namespace

CONFORMS("pipe, two FIFOs", TwoFifosPeer)
CONFORMS("pipe, one FIFO", OneFifoPeer)
