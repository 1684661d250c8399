# SPDX-License-Identifier: Apache-2.0
"""A terminal server: Debian's ser2net, in front of a port that is one end of a cable of socat's. No port of real hardware: what
ser2net asks of it is seen by its settings, and in the trace of its ioctls."""

import os

from charmux_kit import wait_until

CONFIGURATION = """%YAML 1.1
---
connection: &switch
  accepter: {accepter},tcp,127.0.0.1,4666
  connector: serialdev,{port},115200n81,local
  options:
    mdns: false
"""


class TerminalServer:
    """`device` is what hangs at the port: a descriptor. `accepter`: what the server speaks at 127.0.0.1:4666."""

    def __init__(self, kit, accepter="telnet(rfc2217)"):
        self.kit = kit
        self.port = kit.path("port")
        self.trace = kit.path("ser2net.ioctls")
        device = kit.path("switch")
        kit.on_terminal("socat", f"pty,link={device},rawer", f"pty,link={self.port},rawer")
        wait_until(lambda: device.exists() and self.port.exists(), "the cable")
        self.device = os.open(device, os.O_RDWR | os.O_NOCTTY)
        kit.path("ser2net.yaml").write_text(CONFIGURATION.format(port=self.port, accepter=accepter))

    def start(self, traced=False):
        """The program; started again it is another one."""
        # Where a machine has no address but loopback's, ser2net looks none up, be it written as a number.
        self.kit.run("ip", "address", "replace", "192.0.2.1/32", "dev", "lo")
        program = self.kit.on_terminal("ser2net", "-n", "-d", "-c", self.kit.path("ser2net.yaml"))
        wait_until(lambda: self.kit.run("ss", "-Hltn", "sport", "=", "4666").stdout, "the server")
        if traced:
            # Attached, so that it can be ended by itself: under strace ser2net would outlive it.
            strace = self.kit.on_terminal("strace", "-f", "-e", "trace=ioctl", "-o", self.trace, "-p", str(program.pid))
            strace.wait_for(b"attached")
        return program

    def settings(self):
        """What stty says of its port."""
        return self.kit.run("stty", "-a", "-F", self.port).stdout

    def ioctls(self):
        return self.trace.read_text() if self.trace.exists() else ""

    def read_exactly(self, size):
        data = b""
        while len(data) < size:
            data += os.read(self.device, size - len(data))
        return data
