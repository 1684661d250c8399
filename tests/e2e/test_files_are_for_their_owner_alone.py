# SPDX-License-Identifier: Apache-2.0
"""What a guest prints may be secret, and who reaches a UNIX listener may type: whatever umask charmuxd was started with,
no other user can open what it makes."""

import os

from support import LIVE
from support.local_people import LocalPeople


def mode(path):
    return path.stat().st_mode & 0o7777


def test_modes(kit):
    LocalPeople(kit, {})  # without the group to which control.sock would be open
    chardev = kit.unix_chardev()
    daemon = kit.daemon("--console", f"vm={chardev.address}", "--listen", f"telnet:{kit.path('door')},console=vm",
                        wrap=("sh", "-c", 'umask 0; exec "$@"', "sh"))
    viewer = kit.telnet(kit.path("door"))
    viewer.wait_for(LIVE)
    chardev.accept().write(b"a secret\r\n")
    viewer.wait_for(b"a secret\r\n")
    assert mode(kit.path("door")) == 0o600
    assert mode(daemon.state_dir) == 0o700
    files = [path for path in daemon.state_dir.rglob("*") if path.is_file()]
    assert sorted(path.name for path in files) == ["charmuxd.pid", "consoles.json", "vm.ring", "vm.times"]
    assert {mode(path) for path in files} == {0o600}
    assert mode(daemon.state_dir / "history") == 0o700
    assert mode(daemon.runtime_dir) == 0o755
    assert mode(daemon.runtime_dir / "charmuxd.pid") == 0o600
    assert mode(daemon.runtime_dir / "control.sock") == 0o600


def test_what_was_left_open_is_closed(kit):
    """A state directory and histories that a backup brought back with other modes."""
    chardev = kit.unix_chardev()
    arguments = ("--console", f"vm={chardev.address}", "--listen", f"raw:{kit.path('door')},console=vm")
    daemon = kit.daemon(*arguments)
    viewer = kit.raw(kit.path("door"))
    chardev.accept().write(b"a secret\r\n")
    viewer.wait_for(b"a secret\r\n")
    assert daemon.stop() == 0
    os.chmod(daemon.state_dir, 0o755)
    for path in (daemon.state_dir / "history").iterdir():
        path.chmod(0o644)
    again = kit.daemon(*arguments)
    assert mode(again.state_dir) == 0o700
    assert {mode(path) for path in (again.state_dir / "history").iterdir()} == {0o600}
