# SPDX-License-Identifier: Apache-2.0
"""A backend that can lose something loses it: charmuxd goes on, and the log says what is missing, where."""

import os
import signal
import socket

import pytest
from support import LIVE

UDP = "udp:127.0.0.1:7998,bind=127.0.0.1:7999"


def typed_to_nobody(kit):
    daemon = kit.daemon("--console", f"vm={UDP}", "--listen", "raw:127.0.0.1:7001,console=vm")
    raw = kit.raw(7001)
    daemon.wait_log("console vm: open")
    raw.send(b"x")
    return daemon


def more_than_there_is_room_for(kit):
    """A charmuxd that stands still for a moment."""
    daemon = kit.daemon("--console", f"vm={UDP}")
    daemon.wait_log("console vm: open")
    os.kill(daemon.pid, signal.SIGSTOP)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as guest:
        guest.bind(("127.0.0.1", 7998))
        for _ in range(60_000):
            guest.sendto(b"x", ("127.0.0.1", 7999))
    os.kill(daemon.pid, signal.SIGCONT)
    return daemon


def truncated(kit):
    log = kit.path("vm.log")
    log.write_bytes(b"before\n")
    daemon = kit.daemon("--console", f"vm=file:{log}", "--listen", "telnet:127.0.0.1:7001,console=vm")
    viewer = kit.telnet(7001)
    viewer.wait_for(lambda data: LIVE in data and b"before" in data)
    os.truncate(log, 0)
    return daemon


# What happens | no exit code: it runs | the log's words.
ERRORS = {
    "nobody listens at the udp port": (typed_to_nobody, None, f"console vm: {UDP}: nobody listens at 127.0.0.1:7998: what was typed "
                                       "is lost"),
    "datagrams without room": (more_than_there_is_room_for, None, f"console vm: {UDP}: NUMBER datagrams lost: they came faster than "
                               "they were read"),
    "a file that is cut": (truncated, None, "console vm: DIR/vm.log was truncated: read from its beginning; what came last before is "
                           "perhaps lost"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_the_log_says_what_is_lost(kit, name):
    provoke, _, text = ERRORS[name]
    daemon = provoke(kit)
    expected = text.replace("DIR", str(kit.directory)).split("NUMBER")
    line = daemon.wait_log(f"^<4>.*{expected[-1]}$").group(0)
    assert line.startswith(f"<4>{expected[0]}")
