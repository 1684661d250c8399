# SPDX-License-Identifier: Apache-2.0
"""A board hangs on a serial adapter: I watch its port and type into it, pull the adapter out and put it back in, and use
picocom or a program with a lock file in between. (The adapter is a pty of socat's, the board a program behind it.)"""

import os
import signal
import subprocess
import termios

from support import LIVE, console_bytes, notices, wait_until

BOARD = "#!/bin/sh\nprintf 'board up\\r\\n'\nexec cat\n"


def plug_in(kit):
    """The adapter with its board, by the name that udev would give it. Its power comes with the first who opens it, and
    socat ends when the last has closed it."""
    kit.path("by-id").mkdir(exist_ok=True)
    link, board = kit.path("by-id/usb-board"), kit.path("board")
    board.write_text(BOARD)
    board.chmod(0o755)
    socat = kit.on_terminal("socat", f"PTY,link={link},raw,echo=0,wait-slave", f"EXEC:{board}")
    wait_until(link.exists, "the adapter")
    return socat, link


def unplug(socat, link):
    os.kill(socat.pid, signal.SIGTERM)
    socat.wait()
    assert not link.is_symlink()


def start(kit, link, *args):
    """charmuxd would find a port that was lost in ten minutes only, if it did not see it appear."""
    kit.path("charmux.toml").write_text('[limits]\nreopen_first = "10min"\nreopen_most = "10min"\n')
    return kit.daemon("--config", kit.path("charmux.toml"), "--console", f"board=serial:{link},9600,8n1",
                      "--listen", "telnet:127.0.0.1:7001,console=board", *args)


def lock_file(link):
    return f"/var/lock/LCK..{os.path.realpath(link).removeprefix('/dev/').replace('/', '_')}"


def test_it_is_watched_typed_into_unplugged_and_plugged_in_again(kit):
    socat, link = plug_in(kit)
    daemon = start(kit, link)
    me = kit.telnet(7001)
    me.wait_for(b"board up\r\n")
    me.wait_for(LIVE)
    me.type(b"hello\r")
    me.wait_for(lambda data: b"hello\r" in console_bytes(data))
    with open(lock_file(link)) as lock:
        assert lock.read() == f"{daemon.pid:10}\n"
    unplug(socat, link)
    me.wait_for(b"[charmux: board is shut off; waiting]")
    daemon.wait_log(rf"console board: closed: {link}: its other side was closed; trying again$")

    socat, link = plug_in(kit)
    me.wait_for(b"[charmux: board is back]")
    me.type(b"again\r")
    me.wait_for(lambda data: b"again\r" in console_bytes(data))
    locked = lock_file(link)
    daemon.stop()
    assert not os.path.exists(locked)


def test_picocom_has_it_until_it_ends_and_then_may_not(kit):
    _, link = plug_in(kit)
    held = os.open(link, os.O_RDWR | os.O_NOCTTY)
    picocom = kit.on_terminal("picocom", "--baud", "9600", link)
    picocom.wait_for(b"Terminal ready")
    daemon = start(kit, link)
    daemon.wait_log(r"console board: waiting: in use by another program \(flock\); trying again$")
    me = kit.telnet(7001)
    me.wait_for(LIVE)
    assert "in use by another program (flock)" in notices(me.data)[0]
    picocom.type(b"\x01\x18")  # C-a C-x
    assert picocom.wait() == 0
    me.wait_for(b"[charmux: board is back]")

    late = kit.on_terminal("picocom", "--baud", "9600", link)
    late.wait_for(b"cannot lock")
    assert late.wait() != 0
    os.close(held)


def test_a_program_with_a_lock_file_is_respected_and_a_dead_one_is_not(kit):
    _, link = plug_in(kit)
    with open(lock_file(link), "w") as lock:
        lock.write(f"{os.getpid():10}\n")
    daemon = start(kit, link)
    daemon.wait_log(rf"console board: waiting: in use by \S+, pid {os.getpid()} \({lock_file(link)}\); trying again$")
    dead = subprocess.Popen(["true"])
    dead.wait()
    with open(lock_file(link), "w") as lock:
        lock.write(f"{dead.pid:10}\n")
    daemon.wait_log(r"console board: open$")
    me = kit.telnet(7001)
    me.wait_for(b"board up\r\n")
    with open(lock_file(link)) as lock:
        assert lock.read() == f"{daemon.pid:10}\n"


def test_a_charmuxd_that_was_killed_has_it_again(kit):
    _, link = plug_in(kit)
    held = os.open(link, os.O_RDWR | os.O_NOCTTY)
    first = start(kit, link)
    first.wait_log(r"console board: open$")
    first.kill()
    assert os.path.exists(lock_file(link))
    second = start(kit, link)
    second.wait_log(r"console board: open$")
    with open(lock_file(link)) as lock:
        assert lock.read() == f"{second.pid:10}\n"
    settings = termios.tcgetattr(held)
    assert settings[5] == termios.B9600
    os.close(held)


def test_a_pty_that_stands_for_a_port_has_no_break(kit):
    _, link = plug_in(kit)
    daemon = start(kit, link)
    daemon.wait_log(r"console board: open$")
    refused = kit.run("charmux", "--socket", daemon.runtime_dir / "control.sock", "break", "board")
    assert refused.returncode == 75
    assert f"no break: {link} is a pty, which has no wire to send one on" in refused.stderr
