# SPDX-License-Identifier: Apache-2.0
"""A console as pyserial's programs see it: as a serial port behind a terminal server (rfc2217://)."""

import serial

from support import wait_until


class SerialPort:
    """pyserial's own object is `port`; this waits as tests do, and closes it at the end of a `with`."""

    def __init__(self, tcp_port, **settings):
        self.port = serial.serial_for_url(f"rfc2217://127.0.0.1:{tcp_port}",
                                          **({"baudrate": 115200, "timeout": 0.05} | settings))
        self.data = b""

    def wait_for(self, text):
        """Until the bytes so far contain that; returns them."""
        def came():
            self.data += self.port.read(max(1, self.port.in_waiting))
            return text in self.data
        wait_until(came, lambda: f"{text!r} at a serial port; the last bytes: {self.data[-300:]!r}")
        return self.data

    def wait_line(self, name, state):
        """Until the modem line ("cd", "dsr", "cts") is on or off."""
        wait_until(lambda: getattr(self.port, name) == state, f"the line {name} to be {state}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.port.close()
