# SPDX-License-Identifier: Apache-2.0
"""A program watches CD, DSR and CTS of a console that it takes for a serial port: they fall when the guest is shut off and
rise when it is back. In between it asked to be sent nothing for a while, and then gets all that was printed meanwhile."""

import threading

from support import wait_until
from support.serial_port import SerialPort

SUSPEND, RESUME = b"\x08", b"\x09"


def test_lines_follow_the_guest(kit):
    first = kit.guest({"boot": "null", "vm": "unix"})
    address = first.address("vm")
    kit.daemon("--console", f"vm={address}", "--listen", "rfc2217:127.0.0.1:7001,console=vm")
    first.wait_ready("vm")
    with SerialPort(7001) as line:
        line.wait_line("cd", True)
        first.kill()
        line.wait_line("cd", False)
        assert (line.port.dsr, line.port.cts) == (False, False)
        second = kit.guest({"boot": "null", "vm": "unix"}, paused=True)
        assert second.address("vm") == address
        line.wait_line("cd", True)
        assert (line.port.dsr, line.port.cts) == (True, True)
        second.resume()
        line.wait_for(b"# ")
        line.port.write(b"echo back-$((6 * 7))\r")
        line.wait_for(b"back-42")


def test_one_who_suspends_gets_the_rest_later(kit):
    guest = kit.guest({"boot": "null", "vm": "unix"})
    kit.daemon("--console", f"vm={guest.address('vm')}", "--listen", "rfc2217:127.0.0.1:7001,console=vm")
    guest.wait_ready("vm")
    with SerialPort(7001) as line:
        line.port.rfc2217_send_subnegotiation(SUSPEND)
        line.port.write(b"seq 1 2000; echo done-$((6 * 7))\r")
        wait_until(lambda: b"done-42\r\n" in guest.log("vm"), "the guest to print it all, which nobody keeps it from")
        line.port.dtr = False  # its answer shows that what was sent before the suspend is here
        assert line.port.read(1) == b""
        line.port.rfc2217_send_subnegotiation(RESUME)
        assert b"\r\n1999\r\n2000\r\n" in line.wait_for(b"done-42\r\n")
    assert threading.active_count() == 1  # pyserial's reader has ended in order
