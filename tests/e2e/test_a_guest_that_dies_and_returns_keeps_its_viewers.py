# SPDX-License-Identifier: Apache-2.0
"""QEMU is killed under our eyes and started again with the same chardevs: we stay connected, read what it said last, read
that it is shut off, when nothing was recorded and that it is back, and see it boot."""

import re
import signal

import pytest
from support import LIVE, console_bytes, notices, repeats_in_record, wait_until, without_others, without_questions

# A port of its own, because a second QEMU has to find it again.
CHARDEVS = {"pty": "pty", "unix": "unix", "tcp": "socket,host=127.0.0.1,port=40007,server=on,wait=off"}
CLOCK = re.compile(r"\d\d:\d\d:\d\d")
AWAY, UNHEARD, MARK, BACK = ("vm is shut off; waiting", "vm is connected, nothing heard yet", "not recorded TIME - TIME",
                             "vm is back")


def told(data):
    return [CLOCK.sub("TIME", text) for text in notices(without_others(data.partition(LIVE)[2]))]


@pytest.mark.parametrize("kind", CHARDEVS)
def test_a_guest_that_dies_and_returns_keeps_its_viewers(kit, kind):
    first = kit.guest({"vm": CHARDEVS[kind]})
    address = first.address("vm")
    daemon = kit.daemon("--console", f"vm={address}", "--listen", "telnet:127.0.0.1:7001,console=vm",
                        "--listen", "raw:127.0.0.1:7002,console=vm")
    first.wait_ready("vm")
    person = kit.on_terminal("telnet", "127.0.0.1", "7001")
    person.wait_for(LIVE)
    other, program = kit.telnet(7001), kit.raw(7002)
    other.wait_for(LIVE)
    daemon.wait_log(r"attached by raw:")

    person.type(b"dmesg -n 1\r")  # no line of the kernel in between from here on
    # charmuxd sleeps while the guest speaks and dies, so that its last words have only the kernel to keep them.
    person.type(b"sleep 1; echo last-words-$((6 * 7))\r")
    if kind == "pty":  # what a pty holds when its master closes is lost, whoever would read it
        other.wait_for(b"last-words-42\r\n")
    else:
        other.wait_for(b"(6 * 7))\r\n")
        daemon.process.signal(signal.SIGSTOP)
    wait_until(lambda: b"last-words-42\r\n" in first.log("vm"), "the guest's last words")
    first.kill()
    daemon.process.signal(signal.SIGCONT)
    other.wait_for(f"[charmux: {AWAY}]".encode())
    person.wait_for(f"[charmux: {AWAY}]".encode())
    assert b"last-words-42\r\n" in program.wait_for(b"last-words-42\r\n")
    before_death = console_bytes(other.data)
    assert b"last-words-42" in before_death

    second = kit.guest({"vm": CHARDEVS[kind]}, paused=True)
    assert second.address("vm") == address
    wait_until(lambda: second.taken("vm", daemon.process), "charmuxd to open it again")
    second.resume()
    second.wait_ready("vm")
    for client in (other, person):
        client.wait_for(f"[charmux: {BACK}]".encode())
    wait_until(lambda: b"ttyS0# " in person.output.rpartition(BACK.encode())[2], "the prompt at the person")
    other.wait_for(lambda data: repeats_in_record(second.log("vm"), console_bytes(data)[len(before_death):]) is not None)
    program.wait_for(lambda data: without_questions(console_bytes(other.data)[len(before_death):]) in without_questions(data))
    between = [UNHEARD] if kind != "pty" else []
    for data in (other.data, person.output):
        # The mark and the notice belong to the same point of the stream, so their order says nothing.
        assert sorted(told(data)) == sorted([AWAY, *between, MARK, BACK])
        assert told(data)[0] == AWAY
    person.type(b"echo again-$((6 * 7))\r")
    other.wait_for(b"\nagain-42")  # its kernel may still have something to say, right behind it

    # Who comes later finds both lives in the history, and the mark between them.
    late = kit.telnet(7001).wait_for(LIVE)
    assert MARK in [CLOCK.sub("TIME", text) for text in notices(late)]
    assert late.index(b"last-words-42\r\n") < late.index(b"[charmux: not recorded ") < late.index(b"\nagain-42")
