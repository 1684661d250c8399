// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "at_port.hpp"
#include "backend/serial.hpp"
#include "kit/serial_hardware.hpp"

namespace charmux::test {

inline address::Serial with_rtscts(const std::string& path) {
  address::Serial at = serial_at(path);
  at.flow = address::FlowControl::rtscts;
  return at;
}

/// Times that cost a test none.
inline const backend::SerialTimes kSoon{std::chrono::milliseconds(20), std::chrono::milliseconds(100),
                                        std::chrono::milliseconds(1),  5,
                                        std::chrono::milliseconds(10), std::chrono::milliseconds(1)};

/// A port that is open, with hardware behind it, times that cost a test none, and what its owner was told.
struct OpenPort : backend::Opener::Owner, backend::Channel::Owner {
  explicit OpenPort(const backend::SerialTimes& with = kSoon) : times(with) {
    opener.begin();
    REQUIRE(channel);
  }
  void opened(std::unique_ptr<backend::Channel> made, std::size_t) override {
    channel = std::move(made);
    REQUIRE(channel->start(*this));
  }
  void failed(backend::State, const std::string& reason) override { FAIL(reason); }
  void remarked(const std::string& remark) override { remarks.push_back(remark); }
  void channel_ready(unsigned ready) override {
    if ((ready & loop::kWritable) != 0) ++writable;
  }
  void send_break() {
    answer.reset();
    channel->send_break([this](const Status& status) {
      answer = status;
      writable_during_break = writable;
    });
  }
  void wait_answer() {
    world.run_until("the break is answered", [&] { return answer.has_value(); });
  }
  [[nodiscard]] auto cts_remarks() const {
    return std::count(remarks.begin(), remarks.end(), device.slave() + ": CTS is off: what is typed waits");
  }

  World world;
  PtyMaster device;
  SerialHardware hardware;
  const backend::SerialTimes times;
  std::vector<std::string> remarks;
  std::optional<Status> answer;
  int writable = 0;
  int writable_during_break = 0;
  backend::Serial opener{world.loop, with_rtscts(device.slave()), *this, "/var/lock", times};
  std::unique_ptr<backend::Channel> channel;
};

}  // namespace charmux::test
