# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C and telnet's "send ip" interrupt what runs in the guest; "send ayt" is answered with how things stand; "send brk"
with why this chardev has no break. None of the answers goes to others or to the guest."""

import pytest
from support import LIVE, ends_in_record, notices, wait_until

BREAK, INTERRUPT, ARE_YOU_THERE = 243, 244, 246
WHY = {"pty": "QEMU passes none on from a pty, only from its monitor",
       "unix": "a raw socket carries none, only QEMU's monitor or telnet do"}


@pytest.mark.parametrize("kind", WHY)
def test_telnet_commands_do_what_they_say(kit, kind):
    guest = kit.guest({"boot": "null", "vm": kind})
    kit.daemon("--console", f"vm={guest.address('vm')}", "--listen", "telnet:127.0.0.1:7001,console=vm")
    guest.wait_ready("vm")
    writer, watcher = kit.telnet(7001), kit.telnet(7001)
    writer.wait_for(LIVE)
    watcher.wait_for(LIVE)
    for n, interrupt in enumerate((lambda: writer.type(b"\x03"), lambda: writer.command(INTERRUPT))):
        # What is interrupted says itself that it runs: before that, the shell might be the one to hear it.
        writer.type(f"sh -c 'echo sleeping-{n}$((6 * 7)); exec sleep 10000'\r".encode())
        writer.wait_for(f"sleeping-{n}42\r\n".encode())
        interrupt()
        writer.wait_for(lambda data: data.count(b"^C\r\n") == n + 1)
        writer.type(f"echo awake-{n}$((6 * 7))\r".encode())
        writer.wait_for(f"awake-{n}42\r\n".encode())

    # Of one who only watches they do not interrupt.
    watcher.command(INTERRUPT)
    watcher.wait_for(f"[charmux: read-only: 127.0.0.1:{writer.local_port} types; ^Ecf takes over, ^Eca asks]\r\n".encode())
    wait_until(lambda: ends_in_record(guest.log("vm"), b"ttyS1# \x1b[6n"), "the prompt")
    before = guest.log("vm")
    writer.command(ARE_YOU_THERE)
    writer.wait_for(b"[charmux: vm, 2 watching, you type; ^Ec? helps]\r\n")
    watcher.command(ARE_YOU_THERE)
    watcher.wait_for(lambda data: notices(data)[-1] == f"vm, 2 watching, 127.0.0.1:{writer.local_port} types; read-only: ^Ecf takes over, ^Ec? helps")
    writer.command(BREAK)
    writer.wait_for(f"[charmux: no break: {WHY[kind]}]\r\n".encode())
    writer.type(b"echo then-$((6 * 7))\r")
    watcher.wait_for(b"then-42\r\n")
    assert guest.log("vm")[len(before):].startswith(b"echo then-")
    assert not [text for text in notices(watcher.data) if "break" in text]


def test_the_client_sends_them_by_name(kit):
    guest = kit.guest({"boot": "null", "vm": "unix"})
    kit.daemon("--console", f"vm={guest.address('vm')}", "--listen", "telnet:127.0.0.1:7001,console=vm")
    guest.wait_ready("vm")
    person = kit.on_terminal("telnet", "127.0.0.1", "7001")
    person.wait_for(LIVE)
    for command, answer in (("ayt", b"[charmux: vm, 1 watching, you type; ^Ec? helps]\r\n"), ("brk", b"[charmux: no break: a raw socket ")):
        before = len(person.output)
        person.type(b"\x1d")
        wait_until(lambda: b"telnet> " in person.output[before:], "the client's own prompt")
        person.type(f"send {command}\r".encode())
        wait_until(lambda: answer in person.output[before:], lambda: f"{answer!r}: {person.output[before:]!r}")
