# SPDX-License-Identifier: Apache-2.0
"""My guest's console goes over UDP (-chardev udp): I see it boot, type at it, see the next one boot after it was killed,
and read that what I typed in between is lost; a stranger who sends to the same port is not heard."""

import socket

from support import LIVE, console_bytes, without_questions

CHARDEV = "udp,host=127.0.0.1,port=4556,localaddr=127.0.0.1,localport=4557"
BACKEND = "udp:127.0.0.1:4557,bind=127.0.0.1:4556"


def test_it_boots_is_typed_at_dies_and_comes_back(kit):
    daemon = kit.daemon("--console", f"vm={BACKEND}", "--listen", "telnet:127.0.0.1:7001,console=vm")
    me = kit.telnet(7001)
    me.wait_for(LIVE)
    assert b"connected, nothing heard yet" in me.data
    first = kit.guest({"vm": CHARDEV})
    me.wait_for(b"ttyS0# ")
    me.type(b"echo once-$((6 * 7))\r")
    me.wait_for(b"\nonce-42\r\n")
    me.wait_for(lambda data: without_questions(console_bytes(data)) == without_questions(first.log("vm")))

    first.kill()
    me.type(b"gone")  # the kernel hears of the first datagram that nobody took it, and says so at the next
    me.type(b"gone")
    daemon.wait_log(rf"console vm: {BACKEND}: nobody listens at 127\.0\.0\.1:4557: what was typed is lost$")
    assert daemon.consoles()["vm"]["state"] == "open"

    me.forget_data()
    second = kit.guest({"vm": CHARDEV})
    me.wait_for(b"ttyS0# ")
    me.type(b"echo again-$((6 * 7))\r")
    me.wait_for(b"\nagain-42\r\n")
    assert b"gone" not in second.log("vm")


def test_a_stranger_is_not_heard(kit):
    daemon = kit.daemon("--console", f"vm={BACKEND}", "--listen", "telnet:127.0.0.1:7001,console=vm")
    me = kit.telnet(7001)
    me.wait_for(LIVE)
    guest = kit.guest({"vm": CHARDEV})
    guest.wait_ready("vm")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for _ in range(100):
            stranger.sendto(b"a stranger's words", ("127.0.0.1", 4556))
    me.type(b"echo still-$((6 * 7))\r")
    me.wait_for(b"\nstill-42\r\n")
    me.wait_for(lambda data: without_questions(console_bytes(data)) == without_questions(guest.log("vm")))
    assert "lost" not in daemon.log()
