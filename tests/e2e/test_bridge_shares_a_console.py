# SPDX-License-Identifier: Apache-2.0
"""I have a guest and no daemon. One line shares its console: I type at it with telnet, a script watches it by a socket of
its own, and both see the same. Nothing of it is on the disk, and no charmuxd is asked."""

import os

import pytest
from support import LIVE, notices, repeats_in_record, wait_until


def files_of(bridge):
    """What it has open of any file system that outlives it."""
    return [path for path in bridge.process.open_files() if path.startswith("/") and "/dev/" not in path
            and not path.startswith("/memfd:") and not path.endswith("bridge.log")]


@pytest.mark.parametrize("kind", ["unix", "pty"])
def test_one_types_by_telnet_and_one_watches_raw(kit, kind):
    guest = kit.guest({"vm": kind}, paused=True)
    address = guest.address("vm")
    bridge = kit.bridge(address, "telnet:127.0.0.1:7001", "raw:127.0.0.1:7002,access=watch")
    bridge.wait_log(r": open")
    watcher = kit.on_terminal("sh", "-c", "stty raw; exec socat -u TCP:127.0.0.1:7002 STDOUT")
    bridge.wait_log(r"attached by raw:127\.0\.0\.1:7002$")
    me = kit.terminal("telnet", "127.0.0.1", "7001")
    me.wait_for("[charmux: live]")
    assert f"[charmux: {address}, 2 watching" in me.screen().replace("\n", "")
    guest.resume()
    guest.wait_ready("vm")

    me.type("echo typed-$((6 * 7))")
    me.press("Enter")
    me.wait_for("typed-42")
    watcher.wait_for(b"\ntyped-42")
    wait_until(lambda: repeats_in_record(guest.log("vm"), watcher.output) is not None,
               lambda: f"all that the guest printed; {watcher.output[-200:]!r}")
    assert files_of(bridge) == []
    me.press("C-]")
    me.wait_for("telnet>")
    me.type("quit")
    me.press("Enter")
    assert me.wait() == 0


def test_who_comes_late_reads_what_was_printed_before(kit):
    """Its history is in memory, and is the same that charmuxd would give."""
    chardev = kit.unix_chardev()
    bridge = kit.bridge(chardev.address, "telnet:127.0.0.1:7001", f"raw:{kit.path('door')},replay=64KiB")
    chardev.accept().write(b"printed before anybody came\r\n")
    bridge.wait_log(r": open")
    with kit.telnet(7001) as first:
        first.wait_for(b"printed before anybody came\r\n" + LIVE)
    late = kit.raw(kit.path("door"))
    late.wait_for(b"printed before anybody came\r\n")
    chardev.write(b"and after\r\n")
    late.wait_for(b"and after\r\n")
    assert late.data == b"printed before anybody came\r\nand after\r\n"
    assert not any("not kept" in text for text in notices(first.data))


def test_the_first_types_and_a_door_that_only_lets_watch_lets_nobody_type(kit):
    chardev = kit.unix_chardev()
    bridge = kit.bridge(chardev.address, "telnet:127.0.0.1:7001", "raw:127.0.0.1:7002,access=watch")
    chardev.accept()
    me, spy = kit.telnet(7001), kit.raw(7002)
    me.wait_for(b"you type")
    spy.send(b"not-typed")
    spy.wait_closed()
    bridge.wait_log(r"left: it typed, and may only watch here \(")
    me.type(b"typed")
    assert chardev.wait_for(b"typed") == b"typed"


def test_a_user_that_is_not_root_needs_nothing_but_the_line(kit):
    """No state directory, no runtime directory, no configuration is read or made."""
    chardev = kit.tcp_chardev()
    for name in ("XDG_STATE_HOME", "XDG_RUNTIME_DIR", "HOME"):
        os.environ.pop(name, None)
    nobody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
    kit.bridge(chardev.address, "telnet:127.0.0.1:7001", wrap=nobody)
    chardev.accept().write(b"hello\r\n")
    kit.telnet(7001).wait_for(b"hello\r\n")
