# SPDX-License-Identifier: Apache-2.0
"""A program is given its console (`exec:`): I have a shell on a terminal of its own, with job control; how it ends is
said, and it is started again; what is put down or stopped is gone, whatever it thinks of that."""

import os
import pathlib

from support import LIVE, wait_until

SHELL = "exec:/bin/bash --noediting --norc --noprofile"
STUBBORN = r"exec:/bin/bash -c 'trap \"\" HUP TERM INT; sleep 600 & echo up; while :; do wait; done'"


def descendants(pid):
    found = []
    for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        found += [int(child), *descendants(child)]
    return found


def sleeps_in_the_foreground(pid):
    """Not before that do keys reach it, and not the shell: it is forked first, then given the terminal, then run."""
    for child in descendants(pid):
        try:
            name, _, rest = pathlib.Path(f"/proc/{child}/stat").read_text().partition("(")[2].rpartition(")")
        except (FileNotFoundError, ProcessLookupError):
            continue
        _, _, group, _, _, foreground, *_ = rest.split()
        if name == "sleep" and group == foreground:
            return True
    return False


def is_dead(pid):
    try:
        state = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state in "ZX"


def started(kit, backend=SHELL, **options):
    daemon = kit.daemon("--console", f"sh={backend}", "--listen", "telnet:127.0.0.1:7001,console=sh", **options)
    me = kit.telnet(7001)
    me.wait_for(LIVE)
    daemon.wait_log(r"^<6>console sh: open$")
    return daemon, me


def test_a_shell_has_a_terminal_with_job_control(kit):
    daemon, me = started(kit, env={"TERM": "dumb", "NOTIFY_SOCKET": "/nowhere", "MINE": "kept"})
    me.type(b"tty; stty size; echo ${TERM}-${MINE}-${NOTIFY_SOCKET:-none}\r")
    me.wait_for(b"/dev/pts/")
    me.wait_for(b"\n24 80\r\nvt220-kept-none\r\n")
    assert b"no job control" not in me.data
    me.type(b"echo begun; sleep 600\r")
    me.wait_for(b"begun\r\n")
    wait_until(lambda: sleeps_in_the_foreground(daemon.pid), "the sleep")
    me.type(b"\x03")
    me.wait_for(b"^C")
    me.type(b"echo status-$?\r")
    me.wait_for(b"status-130\r\n")
    me.type(b"sleep 600\r")
    wait_until(lambda: sleeps_in_the_foreground(daemon.pid), "the sleep")
    me.type(b"\x1a")
    me.wait_for(b"Stopped")
    me.type(b"kill %1; wait; echo over-$((6 * 7))\r")
    me.wait_for(b"over-42\r\n")


def test_how_it_ends_is_said_and_it_is_started_again(kit):
    daemon, me = started(kit)
    first, = descendants(daemon.pid)
    me.type(b"exit 3\r")
    me.wait_for(b"[charmux: sh is shut off: ended with status 3; waiting]")
    daemon.wait_log(rf"^<4>console sh: closed: {SHELL} ended with status 3; trying again$")
    me.wait_for(b"[charmux: sh is back]")
    me.type(b"echo again-$((6 * 7))\r")
    me.wait_for(b"again-42\r\n")
    second, = descendants(daemon.pid)
    assert first != second
    me.type(b"kill -9 $$\r")
    daemon.wait_log(rf"closed: {SHELL} was killed by signal 9 \(Killed\); trying again$")


def test_put_down_it_is_gone_and_reopened_it_is_a_new_one(kit):
    daemon, me = started(kit)
    socket = daemon.runtime_dir / "control.sock"
    me.type(b"sleep 600\r")
    wait_until(lambda: len(descendants(daemon.pid)) == 2, "the sleep")
    were = descendants(daemon.pid)
    assert kit.run("charmux", "--socket", socket, "down", "sh").returncode == 0
    wait_until(lambda: not descendants(daemon.pid) and all(map(is_dead, were)), "the shell and its job to be gone")
    assert kit.run("charmux", "--socket", socket, "reopen", "sh").returncode == 0
    wait_until(lambda: len(descendants(daemon.pid)) == 1, "a new shell")


def test_nothing_is_left_at_the_stop_not_even_of_a_program_that_ignores_it(kit):
    daemon, me = started(kit, STUBBORN)
    me.wait_for(b"up\r\n")
    wait_until(lambda: len(descendants(daemon.pid)) == 2, "the program and its job")
    were = descendants(daemon.pid)
    assert daemon.stop(5) == 0
    wait_until(lambda: all(map(is_dead, were)), lambda: f"{were} to be gone: {os.listdir('/proc')}")
