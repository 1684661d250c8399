# SPDX-License-Identifier: Apache-2.0
"""QEMU has its serial port on FIFOs (`-chardev pipe`): I see it boot, type, see it die and come back; a debug port, which
takes no input, has one FIFO and is only watched."""

import os

from support import LIVE, console_bytes, notices, repeats_in_record, wait_until


def test_it_boots_is_typed_at_dies_and_comes_back(kit):
    path = kit.path("vm")
    os.mkfifo(f"{path}.in")
    os.mkfifo(f"{path}.out")
    daemon = kit.daemon("--console", f"vm=pipe:{path}", "--listen", "telnet:127.0.0.1:7001,console=vm")
    me = kit.telnet(7001)
    me.wait_for(LIVE)
    daemon.wait_log(rf"closed: {path}.in: no QEMU has it open; trying again$")
    first = kit.guest({"vm": f"pipe,path={path}"})
    me.wait_for(b"ttyS0# ")
    me.type(b"echo once-$((6 * 7))\r")
    me.wait_for(b"\nonce-42\r\n")
    me.wait_for(lambda data: repeats_in_record(first.log("vm"), console_bytes(data)) is not None)

    first.kill()
    me.wait_for(b"[charmux: vm is shut off; waiting]")
    daemon.wait_log(rf"closed: {path}.out: its other side was closed; trying again$")
    second = kit.guest({"vm": f"pipe,path={path}"})
    me.wait_for(b"[charmux: vm is back]")
    second.wait_ready("vm")
    me.type(b"\recho again-$((6 * 7))\r")
    me.wait_for(b"\nagain-42\r\n")


def test_a_charmuxd_that_returns_has_what_was_printed_meanwhile(kit):
    path = kit.path("vm")
    os.mkfifo(f"{path}.in")
    os.mkfifo(f"{path}.out")
    guest = kit.guest({"vm": f"pipe,path={path}"})
    guest.wait_ready("vm")
    daemon = kit.daemon("--console", f"vm=pipe:{path}", "--listen", "telnet:127.0.0.1:7001,console=vm")
    me = kit.telnet(7001)
    me.wait_for(b"ttyS0# ")
    me.type(b"echo there-$((6 * 7))\r")
    me.wait_for(b"\nthere-42\r\n")
    assert daemon.consoles()["vm"]["state"] == "open"


def test_a_debug_port_on_one_fifo_is_watched(kit):
    """The BIOS writes to port 0x402, which no input goes to."""
    path = kit.path("debug")
    os.mkfifo(path)
    daemon = kit.daemon("--console", f"vm=pipe:{path}", "--listen", "telnet:127.0.0.1:7001,console=vm")
    me = kit.telnet(7001)
    me.wait_for(LIVE)
    daemon.wait_log(rf"closed: {path}: nobody writes into it; trying again$")
    debug = ["-chardev", f"pipe,id=debug,path={path},logfile={kit.path('record')}",
             "-device", "isa-debugcon,iobase=0x402,chardev=debug"]
    first = kit.guest({"vm": "pty"}, qemu_args=debug, name="first")
    me.wait_for(b"SeaBIOS")
    me.type(b"nobody reads this\r")
    first.wait_ready("vm")
    me.wait_for(lambda data: console_bytes(data) == kit.path("record").read_bytes())
    first.kill()
    me.wait_for(b"[charmux: vm is shut off; waiting]")
    kit.guest({"vm": "pty"}, qemu_args=debug, name="second")
    me.wait_for(lambda data: data.count(b"SeaBIOS (") == 2)
    assert "vm is back" in notices(me.data)
    wait_until(lambda: daemon.consoles()["vm"]["state"] == "open", "the console to be open")
