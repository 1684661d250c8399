# SPDX-License-Identifier: Apache-2.0
"""What lies where a console's history should be cannot be used: charmuxd sets it aside or leaves it alone, says which in
one line, and the console works all the same."""

import os

import pytest
from support import LIVE

KEPT = b"kept since last time\r\n"


def earlier_run(kit):
    """A history with something in it, closed as it should be."""
    chardev = kit.unix_chardev("earlier.sock")
    daemon = kit.daemon("--console", f"vm={chardev.address}", "--listen", "raw:127.0.0.1:7009,console=vm")
    viewer = kit.raw(7009)
    chardev.accept().write(KEPT)
    viewer.wait_for(KEPT)
    assert daemon.stop() == 0


def damaged(*writes, file="vm.ring"):
    def provoke(kit, folder):
        earlier_run(kit)
        with open(folder / file, "r+b") as history:
            for offset, data in writes:
                history.seek(offset)
                history.write(data)
    return provoke


def foreign(_kit, folder):
    folder.mkdir(parents=True)
    (folder / "vm.ring").write_bytes(b"a tar archive, say\n" * 1000)


def too_short(_kit, folder):
    folder.mkdir(parents=True)
    (folder / "vm.ring").write_bytes(b"short")


def truncated(kit, folder):
    earlier_run(kit)
    os.truncate(folder / "vm.ring", 500_000)


def a_folder(_kit, folder):
    (folder / "vm.ring").mkdir(parents=True)


def a_link(kit, folder):
    folder.mkdir(parents=True)
    kit.path("elsewhere").write_text("not ours")
    (folder / "vm.ring").symlink_to(kit.path("elsewhere"))


SET_ASIDE = "; it was renamed to HISTORY/vm.ring.set-aside and a new history begins; delete that when nobody needs it"
IN_MEMORY = "HISTORY/vm.ring is kept in memory only"

# What lies there (offsets are those of history/ring_header.hpp) | no exit code: it runs | the exact line | whether what
# was recorded earlier is still told.
ERRORS = {
    "a foreign file": (foreign, None, f"history HISTORY/vm.ring is not a charmux history{SET_ASIDE}", False),
    "too short a file": (too_short, None, "history HISTORY/vm.ring is shorter than a history's header, or unreadable"
                         + SET_ASIDE, False),
    "a truncated file": (truncated, None, f"history HISTORY/vm.ring is 500000 bytes long and should be 1052672{SET_ASIDE}", False),
    "the format of another version": (damaged((8, b"\x09")), None, "history HISTORY/vm.ring has format 9 where this version "
                                      f"reads 1{SET_ASIDE}", False),
    "an impossible size": (damaged((16, b"\x07")), None, "history HISTORY/vm.ring has the size 1048583, which no history has"
                           + SET_ASIDE, False),
    "offsets that do not fit": (damaged((64, b"\xff\xff")), None, "history HISTORY/vm.ring has offsets that do not fit together "
                                f"(first 0, head 65535, reserved 22){SET_ASIDE}", False),
    "marks that do not fit": (damaged((104, b"\x02"), (1024 + 48, b"\x02" + b"\0" * 7 + b"\xff" * 8)), None, "history HISTORY/vm.ring has marks that do "
                              f"not fit it{SET_ASIDE}", False),
    "a folder": (a_folder, None, f"history not kept: it is not a regular file: {IN_MEMORY}; move that away and start again", False),
    "a symbolic link": (a_link, None, f"history not kept: it is a symbolic link: {IN_MEMORY}; put a directory of its own there "
                        "and start again", False),
    "a power cut": (damaged((40, b"\x00" * 16), (112, b"\x00")), None, "history HISTORY/vm.ring comes from before a power cut: "
                    "its 22 bytes are kept, marked as unverified", True),
    "a broken time index": (damaged((0, b"\x00" * 8), file="vm.times"), None, "time index HISTORY/vm.times was broken and begins "
                            "anew: when older output came is not known", True),
}


@pytest.mark.parametrize("name", ERRORS)
def test_history_not_usable(kit, name):
    provoke, _, text, is_kept = ERRORS[name]
    folder = kit.path("charmux/state/history")
    provoke(kit, folder)
    before = {path.name: (path.lstat().st_ino, path.lstat().st_size) for path in folder.iterdir()}

    chardev = kit.unix_chardev()
    daemon = kit.daemon("--console", f"vm={chardev.address}", "--listen", "telnet:127.0.0.1:7001,console=vm", wait_ready=False)
    daemon.wait_log(r"^<6>console vm: open")
    chardev.accept()
    warnings = [line for line in daemon.log().splitlines() if line.startswith("<4>")]
    assert [line.replace(str(folder), "HISTORY") for line in warnings] == [f"<4>console vm: {text}"]
    viewer = kit.telnet(7001)
    viewer.wait_for(LIVE)
    chardev.write(b"and on it goes\r\n")
    viewer.wait_for(b"and on it goes\r\n")
    assert (KEPT in viewer.data) == is_kept
    if "set-aside" in text:
        aside = (folder / "vm.ring.set-aside").lstat()
        assert (aside.st_ino, aside.st_size) == before["vm.ring"]
    if "not kept" in text:
        assert (folder / "vm.ring").lstat().st_ino == before["vm.ring"][0]
        assert b"; history not kept: " in viewer.data


def test_what_a_link_leads_to_is_not_touched(kit):
    folder = kit.path("charmux/state/history")
    a_link(kit, folder)
    kit.daemon("--console", "vm=unix:/run/nothing.sock")
    assert kit.path("elsewhere").read_text() == "not ours"


def test_a_second_broken_history_does_not_replace_the_first(kit):
    folder = kit.path("charmux/state/history")
    for number, content in ((0, b"first"), (1, b"second")):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "vm.ring").unlink(missing_ok=True)
        (folder / "vm.ring").write_bytes(content)
        assert kit.daemon("--console", "vm=unix:/run/nothing.sock").stop() == 0, number
    assert (folder / "vm.ring.set-aside").read_bytes() == b"first"
    assert (folder / "vm.ring.set-aside.1").read_bytes() == b"second"
