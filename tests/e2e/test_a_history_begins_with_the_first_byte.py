# SPDX-License-Identifier: Apache-2.0
"""Of two thousand consoles most print nothing for months: their histories cost no file. The first byte makes it, whatever
came before: viewers, a chardev that went and came again, an orderly stop. From then on it is there, also after a kill.
And what such a guest may have said while charmuxd was away is no secret either: a mark stands before its first byte."""

import json
import re

import pytest
from support import LIVE, notices, wait_until
from support.found import says, wait_states


def charmux(kit, daemon, *words):
    return kit.run("charmux", *words, env={"CHARMUX_SOCKET": str(daemon.runtime_dir / "control.sock")})


def kept(daemon):
    return sorted(path.name for path in (daemon.state_dir / "history").iterdir())


def start(kit, chardev):
    daemon = waiting(kit, chardev.address)
    daemon.wait_log("console vm: open")
    return daemon


def waiting(kit, address):
    return kit.daemon("--console", f"vm={address}", "--listen", "telnet:127.0.0.1:7001,console=vm")


def remembered(daemon, name="vm"):
    """Since when output would be missing, as what outlives charmuxd has it; None: nothing is."""
    path = daemon.state_dir / "consoles.json"
    consoles = json.loads(path.read_text())["consoles"] if path.exists() else []
    return next((each.get("missing_since") for each in consoles if each["name"] == name), None)


def silent_life(kit, chardev):
    """charmuxd has the console, which prints nothing, and has put on the disk that it has it."""
    daemon = start(kit, chardev)
    chardev.accept()
    wait_until(lambda: remembered(daemon), lambda: "the console to be remembered")
    return daemon


def marks_at_first_byte(kit, chardev):
    """The guest prints its first byte: what a viewer reads of missing output, all of it before that byte."""
    chardev.accept().write(b"@")
    viewer = kit.telnet(7001)
    data = viewer.wait_for(lambda data: b"@" in data and LIVE in data)
    before, _, after = data.partition(b"@")
    assert not any("not recorded" in text for text in notices(after)), data
    return [text for text in notices(before) if "not recorded" in text]


def test_a_console_that_never_printed_has_no_file(kit):
    chardev = kit.unix_chardev()
    daemon = start(kit, chardev)
    chardev.accept()
    viewer = kit.telnet(7001)
    viewer.wait_for(LIVE)
    viewer.type(b"x")
    chardev.wait_for(b"x")
    tail = charmux(kit, daemon, "tail", "vm")
    assert (tail.returncode, tail.stdout) == (0, "")
    assert [(each["offset"], each["reason"]) for each in json.loads(charmux(kit, daemon, "ls", "--json").stdout)] == [(0, "")]
    chardev.hang_up()
    chardev.accept()
    viewer.wait_for(lambda data: any(text.startswith("not recorded ") for text in notices(data)))
    assert kept(daemon) == []
    assert daemon.stop() == 0
    assert kept(daemon) == []


def test_the_first_byte_makes_it_and_a_killed_charmuxd_leaves_it(kit):
    chardev = kit.unix_chardev()
    daemon = start(kit, chardev)
    viewer = kit.telnet(7001)
    viewer.wait_for(LIVE)
    chardev.accept().write(b"@")
    viewer.wait_for(b"@")
    assert kept(daemon) == ["vm.ring", "vm.times"]
    daemon.kill()
    daemon = start(kit, chardev)
    assert json.loads(charmux(kit, daemon, "ls", "--json").stdout)[0]["offset"] == 1
    chardev.accept().write(b"#\r\n")
    wait_until(lambda: charmux(kit, daemon, "tail", "vm").stdout.endswith("#\n"), lambda: "the second byte to be kept")
    viewer = kit.telnet(7001)
    assert viewer.wait_for(LIVE).count(b"not recorded") == 1
    assert charmux(kit, daemon, "tail", "vm").stdout.startswith("@")
    assert kept(daemon) == ["vm.ring", "vm.times"]


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_what_a_silent_guest_may_have_said_to_nobody_is_marked(kit, end):
    """QEMU drops what a guest prints on a socket to which nobody is connected."""
    daemon = waiting(kit, f"unix:{kit.path('chardev.sock')}")
    daemon.wait_log("console vm: closed: ")
    chardev = kit.unix_chardev("chardev.sock").accept()
    wait_until(lambda: remembered(daemon), lambda: "the console to be remembered")
    kit.telnet(7001).wait_for(LIVE)
    opened = remembered(daemon)
    getattr(daemon, end)()
    assert remembered(daemon) > opened if end == "stop" else remembered(daemon) == opened
    assert kept(daemon) == []
    daemon = start(kit, chardev)
    marks = marks_at_first_byte(kit, chardev)
    assert len(marks) == 1 and re.fullmatch(r"not recorded \d\d:\d\d:\d\d - \d\d:\d\d:\d\d", marks[0]), marks
    assert daemon.stop() == 0
    assert remembered(daemon) is None, "its file has it now"


def test_however_often_charmuxd_was_away_it_is_one_gap_from_the_first_time_on(kit):
    chardev = kit.unix_chardev()
    daemon = silent_life(kit, chardev)
    assert daemon.stop() == 0
    first = remembered(daemon)
    for end in ("stop", "kill", "stop"):
        daemon = silent_life(kit, chardev)
        getattr(daemon, end)()
        assert remembered(daemon) == first
    start(kit, chardev)
    assert len(marks_at_first_byte(kit, chardev)) == 1


def test_a_console_of_which_nothing_was_missed_has_no_mark(kit):
    """Neither a new one, nor one that was never open, nor one of which nobody knows any more."""
    chardev = kit.unix_chardev()
    new = start(kit, chardev)
    assert marks_at_first_byte(kit, chardev) == []
    new.kill()
    for path in (new.state_dir / "history").iterdir():
        path.unlink()
    (new.state_dir / "consoles.json").write_text("{")
    forgetful = start(kit, chardev)
    assert marks_at_first_byte(kit, chardev) == []
    assert forgetful.stop() == 0
    (forgetful.state_dir / "consoles.json").unlink()
    never = waiting(kit, f"unix:{kit.path('later')}")
    never.wait_log("console vm: closed: ")
    assert never.stop() == 0
    assert remembered(never) is None


def test_a_history_in_memory_leaves_no_file_that_tells_what_was_missed(kit):
    chardev = kit.unix_chardev()
    daemon = silent_life(kit, chardev)
    opened = remembered(daemon)
    (daemon.state_dir / "history/vm.ring").mkdir()
    chardev.write(b"lost")
    daemon.wait_log("console vm: history not kept: ")
    assert daemon.stop() == 0
    assert remembered(daemon) == opened, "all that it printed since is missing"
    start(kit, chardev)
    assert len(marks_at_first_byte(kit, chardev)) == 1


def test_a_guest_that_was_found_has_the_mark_too(kit):
    guest = kit.fake_qmp().guest("alpha", kit.path("alpha.qmp"))
    found = ("--qmp", kit.path("*.qmp"), "--listen", "telnet:127.0.0.1,ports=7001-7009")
    daemon = kit.daemon(*found)
    wait_states(daemon, {"alpha": "open"})
    assert daemon.stop() == 0
    daemon = kit.daemon(*found)
    wait_states(daemon, {"alpha": "open"})
    says(daemon, guest, "alpha", b"first\r\n")
    data = kit.telnet(7001).wait_for(LIVE)
    assert b"not recorded" in data.partition(b"first")[0], data
