# SPDX-License-Identifier: Apache-2.0
"""A viewer wants what it cannot have: a telnet viewer reads why, a raw one is closed, without a byte that is not the
console's, and the log has the reason."""

import pytest
from support import LIVE

ANYBODY = r"127\.0\.0\.1:\d+"


def two(kit, kind="telnet", options=""):
    """Who came first, and who came second by a listener with these options; the guest's chardev; charmuxd."""
    chardev = kit.unix_chardev()
    daemon = kit.daemon("--console", f"vm={chardev.address}", "--listen", "telnet:127.0.0.1:7001,console=vm",
                        "--listen", f"{kind}:127.0.0.1:7002,console=vm{options}")
    first = kit.telnet(7001)
    first.wait_for(LIVE)
    second = kit.telnet(7002) if kind == "telnet" else kit.raw(7002)
    daemon.wait_log(rf"attached by {kind}", 10)
    return chardev, daemon, first, second


def not_the_writer(kit):
    _, _, first, second = two(kit)
    second.wait_for(LIVE)
    second.type(b"hello")
    return second.wait_for(f"[charmux: read-only: 127.0.0.1:{first.local_port} types; ^Ecf takes over, ^Eca asks]".encode())


def door_to_watch(kit):
    _, _, _, second = two(kit, options=",access=watch")
    second.wait_for(LIVE)
    second.type(b"hello")
    return second.wait_for(b"[charmux: read-only: this door only lets you watch]")


def raw_not_the_writer(kit):
    _, daemon, first, second = two(kit, "raw")
    second.send(b"hello")
    assert second.wait_closed() == b""
    return daemon.wait_log(rf"left: it typed while 127\.0\.0\.1:{first.local_port} has the pen$")


def raw_door_to_watch(kit):
    _, daemon, _, second = two(kit, "raw", ",access=watch")
    second.send(b"hello")
    assert second.wait_closed() == b""
    return daemon.wait_log(r"left: it typed, and may only watch here \(")


def fall_behind(kit, kind):
    """The second one reads nothing while the guest prints far more than history and kernel hold for it."""
    chardev, daemon, _, second = two(kit, kind)
    daemon.wait_log(f"attached by {kind}")
    chardev.accept()
    for _ in range(32):
        chardev.write(b"x" * (1 << 20))
    return daemon, second


def too_slow_for_raw(kit):
    daemon, _ = fall_behind(kit, "raw")
    return daemon.wait_log(r"left: it read too slowly and fell a whole ring behind \(on-lag=close\)(; .*)?$")


def too_slow_for_telnet(kit):
    """It is told, and logged, when it reads again."""
    daemon, second = fall_behind(kit, "telnet")
    second.wait_for(b" bytes skipped]")
    return daemon.wait_log(rf"^<4>console vm: {ANYBODY} reads too slowly: \d+ bytes skipped, \d+ in all$")


def key(keys, says):
    """Who came second presses that."""
    def press(kit):
        _, _, first, second = two(kit)
        second.wait_for(LIVE)
        second.type(b"\x05c" + keys)
        return second.wait_for(says.replace("ADDRESS", f"127.0.0.1:{first.local_port}").encode())
    return press, None, says


def writers_key(keys, says):
    """Who came first, and types, presses that."""
    def press(kit):
        _, _, first, _ = two(kit)
        first.type(b"\x05c" + keys)
        return first.wait_for(says.encode())
    return press, None, says


def break_through_a_socket(kit):
    _, _, first, _ = two(kit)
    first.command(243)
    return first.wait_for(b"[charmux: no break: a raw socket carries none, only QEMU's monitor or telnet do]")


def break_through_a_pty(kit):
    chardev = kit.pty_chardev()
    kit.daemon("--console", f"vm={chardev.address}", "--listen", "telnet:127.0.0.1:7001,console=vm")
    viewer = kit.telnet(7001)
    viewer.wait_for(LIVE)
    viewer.command(243)
    return viewer.wait_for(b"[charmux: no break: QEMU passes none on from a pty, only from its monitor]")


def not_found_yet(kit, kind):
    daemon = kit.daemon("--qmp", kit.path("*.qmp"), "--listen", f"{kind}:127.0.0.1:7001,console=vm")
    client = kit.telnet(7001) if kind == "telnet" else kit.raw(7001)
    said = client.wait_closed()
    assert daemon.wait_log(rf"{kind}:127\.0\.0\.1:7001: a client is turned away: no guest with a console vm has been found yet; "
                           "come again when it runs$")
    return said == (b"[charmux: no guest with a console vm has been found yet; come again when it runs]\r\n"
                    if kind == "telnet" else b"")


def no_room(kit):
    kit.path("charmux.toml").write_text("[limits]\nviewers = 1\n")
    daemon = kit.daemon("--config", kit.path("charmux.toml"), "--console", "vm=unix:/run/nothing.sock",
                        "--listen", "telnet:127.0.0.1:7001,console=vm")
    kit.telnet(7001).wait_for(LIVE)
    for _ in range(2):
        assert kit.telnet(7001).wait_closed() == b"[charmux: full, try later]\r\n"
    return daemon


def no_room_in_the_log(kit):
    """Once, not for each that comes in vain."""
    daemon = no_room(kit)
    daemon.wait_log(r"^<4>full: 1 connected, others are turned away; raise limits\.viewers or the limit of open files$")
    return daemon.log().count("full: ") == 1


# How, and that it is said just so | no exit code: it runs | what is said.
ERRORS = {
    "a console that no guest has yet": (lambda kit: not_found_yet(kit, "telnet"), None,
                                        "[charmux: no guest with a console NAME has been found yet; come again when it runs]"),
    "a console that no guest has yet, raw": (lambda kit: not_found_yet(kit, "raw"), None,
                                             "a client is turned away: no guest with a console NAME has been found yet; "
                                             "come again when it runs"),
    "typing beside the writer": (not_the_writer, None, "[charmux: read-only: ADDRESS types; ^Ecf takes over, ^Eca asks]"),
    "typing at a listener to watch": (door_to_watch, None, "[charmux: read-only: this door only lets you watch]"),
    "typing beside the writer, raw": (raw_not_the_writer, None, "it typed while ADDRESS has the pen"),
    "typing at a listener to watch, raw": (raw_door_to_watch, None, "it typed, and may only watch here (access=watch, or its user's "
                                           "rules)"),
    "reading too slowly": (too_slow_for_telnet, None, "ADDRESS reads too slowly: NUMBER bytes skipped, NUMBER in all"),
    "reading too slowly, raw": (too_slow_for_raw, None, "it read too slowly and fell a whole ring behind (on-lag=close)"),
    "a break through a socket": (break_through_a_socket, None, "[charmux: no break: a raw socket carries none, only QEMU's "
                                 "monitor or telnet do]"),
    "a break through a pty": (break_through_a_pty, None, "[charmux: no break: QEMU passes none on from a pty, only from its "
                              "monitor]"),
    "a key that needs the pen": key(b"d", "[charmux: ^Ecd needs the pen: ADDRESS types; ^Ecf takes over, ^Eca asks]"),
    "the way back where there was no menu": key(b";", "[charmux: this door has one console, and no menu]"),
    "a line to nobody": writers_key(b"b\r", "[charmux: nothing was told]"),
    "a character that is no octal number": writers_key(b"\\9", "[charmux: ^Ec\\ takes three octal digits, \\000 to \\377; nothing "
                                                       "was sent]"),
    "a break sequence that is not set": writers_key(b"l9", "[charmux: no break: l9 is not set; ^Ecl? lists those that are]"),
    "a break sequence without its digit": writers_key(b"lx", "[charmux: ^Ecl takes a digit; ^Ecl? lists the break sequences]"),
    "no room": (no_room, None, "[charmux: full, try later]"),
    "no room, in the log": (no_room_in_the_log, None, "full: NUMBER connected, others are turned away; raise limits.viewers or "
                            "the limit of open files"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_what_a_viewer_is_refused(kit, name):
    assert ERRORS[name][0](kit)
