# SPDX-License-Identifier: Apache-2.0
"""Something on the line is not what it should be, and I want to see each byte: `charmux bridge -v` shows every read and
write in hex, with its time, its direction and where it stands, and what is passed on is the same as without."""

import subprocess

from support import LIVE, repeats_in_record, wait_until

ALL_BYTES = bytes(range(256))


def test_each_read_and_each_write_is_a_block(kit):
    chardev = kit.unix_chardev()
    bridge = kit.bridge(chardev.address, "telnet:127.0.0.1:7001", "-v")
    chardev.accept()
    me = kit.telnet(7001)
    me.wait_for(LIVE)
    chardev.write(b"login: ")
    me.wait_for(b"login: ")
    me.type(b"root\r")
    chardev.wait_for(b"root\r")
    chardev.write(b"\x1b[1mroot\x1b[0m\r\n")
    me.wait_for(b"root\x1b[0m\r\n")
    wait_until(lambda: bridge.hex_blocks() == [("<", 0, b"login: "), (">", 0, b"root\r"),
                                               ("<", 7, b"\x1b[1mroot\x1b[0m\r\n")],
               lambda: f"three blocks; {bridge.log()}")


def test_what_is_shown_is_what_passed_and_hexdump_agrees(kit):
    chardev = kit.unix_chardev()
    bridge = kit.bridge(chardev.address, "raw:127.0.0.1:7001", "-v")
    me = kit.raw(7001)
    bridge.wait_log(r"attached by raw:")
    chardev.accept().write(ALL_BYTES)
    me.wait_for(ALL_BYTES)
    wait_until(lambda: bridge.passed("<") == ALL_BYTES, "all of it to be shown")
    hexdump = subprocess.run(["hexdump", "-C"], input=ALL_BYTES, capture_output=True, check=True).stdout.decode()
    if len(bridge.hex_blocks()) == 1:
        assert hexdump.rpartition("00000100\n")[0] in bridge.log()
    me.send(ALL_BYTES[::-1])
    assert chardev.wait_for(ALL_BYTES[::-1]) == ALL_BYTES[::-1]
    wait_until(lambda: bridge.passed(">") == ALL_BYTES[::-1], "all that was typed to be shown")


def test_with_a_real_guest_it_is_the_guests_own_record(kit):
    guest = kit.guest({"vm": "unix"}, paused=True)
    bridge = kit.bridge(guest.address("vm"), "telnet:127.0.0.1:7001", "--once", "-v")
    bridge.wait_log(": open")
    guest.resume()
    guest.wait_ready("vm")
    wait_until(lambda: repeats_in_record(guest.log("vm"), bridge.passed("<")) is not None,
               lambda: f"all that the guest printed; {bridge.passed('<')[-300:]!r}")
    assert bridge.passed(">") == b""


def test_without_it_nothing_is_shown(kit):
    chardev = kit.unix_chardev()
    bridge = kit.bridge(chardev.address, "telnet:127.0.0.1:7001")
    chardev.accept().write(b"secret\r\n")
    kit.telnet(7001).wait_for(b"secret\r\n")
    assert bridge.hex_blocks() == [] and "secret" not in bridge.log()
