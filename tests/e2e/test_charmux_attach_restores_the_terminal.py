# SPDX-License-Identifier: Apache-2.0
"""I leave my shell for a console with `charmux attach`, and come back: however it ends, my shell is as it was, its prompt
at the left, and what I type is echoed once."""

import pytest
from support import wait_until

# Unlike any console's prompt; typed in two parts, so that only the prompt itself reads so.
PROMPT = "here-i-am"


def lines(terminal):
    return terminal.screen().rstrip("\n").split("\n")


def settled(terminal, last):
    wait_until(lambda: lines(terminal)[-1] == last, lambda: f"{last!r} as the last line:\n{terminal.screen()}")


def started(kit, *options):
    """My shell, in a terminal; I am attached."""
    chardev = kit.unix_chardev()
    daemon = kit.daemon("--console", f"vm={chardev.address}", "--listen", "telnet:127.0.0.1:7001,console=vm")
    chardev.accept()
    me = kit.terminal("env", f"PS1={PROMPT} ", f"CHARMUX_SOCKET={daemon.runtime_dir / 'control.sock'}",
                      f"PATH={kit.build}:/usr/bin:/bin", "bash", "--norc", "--noprofile", "-i")
    settled(me, PROMPT)
    me.type(" ".join(("charmux attach vm", *options)))
    me.press("Enter")
    me.wait_for("Connected to console vm; leave with ^]")
    me.wait_for("[charmux: live]")
    chardev.write(b"guest login: ")
    settled(me, "guest login:")
    return daemon, chardev, me


def assert_mine_again(me, code):
    """The prompt at the left, an exit code, and one echo of each key."""
    settled(me, PROMPT)
    me.type("echo code=$?")
    me.press("Enter")
    wait_until(lambda: lines(me)[-1] == PROMPT and lines(me)[-3] == f"{PROMPT} echo code=$?", me.screen)
    assert lines(me)[-2] == f"code={code}", me.screen()


@pytest.mark.parametrize("keys", [("C-]",), ("C-e", "c", ".")])
def test_left_by_a_key(kit, keys):
    _, chardev, me = started(kit)
    me.type("root")
    me.press("Enter")
    chardev.wait_for(b"root\r")
    for key in keys:
        me.press(key)
    me.wait_for("[charmux: left vm]")
    assert_mine_again(me, 0)
    assert chardev.received == b"root\r"


def test_every_key_reaches_the_guest(kit):
    """What a cooked terminal would act on is the guest's: interrupt, stop, end of file, flow control."""
    _, chardev, me = started(kit)
    me.press("C-c", "C-z", "C-d", "C-s", "C-q", "C-\\", "C-o", "Enter")
    chardev.wait_for(b"\x03\x1a\x04\x13\x11\x1c\x0f\r")
    chardev.write(b"still here\r\n")
    me.wait_for("still here")
    me.press("C-]")
    assert_mine_again(me, 0)


def test_charmuxd_stops(kit):
    daemon, _, me = started(kit)
    assert daemon.stop() == 0
    me.wait_for("see its log, or attach again")
    text = me.screen()
    assert "[charmux: charmuxd is stopping]" in text and "[charmux: left vm]" in text
    assert_mine_again(me, 69)


def test_charmuxd_is_killed(kit):
    daemon, _, me = started(kit)
    daemon.kill()
    me.wait_for("[charmux: left vm]")
    assert_mine_again(me, 69)


def test_it_is_stopped_and_goes_on(kit):
    """`kill -STOP`: my shell has the terminal; `fg`: the console has it again."""
    daemon, chardev, me = started(kit)
    pid = kit.run("pgrep", "-x", "charmux").stdout.strip()
    kit.run("kill", "-TSTP", pid)
    me.wait_for("Stopped")
    settled(me, PROMPT)
    me.type("stty -a | grep -c -- -icanon")
    me.press("Enter")
    wait_until(lambda: "0" in lines(me), me.screen)
    me.type("fg")
    me.press("Enter")
    wait_until(lambda: "charmux attach vm" in lines(me)[-1], me.screen)
    me.press("C-c")
    chardev.wait_for(b"\x03")
    me.press("C-]")
    me.wait_for("[charmux: left vm]")
    assert_mine_again(me, 0)
    assert daemon.process.running()


def test_two_at_one_console(kit):
    """--watch types nothing, --force takes the pen, and who had it is told."""
    daemon, chardev, me = started(kit)
    me.press("x")
    chardev.wait_for(b"x")
    socket = daemon.runtime_dir / "control.sock"
    watcher = kit.terminal(kit.build / "charmux", "attach", "--watch", "vm", "--socket", socket)
    watcher.wait_for("[charmux: live]")
    watcher.press("y")
    watcher.wait_for("[charmux: read-only: this door only lets you watch]")
    forced = kit.terminal(kit.build / "charmux", "attach", "vm", "--force", "--socket", socket)
    forced.wait_for("[charmux: live]")
    forced.press("z")
    chardev.wait_for(b"xz")
    assert chardev.received == b"xz"
    for terminal in (watcher, forced):
        terminal.press("C-]")
        assert terminal.wait() == 0
