# SPDX-License-Identifier: Apache-2.0
"""A kernel hangs, and a program that takes its console for a serial port wants the SysRq help: by the break of RFC 2217, or
by telnet's own, and the key after it."""

import pytest
import serial
from support.serial_port import SerialPort

HELP = b"sysrq: HELP : "
BREAK = b"\xff\xf3"


def start(kit, consoles=None):
    guest = kit.guest({"vm": "pty"}, consoles, domain="alpha", monitor=kit.path("alpha.qmp"))
    daemon = kit.daemon("--qmp", kit.path("alpha.qmp"), "--listen", "rfc2217:127.0.0.1,ports=7001-7009")
    daemon.wait_log(r"console alpha: open")
    guest.wait_ready("vm")
    return guest, daemon


def by_rfc2217(line):
    line.port.send_break(0.1)


def by_telnet(line):
    line.port._internal_raw_write(BREAK)


@pytest.mark.parametrize("ask", [by_rfc2217, by_telnet])
def test_a_break_is_sysrq(kit, ask):
    start(kit)
    with SerialPort(7001) as line:
        for _ in range(2):
            line.data = b""
            ask(line)
            line.port.write(b"h")
            line.wait_for(HELP)


def test_where_there_is_none_the_program_is_answered_so_and_the_log_says_why(kit):
    _, daemon = start(kit, {"hvc": "unix"})
    daemon.wait_log(r"console alpha.hvc: open")
    with SerialPort(7002) as line:
        with pytest.raises(ValueError, match="remote rejected value for option 'control'"):
            line.port.break_condition = True
        daemon.wait_log(r"console alpha.hvc: 127.0.0.1:\d+ sent a break: no break: virtio consoles have none")
        line.port.write(b"echo go-$((6 * 7))\r")
        line.wait_for(b"go-42")
