# SPDX-License-Identifier: Apache-2.0
"""The audit cannot be written. It says so, once, with what to do; consoles and those who watch them know nothing of it;
and when that is mended it goes on by itself, with what has been done meanwhile."""

import fcntl
import json
import signal

import pytest
from support import LIVE, wait_until
from support.small_disk import small_disk

TAIL = ", and it goes on by itself"
ERRORS = {
    "a full disk": (None, None, f"audit FILE stopped: disk full; free some of it{TAIL}"),
    "no directory": (None, None, f"audit FILE stopped: No such file or directory; create its directory{TAIL}"),
    "another's": (None, None, f"audit FILE stopped: another console or program writes it; give it a file of its own{TAIL}"),
    "no file": (None, None, f"audit FILE stopped: it is not a regular file; move that away{TAIL}"),
    "at the stop": (None, None, "audit FILE: charmuxd stopped before NUMBER bytes of it were written, and 0 acts after them"),
}


def start(kit, audit):
    chardev = kit.unix_chardev()
    config = kit.path("charmux.toml")
    config.write_text(f'[audit]\nfile = "{audit}"\n[[console]]\nname = "vm"\nbackend = "{chardev.address}"\n')
    daemon = kit.daemon("--config", config, "--listen", "telnet:127.0.0.1:7001,console=vm")
    chardev.accept()
    return chardev, daemon


def stops(kit, daemon, audit, name):
    """It says so; and a viewer comes and types all the same."""
    line = f"<4>{ERRORS[name][2].replace('FILE', str(audit))}\n"
    wait_until(lambda: line in daemon.log(), lambda: f"{line!r} in:\n{daemon.log()}")
    viewer = kit.telnet(7001)
    viewer.wait_for(LIVE)
    return viewer, lambda: daemon.log().count(line)


def acts(audit):
    return [json.loads(line)["act"] for line in audit.read_text().splitlines()]


def goes_on(daemon, audit):
    daemon.process.signal(signal.SIGHUP)
    daemon.wait_log(f"^<6>audit {audit} goes on$")
    wait_until(lambda: acts(audit)[:2] == ["attach", "pen"], lambda: f"who came meanwhile: {acts(audit)}")


@pytest.mark.parametrize("name", ["no directory", "no file", "another's"])
def test_what_is_no_file_for_it(kit, name):
    folder = kit.path("audits")
    audit = folder / "audit.log"
    if name != "no directory":
        folder.mkdir()
    if name == "no file":
        audit.mkdir()
    holder = None
    if name == "another's":
        holder = audit.open("w")
        fcntl.flock(holder, fcntl.LOCK_EX)
    chardev, daemon = start(kit, audit)
    viewer, times = stops(kit, daemon, audit, name)
    viewer.type(b"hello\r")
    chardev.wait_for(b"hello\r")
    if holder:
        holder.close()
    else:
        folder.mkdir(exist_ok=True)
    if name == "no file":
        audit.rmdir()
    goes_on(daemon, audit)
    assert times() == 1


def at_a_full_disk(kit):
    """Somebody has come, and the audit could not take it."""
    disk = small_disk(kit, 0)
    audit = disk / "audit.log"
    _, daemon = start(kit, audit)
    kit.telnet(7001).wait_for(LIVE)
    _, times = stops(kit, daemon, audit, "a full disk")
    return daemon, disk, audit, times


def test_a_full_disk(kit):
    daemon, disk, audit, times = at_a_full_disk(kit)
    (disk / "other").unlink()
    goes_on(daemon, audit)
    assert times() == 1


def test_at_the_stop_it_says_what_is_missing(kit):
    daemon, _, audit, _ = at_a_full_disk(kit)
    assert daemon.stop() == 0
    said = ERRORS["at the stop"][2].replace("FILE", str(audit)).replace("NUMBER", r"\d+")
    daemon.wait_log(f"^<4>{said}$")
    assert audit.read_text() == ""
