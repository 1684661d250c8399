# SPDX-License-Identifier: Apache-2.0
"""The disk of the state directory has room for one history of three: when their guests print, the other two are kept in
memory, and log and notice say so, also to who was there before; then each guest prints its history twenty times over, and
nobody dies of a page that the disk has no room for."""

import subprocess

from support import LIVE, notices

ERRORS = {
    "a full disk": (None, None, "history not kept: disk full: HISTORY/b.ring is kept in memory only; free some of it and start "
                    "again"),
}
NAMES = ("a", "b", "c")
MIB = 1024 * 1024
PIECE = MIB // 8  # what is printed before the viewer is looked at: it never falls behind


def line(name, number):
    return f"{name} {number:08d} ".encode().ljust(62, b".") + b"\r\n"


def take(viewer, count):
    """The next `count` bytes at a raw viewer."""
    taken = b""
    while len(taken) < count:
        received = viewer.socket.recv(count - len(taken))
        assert received, "charmuxd closed the connection"
        taken += received
    return taken


def test_the_history_is_in_memory_and_the_output_goes_on(kit):
    state = kit.path("charmux/state")
    state.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m,mode=0700", "small", state], check=True)
    chardevs = {name: kit.unix_chardev(f"{name}.sock") for name in NAMES}
    arguments = []
    for n, name in enumerate(NAMES):
        arguments += ["--console", f"{name}={chardevs[name].address}", "--listen", f"telnet:127.0.0.1:{7001 + n},console={name}",
                      "--listen", f"raw:127.0.0.1:{7011 + n},console={name}"]
    daemon = kit.daemon(*arguments)
    assert ".ring" not in daemon.log(), "nothing is to be kept yet"
    viewers = {}
    for n, name in enumerate(NAMES):
        viewers[name] = kit.raw(7011 + n)
        early = kit.telnet(7001 + n)
        assert "not kept" not in notices(early.wait_for(LIVE))[0]
        chardevs[name].accept().write(b"hello\r\n")
        said = notices(early.wait_for(b"hello\r\n"))
        assert ("history not kept: disk full" in said) == (name != "a"), said
        assert take(viewers[name], 7) == b"hello\r\n"
    remarks = [found.replace(str(state / "history"), "HISTORY") for found in daemon.log().splitlines() if ".ring" in found]
    text = ERRORS["a full disk"][2]
    assert remarks == [f"<4>console b: {text}", f"<4>console c: {text.replace('b.ring', 'c.ring')}"]

    for n, name in enumerate(NAMES):
        daemon.wait_log(f"console {name}: .* attached by raw")
        hello = notices(kit.telnet(7001 + n).wait_for(LIVE))[0]
        assert hello.endswith("; history not kept: disk full") == (name != "a"), hello

    for first in range(0, 20 * MIB // 64, PIECE // 64):
        for name in NAMES:
            chardevs[name].write(b"".join(line(name, number) for number in range(first, first + PIECE // 64)))
        for name in NAMES:
            expected = b"".join(line(name, number) for number in range(first, first + PIECE // 64))
            assert take(viewers[name], PIECE) == expected, f"console {name} from line {first} on"
    late = kit.telnet(7002)
    late.wait_for(lambda data: LIVE in data)
    assert line("b", 20 * MIB // 64 - 1) in late.data
    assert "b.ring" not in {path.name for path in (state / "history").iterdir()}
