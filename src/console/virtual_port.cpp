// SPDX-License-Identifier: Apache-2.0
#include "console/virtual_port.hpp"

namespace charmux::console {
namespace {

using Command = protocol::ComPortCommand;
using Control = protocol::ComPortControl;

template <class Held>
std::uint32_t keep(Held& held, std::uint32_t value, std::uint32_t least, std::uint32_t most) {
  if (value >= least && value <= most) held = static_cast<Held>(value);
  return held;
}

std::uint32_t keep(Control& held, Control value) {
  held = value;
  return static_cast<std::uint32_t>(value);
}

}  // namespace

std::uint32_t VirtualPort::set(Command command, std::uint32_t value) {
  switch (command) {
    case Command::set_baudrate: return keep(speed_, value, 1, 0xFFFF'FFFF);
    case Command::set_datasize: return keep(data_bits_, value, 5, 8);
    case Command::set_parity: return keep(parity_, value, 1, 5);
    case Command::set_stopsize: return keep(stop_bits_, value, 1, 3);
    case Command::set_control: return control(value);
    default: return value;
  }
}

std::uint32_t VirtualPort::control(std::uint32_t value) {
  const auto wanted = static_cast<Control>(value);
  switch (wanted) {
    // Flow control by one of these is meant for both directions, until the other is set by itself.
    case Control::flow_none: flow_in_ = Control::flow_in_none; return keep(flow_, wanted);
    case Control::flow_xonxoff: flow_in_ = Control::flow_in_xonxoff; return keep(flow_, wanted);
    case Control::flow_rtscts: flow_in_ = Control::flow_in_rtscts; return keep(flow_, wanted);
    case Control::flow_dcd:
    case Control::flow_dsr: return keep(flow_, wanted);
    case Control::flow_in_none:
    case Control::flow_in_xonxoff:
    case Control::flow_in_rtscts:
    case Control::flow_in_dtr: return keep(flow_in_, wanted);
    case Control::break_on:
    case Control::break_off: return keep(break_, wanted);
    case Control::dtr_on:
    case Control::dtr_off: return keep(dtr_, wanted);
    case Control::rts_on:
    case Control::rts_off: return keep(rts_, wanted);
    case Control::ask_break: return static_cast<std::uint32_t>(break_);
    case Control::ask_dtr: return static_cast<std::uint32_t>(dtr_);
    case Control::ask_rts: return static_cast<std::uint32_t>(rts_);
    case Control::ask_flow_in: return static_cast<std::uint32_t>(flow_in_);
    default: return static_cast<std::uint32_t>(flow_);
  }
}

std::uint32_t question(Command command, std::uint32_t value) {
  if (command != Command::set_control) return 0;
  switch (static_cast<Control>(value)) {
    case Control::ask_break:
    case Control::break_on:
    case Control::break_off: return static_cast<std::uint32_t>(Control::ask_break);
    case Control::ask_dtr:
    case Control::dtr_on:
    case Control::dtr_off: return static_cast<std::uint32_t>(Control::ask_dtr);
    case Control::ask_rts:
    case Control::rts_on:
    case Control::rts_off: return static_cast<std::uint32_t>(Control::ask_rts);
    case Control::ask_flow_in:
    case Control::flow_in_none:
    case Control::flow_in_xonxoff:
    case Control::flow_in_rtscts:
    case Control::flow_in_dtr: return static_cast<std::uint32_t>(Control::ask_flow_in);
    default: return static_cast<std::uint32_t>(Control::ask_flow);
  }
}

}  // namespace charmux::console
