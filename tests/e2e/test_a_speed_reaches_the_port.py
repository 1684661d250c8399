# SPDX-License-Identifier: Apache-2.0
"""My test bench opens its board by pyserial (rfc2217://) through charmux, where others watch: the speed that it sets is the
port's, be that a port of this host or a terminal server's, and what it sends and reads is what the board reads and sends."""

import os

import serial
from support import wait_until
from support.terminal_server import TerminalServer

ALL = bytes(range(256)) * 4


def opened(kit, backend):
    daemon = kit.daemon("--console", f"board={backend}", "--listen", "rfc2217:127.0.0.1:7001,console=board")
    wait_until(lambda: daemon.consoles()["board"]["state"] == "open", "the board")
    return serial.serial_for_url("rfc2217://127.0.0.1:7001", baudrate=19200, timeout=30)


def passes_all(bench, device):
    bench.write(ALL)
    assert read_exactly(device, len(ALL)) == ALL
    os.write(device, ALL)
    assert bench.read(len(ALL)) == ALL


def read_exactly(device, size):
    data = b""
    while len(data) < size:
        data += os.read(device, size - len(data))
    return data


def test_of_a_port_of_this_host(kit):
    """A pty of socat's stands for it."""
    board, port = kit.path("board"), kit.path("port")
    kit.on_terminal("socat", f"pty,link={board},rawer", f"pty,link={port},rawer")
    wait_until(lambda: board.exists() and port.exists(), "the cable")
    device = os.open(board, os.O_RDWR | os.O_NOCTTY)

    def speed():
        return kit.run("stty", "-F", port, "speed").stdout.strip()

    bench = opened(kit, f"serial:{port},115200,8n1")
    assert speed() == "19200"
    passes_all(bench, device)
    bench.baudrate = 1_000_000
    assert speed() == "1000000"
    bench.close()
    os.close(device)


def test_of_a_terminal_servers_port(kit):
    server = TerminalServer(kit)
    server.start(traced=True)
    bench = opened(kit, "telnet:127.0.0.1:4666,rfc2217")
    wait_until(lambda: "speed 19200 baud" in server.settings(), "the speed")
    passes_all(bench, server.device)
    bench.baudrate = 57600
    assert "speed 57600 baud" in server.settings()
    bench.send_break(0.01)
    wait_until(lambda: "TIOCSBRK" in server.ioctls(), "the break")
    bench.close()
