# SPDX-License-Identifier: Apache-2.0
"""A program that knows serial ports only (pyserial, rfc2217://) opens a console, sets it as it sets every port, and sends
and gets each of the 256 values that a byte has. The guest is told nothing by its coming."""

import pytest
import serial
from support.serial_port import SerialPort

ALL = bytes(range(256))


def start(kit):
    guest = kit.guest({"boot": "null", "vm": "unix"})
    kit.daemon("--console", f"vm={guest.address('vm')}", "--listen", "rfc2217:127.0.0.1:7001,console=vm",
               "--listen", "telnet:127.0.0.1:7002,console=vm")
    guest.wait_ready("vm")
    return guest


def test_it_is_a_port_in_all_that_can_be_set(kit):
    guest = start(kit)
    before = guest.log("vm")
    settings = {"baudrate": 9600, "bytesize": 7, "parity": serial.PARITY_EVEN, "stopbits": serial.STOPBITS_TWO,
                "rtscts": True}
    with SerialPort(7001, **settings) as line:
        line.wait_line("cd", True)
        assert (line.port.dsr, line.port.cts, line.port.ri) == (True, True, False)
        for baudrate in (50, 115200, 3_000_000, 1_234_567):  # pyserial raises where the answer is another
            line.port.baudrate = baudrate
        for lines in (False, True):
            line.port.dtr = line.port.rts = lines
        line.port.rtscts = False
        line.port.xonxoff = True
    assert guest.log("vm") == before


@pytest.mark.parametrize("door", [7001, 7002])
def test_every_byte_value_goes_both_ways(kit, door):
    start(kit)
    # pyserial purges as it opens: of what a telnet door gives on attach it keeps nothing.
    with SerialPort(door) as line:
        line.port.write(b"stty raw -echo; echo raw-$((6 * 7)); cat\r")
        line.wait_for(b"raw-42\n")
        line.data = b""
        line.port.write(ALL * 4)
        assert line.wait_for(ALL * 4) == ALL * 4
