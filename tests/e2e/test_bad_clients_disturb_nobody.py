# SPDX-License-Identifier: Apache-2.0
"""Port scanners, broken programs and people who type the wrong port come to a listener: a viewer who is there already
goes on reading every byte and typing, charmuxd does not grow, and when they are gone nothing of them is left."""

import random
import socket

import pytest
from support import LIVE, wait_until
from support.memory import freed_at_once

IAC, SB, WILL, DO = 255, 250, 251, 253


class Visitor(socket.socket):
    """One that goes on when it is closed in the middle of what it sends."""

    def sendall(self, data):
        try:
            super().sendall(data)
        except (ConnectionResetError, BrokenPipeError):
            pass


def connect():
    visitor = Visitor()
    visitor.settimeout(60)
    visitor.connect(("127.0.0.1", 7002))
    return visitor


def garbage(connect):
    client = connect()
    client.sendall(random.Random(7).randbytes(200_000))
    return [client]


def commands(connect):
    """All of telnet's commands and negotiations there are, over and over."""
    client = connect()
    client.sendall(b"".join(bytes([IAC, command, option]) for command in range(240, 255) for option in range(256)) * 10)
    return [client]


def no_line_end(connect):
    client = connect()
    client.sendall(b"A" * (1 << 20))
    return [client]


def endless_subnegotiation(connect):
    client = connect()
    client.sendall(bytes([IAC, SB, 24, 0]) + b"x" * (1 << 20))
    return [client]


def silence(connect):
    return [connect() for _ in range(20)]


def half_a_negotiation(connect):
    clients = []
    for half in (bytes([IAC]), bytes([IAC, WILL]), bytes([IAC, DO]), bytes([IAC, SB]), bytes([IAC, SB, 31, 0]),
                 bytes([IAC, SB, 24, 0]) + b"XTER", bytes([IAC, SB, 31, 0, 80, 0, 24, IAC])):
        clients.append(connect())
        clients[-1].sendall(half)
    return clients


def http(connect):
    client = connect()
    client.sendall(b"GET / HTTP/1.1\r\nHost: charmux\r\n\r\n")
    return [client]


def come_and_go(connect):
    for n in range(2000):
        client = connect()
        if n % 3 == 0:
            client.sendall(b"x")
        if n % 2 == 0:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        client.close()
    return []


VISITS = [garbage, commands, no_line_end, endless_subnegotiation, silence, half_a_negotiation, http, come_and_go]


@pytest.mark.parametrize("kind", ["telnet", "raw"])
@pytest.mark.parametrize("visit", VISITS, ids=lambda visit: visit.__name__)
def test_bad_clients_disturb_nobody(kit, kind, visit):
    chardev = kit.unix_chardev()
    daemon = kit.daemon("--console", f"vm={chardev.address}", "--listen", "telnet:127.0.0.1:7001,console=vm",
                        "--listen", f"{kind}:127.0.0.1:7002,console=vm,access=watch", env=freed_at_once())
    viewer = kit.telnet(7001)
    viewer.wait_for(LIVE)
    chardev.accept()

    def both_ways(number):
        chardev.write(b"output %d\r\n" % number)
        viewer.wait_for(b"output %d\r\n" % number)
        viewer.type(b"input %d\r" % number)
        chardev.wait_for(b"input %d\r" % number)

    both_ways(1)
    files = sorted(daemon.process.open_files())  # the history's among them
    memory = daemon.resident_kib()
    visitors = visit(connect)
    both_ways(2)
    for visitor in visitors:
        visitor.close()

    def all_are_gone():
        if kind == "raw":
            # A TCP client that has closed looks like one that has half-closed (`nc -N`) until something is sent to it.
            chardev.write(b"anybody there?\r\n")
        return sorted(daemon.process.open_files()) == files
    wait_until(all_are_gone, lambda: f"{daemon.process.open_files()} to be {files}")
    both_ways(3)
    assert daemon.resident_kib() < memory + 16 * 1024
    # Whatever they sent, the guest got none of it.
    assert chardev.received == b"input 1\rinput 2\rinput 3\r"
