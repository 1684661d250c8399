# SPDX-License-Identifier: Apache-2.0
"""A console's log cannot be written: the disk is full, or what stands at its path is no file for it. It says so, once, and
in `charmux ls`; guest and viewers know nothing of it; and when that is mended the log goes on, by itself or at a SIGHUP,
and what it missed is told in it to the byte."""

import fcntl
import os
import re
import signal
import subprocess

import pytest
from support import LIVE, notices, wait_until, without_others
from support.small_disk import MIB, small_disk

TAIL = ", and it goes on by itself"
ERRORS = {
    "a full disk": (None, None, f"log LOG stopped: disk full; free some of it{TAIL}"),
    "no directory": (None, None, f"log LOG stopped: No such file or directory; create its directory{TAIL}"),
    "no file": (None, None, f"log LOG stopped: it is not a regular file; move that away{TAIL}"),
    "a link": (None, None, f"log LOG stopped: it is a symbolic link; name the file itself{TAIL}"),
    "another's": (None, None, "log LOG stopped: another console or program writes it; "
                  f"give each console a log of its own, such as with %n{TAIL}"),
    "a file too large": (None, None, f"log LOG stopped: File too large; mend that{TAIL}"),
    "a name too long": (None, None, f"log LOG stopped: File name too long; mend that{TAIL}"),
    "at the stop": (None, None, "log LOG: charmuxd stopped before its last 900 bytes were written; "
                    "the next one writes what is kept of them"),
}
SKIPPED = re.compile(rb"(?:\r\n)?\[charmux: (\d+) bytes skipped\]\r\n")


def lines(first, last):
    return b"".join(b"%08d\n" % number for number in range(first, last))


def start(kit, chardev, log, *arguments, **options):
    path = kit.path("charmux.toml")
    path.write_text(f'[[console]]\nname = "vm"\nbackend = "{chardev.address}"\nlog = "{log}"\n')
    daemon = kit.daemon("--config", path, *arguments, **options)
    chardev.accept()
    return daemon


def said(daemon, log, name):
    """Waits until it says so; how often it has."""
    line = f"<4>console vm: {ERRORS[name][2].replace('LOG', str(log))}\n"
    wait_until(lambda: line in daemon.log(), lambda: f"{line!r} in:\n{daemon.log()}")
    return daemon.log().count(line)


def test_a_full_disk_stops_the_log_and_nothing_else(kit):
    disk = small_disk(kit, MIB)
    log = disk / "vm.log"
    chardev = kit.unix_chardev()
    daemon = start(kit, chardev, log, "--listen", "telnet:127.0.0.1:7001,console=vm")
    viewer = kit.telnet(7001)
    viewer.wait_for(LIVE)
    output = b""

    def print_more(mebibytes):
        nonlocal output
        for _ in range(mebibytes * 8):
            number = len(output) // 9
            more = lines(number, number + 14_564)  # an eighth of a MiB
            chardev.write(more)
            output += more
            viewer.wait_for(lambda data, end=more[-9:]: data.endswith(end))

    print_more(4)  # more than disk and history hold
    assert said(daemon, log, "a full disk") == 1
    assert daemon.consoles()["vm"]["reason"] == "log stopped: disk full"
    shown = kit.run("charmux", "--socket", daemon.runtime_dir / "control.sock", "ls").stdout
    assert re.search(r"^vm .* open .* log stopped: disk full$", shown, re.MULTILINE), shown
    late = kit.telnet(7001)
    assert notices(late.wait_for(LIVE))[0].endswith("; log stopped: disk full")

    (disk / "other").unlink()
    daemon.process.signal(signal.SIGHUP)
    daemon.wait_log(f"^<6>console vm: log {log} goes on$")
    print_more(1)
    wait_until(lambda: log.read_bytes().endswith(output[-9:]), "the end in the log")
    assert daemon.consoles()["vm"]["reason"] == ""
    assert said(daemon, log, "a full disk") == 1
    written = log.read_bytes()
    skipped = sum(int(found) for found in SKIPPED.findall(written))
    assert skipped > 0
    assert daemon.consoles()["vm"]["skipped"] == skipped
    in_file = SKIPPED.sub(b"", written)
    assert len(in_file) + skipped == len(output)
    gap = SKIPPED.search(written).start()
    assert in_file == output[:gap] + output[gap + skipped:]
    assert without_others(viewer.data).endswith(output)


def test_it_goes_on_by_itself_when_there_is_room(kit):
    disk = small_disk(kit, 8192)
    log = disk / "vm.log"
    chardev = kit.unix_chardev()
    daemon = start(kit, chardev, log)
    chardev.write(lines(0, 3000))
    said(daemon, log, "a full disk")
    (disk / "other").unlink()
    daemon.wait_log(f"^<6>console vm: log {log} goes on$", 60)
    chardev.write(b"the end\n")
    wait_until(lambda: log.read_bytes() == lines(0, 3000) + b"the end\n", "all of it")


@pytest.mark.parametrize("name", ["no directory", "no file", "a FIFO", "a link"])
def test_what_is_no_file_for_it(kit, name):
    folder = kit.path("logs")
    log = folder / "vm.log"
    if name != "no directory":
        folder.mkdir()
    if name == "no file":
        log.mkdir()
    if name == "a FIFO":
        os.mkfifo(log)
    if name == "a link":
        log.symlink_to("/etc/motd")
    chardev = kit.unix_chardev()
    daemon = start(kit, chardev, log, "--listen", "raw:127.0.0.1:7001,console=vm")
    said(daemon, log, "no file" if name == "a FIFO" else name)
    viewer = kit.raw(7001)
    daemon.wait_log("attached by raw")
    chardev.write(lines(0, 3000))
    viewer.wait_for(lines(0, 3000))
    subprocess.run(["rm", "-rf", folder], check=True)
    folder.mkdir()
    daemon.process.signal(signal.SIGHUP)
    wait_until(lambda: log.exists() and log.read_bytes() == lines(0, 3000), "what was printed meanwhile")


def test_what_another_writes(kit):
    """Two guests of one name, and a log for that name: they do not share it."""
    log = kit.path("vm.log")
    chardev = kit.unix_chardev()
    with open(log, "w", encoding="ascii") as others:
        fcntl.flock(others, fcntl.LOCK_EX)
        daemon = start(kit, chardev, log)
        said(daemon, log, "another's")
        chardev.write(lines(0, 3000))
    daemon.process.signal(signal.SIGHUP)
    wait_until(lambda: log.read_bytes() == lines(0, 3000), "what was printed meanwhile")


def test_what_no_disk_takes(kit):
    log = kit.path("x" * 300)
    said(start(kit, kit.unix_chardev(), log), log, "a name too long")


def test_a_file_that_may_grow_no_more_ends_nobody(kit):
    """LimitFSIZE= in a unit: the kernel's answer to one write more is a signal that kills."""
    log = kit.path("vm.log")
    chardev = kit.unix_chardev()
    daemon = start(kit, chardev, log, wrap=("prlimit", "--fsize=2000000"))
    chardev.write(lines(0, 300_000))
    said(daemon, log, "a file too large")
    assert log.read_bytes() == lines(0, 300_000)[:2_000_000]


def at_a_full_disk(kit, printed):
    """A guest has printed that, and its log could take none of it."""
    disk = small_disk(kit, 0)
    log = disk / "vm.log"
    chardev = kit.unix_chardev()
    daemon = start(kit, chardev, log, "--listen", "raw:127.0.0.1:7001,console=vm")
    viewer = kit.raw(7001)
    daemon.wait_log("attached by raw")
    chardev.write(printed)
    viewer.wait_for(printed[-9:])
    said(daemon, log, "a full disk")
    return daemon, chardev, disk, log


def test_at_the_stop_it_says_what_is_missing(kit):
    daemon, chardev, disk, log = at_a_full_disk(kit, lines(0, 100))
    assert daemon.stop() == 0
    assert f"<4>console vm: {ERRORS['at the stop'][2].replace('LOG', str(log))}\n" in daemon.log()
    (disk / "other").unlink()
    start(kit, chardev, log)
    chardev.write(b"the end\n")
    wait_until(lambda: log.read_bytes().endswith(b"the end\n"), "the end in the log")
    assert log.read_bytes().startswith(lines(0, 100) + b"[charmux: not recorded ")


def test_a_stop_tries_once_more(kit):
    """There is room again, and the log has not noticed yet when charmuxd is told to stop: it is written all the same."""
    daemon, _, disk, log = at_a_full_disk(kit, lines(0, 50_000))
    (disk / "other").unlink()
    assert daemon.stop() == 0
    assert log.read_bytes() == lines(0, 50_000)
    assert "before its last" not in daemon.log()
