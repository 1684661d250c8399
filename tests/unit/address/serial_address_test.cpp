// SPDX-License-Identifier: Apache-2.0
#include "charmux/address/serial_address.hpp"

#include <doctest/doctest.h>

#include "charmux/address/backend_address.hpp"

using namespace charmux::address;

namespace {

std::string why(std::string_view text) {
  const auto backend = parse_backend(text);
  return backend ? "was accepted" : backend.error().text;
}

Serial read(std::string_view text) { return std::get<Serial>(*parse_backend(text)); }

}  // namespace

TEST_CASE("a serial port has 115200 baud, 8n1 and no flow control unless it says otherwise") {
  CHECK(read("serial:/dev/ttyS0") == Serial{"/dev/ttyS0", 115200, 8, Parity::none, 1, FlowControl::none});
  CHECK(read("serial:/dev/ttyUSB0,9600") == Serial{"/dev/ttyUSB0", 9600});
}

TEST_CASE("speed, framing and flow control stand in any order, with their names or without") {
  const Serial all{"/dev/ttyS1", 4'000'000, 7, Parity::even, 2, FlowControl::rtscts};
  CHECK(read("serial:/dev/ttyS1,4000000,7e2,rtscts") == all);
  CHECK(read("serial:/dev/ttyS1,rtscts,7e2,4000000") == all);
  CHECK(read("serial:/dev/ttyS1,speed=4000000,framing=7e2,flow=rtscts") == all);
  CHECK(read("serial:/dev/ttyS1,xonxoff").flow == FlowControl::xonxoff);
  CHECK(read("serial:/dev/ttyS1,5o1") == Serial{"/dev/ttyS1", 115200, 5, Parity::odd, 1});
  CHECK(read("serial:/dev/ttyS1,6m1").parity == Parity::mark);
  CHECK(read("serial:/dev/ttyS1,8s1").parity == Parity::space);
}

TEST_CASE("it is written back with all that it has") {
  CHECK(to_text(read("serial:/dev/a,,b")) == "serial:/dev/a,,b,115200,8n1");
  CHECK(to_text(read("serial:/dev/ttyS1,rtscts,7e2,300")) == "serial:/dev/ttyS1,300,7e2,rtscts");
  CHECK(to_text(read("serial:/dev/ttyS1,flow=xonxoff")) == "serial:/dev/ttyS1,115200,8n1,xonxoff");
}

TEST_CASE("each speed that Linux has is taken, and of another the nearest is named") {
  for (const unsigned speed : serial_speeds()) CHECK(read("serial:/a," + std::to_string(speed)).speed == speed);
  CHECK(why("serial:/a,115000") == "Linux has no speed 115000: the nearest is 115200");
  CHECK(why("serial:/a,1") == "Linux has no speed 1: the nearest is 50");
  CHECK(why("serial:/a,5000000") == "Linux has no speed 5000000: the nearest is 4000000");
  CHECK(why("serial:/a,99999999999") == "'99999999999' is not a speed: write one in baud, such as 115200");
  CHECK(why("serial:/a,speed=fast") == "'fast' is not a speed: write one in baud, such as 115200");
}

TEST_CASE("what is wrong with a serial port's options is said") {
  for (const char* const framing : {"9n1", "8x1", "8n3", "8n", "8n1x"})
    CHECK(why(std::string("serial:/a,") + framing) ==
          fmt::format("'{}' is not a framing: write data bits (5-8), parity (n, e, o, m or s) and stop bits (1 or 2), "
                      "such as 8n1",
                      framing));
  CHECK(why("serial:/a,flow=dtrdsr") == "'dtrdsr' is no flow control: use rtscts, xonxoff or none");
  CHECK(why("serial:/a,9600,19200") == "option 'speed' is given twice: keep one");
  CHECK(why("serial:/a,rtscts,xonxoff") == "option 'flow' is given twice: keep one");
  CHECK(why("serial:/a,dtrdsr") ==
        "unknown option 'dtrdsr': serial takes speed, framing or flow; write ,, for a comma in a path");
  CHECK(why("serial:ttyS0") == "path 'ttyS0' is not absolute: write serial:/dev/ttyS0");
}
