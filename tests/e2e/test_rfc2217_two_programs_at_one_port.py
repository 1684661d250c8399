# SPDX-License-Identifier: Apache-2.0
"""Two programs take one console for their serial port. The second may open it as it is and read; when it types, it is
closed, and the log says why. At a door that says writer=shared both type."""

import pytest
import serial
from support import wait_until
from support.serial_port import SerialPort


def start(kit, option=""):
    guest = kit.guest({"boot": "null", "vm": "unix"})
    daemon = kit.daemon("--console", f"vm={guest.address('vm')}",
                        "--listen", f"rfc2217:127.0.0.1:7001,console=vm{option}")
    guest.wait_ready("vm")
    return daemon


def closed(line):
    try:
        return line.port.read(1) == b"" and not line.port._thread.is_alive()
    except serial.SerialException:
        return True


def test_the_second_is_closed_when_it_types(kit):
    daemon = start(kit)
    with SerialPort(7001) as first:
        with pytest.raises((ValueError, serial.SerialException)):
            SerialPort(7001, baudrate=9600)  # who has not the pen cannot set it
        with SerialPort(7001) as second:
            first.port.write(b"echo one-$((6 * 7))\r")
            first.wait_for(b"one-42")
            second.wait_for(b"one-42")
            second.port.write(b"x")
            wait_until(lambda: closed(second), "the second to be closed")
            daemon.wait_log(r"left: it typed while 127.0.0.1:\d+ has the pen")
        first.port.write(b"echo two-$((6 * 7))\r")
        first.wait_for(b"two-42")


def test_at_a_shared_door_both_type(kit):
    start(kit, ",writer=shared")
    with SerialPort(7001) as first, SerialPort(7001, baudrate=9600) as second:
        first.port.write(b"echo one-$((6 * 7))\r")
        second.wait_for(b"one-42")
        second.port.write(b"echo two-$((6 * 7))\r")
        first.wait_for(b"two-42")
