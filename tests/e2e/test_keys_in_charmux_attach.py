# SPDX-License-Identifier: Apache-2.0
"""`charmux attach` has the same keys. It leaves by ^Ec. itself, so that it can when charmuxd hangs; where I made other keys
of these, charmuxd ends the session, and that is no failure. What a program pipes in has no keys."""

import os
import signal

import pytest
from support.keys import console


def attached(kit, *options):
    chardev, daemon = console(kit)
    me = kit.terminal(kit.build / "charmux", "--socket", daemon.runtime_dir / "control.sock", "attach", "vm", *options)
    me.wait_for("[charmux: live]")
    return chardev, daemon, me


def keys(me, text):
    me.press("C-e")
    me.type("c" + text)


def test_the_keys_are_charmuxds(kit):
    chardev, _, me = attached(kit)
    me.wait_for("you type; ^Ec? helps]")
    keys(me, "w")
    me.wait_for("(you)")
    keys(me, "b")
    me.wait_for("Enter sends it")
    me.type("anyone")
    me.press("Enter")
    me.wait_for("[charmux: nobody else is here to be told]")
    me.type("x")
    assert chardev.wait_for(b"x") == b"x"
    keys(me, ".")
    assert me.wait() == 0


def test_it_leaves_a_charmuxd_that_hangs(kit):
    _, daemon, me = attached(kit)
    os.kill(daemon.pid, signal.SIGSTOP)
    try:
        me.press("C-e")
        me.press("C-e")
        me.type("c.")
        assert me.wait() == 0
    finally:
        os.kill(daemon.pid, signal.SIGCONT)


@pytest.mark.parametrize("leave", ["^E^Ec.", "xy."])
def test_after_a_change_of_keys_both_ways_out_are_ways_out(kit, leave):
    chardev, _, me = attached(kit)
    keys(me, "exy")
    me.wait_for("[charmux: keys begin with xy now]")
    keys(me, "z")
    chardev.wait_for(b"\x05cz")
    if leave == "xy.":
        me.type("xy.")
        me.wait_for("[charmux: disconnected]")
    else:
        keys(me, ".")
    assert me.wait() == 0


def test_what_is_piped_in_has_no_keys(kit):
    chardev, daemon = console(kit)
    run = kit.run("sh", "-c", f"printf 'a\\005c.b' | timeout 5 {kit.build / 'charmux'} "
                              f"--socket {daemon.runtime_dir / 'control.sock'} attach vm")
    assert chardev.wait_for(b"b") == b"a\x05c.b"
    assert run.returncode == 124, "it listens on"
