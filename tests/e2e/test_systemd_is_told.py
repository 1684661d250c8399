# SPDX-License-Identifier: Apache-2.0
"""systemd starts what depends on charmuxd when that says READY=1, so by then every port is open; and it is told of a reload,
and when the stop begins."""

import signal
import socket

from support import LIVE


def notify_socket(kit):
    told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    told.bind(str(kit.path("notify")))
    told.settimeout(60)
    return told


def test_ready_and_stopping(kit):
    told = notify_socket(kit)
    chardev = kit.unix_chardev()
    daemon = kit.daemon("--console", f"vm={chardev.address}", "--listen", "telnet:127.0.0.1:7001,console=vm",
                        "--listen", "raw:[::1]:7002,console=vm", "--listen", f"raw:{kit.path('door')},console=vm",
                        wait_ready=False, env={"NOTIFY_SOCKET": str(kit.path("notify"))})
    assert told.recv(4096).split(b"\n") == [b"READY=1", b"STATUS=1 console, 3 listeners"]
    kit.raw(("::1", 7002)), kit.raw(kit.path("door"))
    viewer = kit.telnet(7001)
    viewer.wait_for(LIVE)

    daemon.process.signal(signal.SIGHUP)
    assert told.recv(4096) == b"RELOADING=1"
    assert told.recv(4096).split(b"\n") == [b"READY=1", b"STATUS=1 console, 3 listeners"]

    daemon.process.signal(signal.SIGTERM)
    assert told.recv(4096) == b"STOPPING=1"
    assert daemon.wait_exit() == 0


def test_a_start_that_fails_is_never_ready(kit):
    told = notify_socket(kit)
    with socket.create_server(("127.0.0.1", 7002)):
        daemon = kit.daemon("--console", "vm=unix:/run/nothing.sock", "--listen", "telnet:127.0.0.1:7001,console=vm",
                            "--listen", "telnet:127.0.0.1:7002,console=vm", wait_ready=False,
                            env={"NOTIFY_SOCKET": str(kit.path("notify"))})
        assert daemon.wait_exit() == 2
    told.setblocking(False)
    try:
        assert told.recv(4096) == b""
    except BlockingIOError:
        pass
