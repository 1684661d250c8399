# SPDX-License-Identifier: Apache-2.0
"""A guest's console is had through libvirt, because it is on another host: then libvirt lets one session in, be it mine or
a colleague's. Theirs is waited for; who forces a way in stays there; only I throw somebody out, by saying so."""

from support import wait_until
from support.alpha import NAME, charmux, has_open, running, started, wait_waiting, watched
from support.found import wait_states
from support.shell import answers


def test_we_hold_it_and_force_takes_it_from_us(kit):
    libvirt = running(kit, remote=True)
    daemon = started(kit, libvirt.uri)
    me = watched(kit, daemon)
    answers(me, "before")
    assert "Active console session exists" in kit.virsh_console(libvirt, NAME).refused()
    theirs = kit.virsh_console(libvirt, NAME, "--force")
    wait_waiting(daemon)
    # They are not thrown out by those who come back.
    theirs.answers("theirs")
    charmux(kit, daemon, "reopen", NAME)
    theirs.answers("still-theirs")
    theirs.leave()
    wait_states(daemon, {NAME: "open"})
    answers(me, "after")
    assert b"theirs-42" not in me.data


def test_who_was_first_is_waited_for_until_we_are_told_otherwise(kit):
    libvirt = running(kit, remote=True)
    theirs = kit.virsh_console(libvirt, NAME).wait_connected(NAME)
    daemon = started(kit, libvirt.uri)
    wait_waiting(daemon)
    theirs.answers("theirs")
    assert charmux(kit, daemon, "reopen", NAME, "--force").returncode == 0
    me = watched(kit, daemon)
    assert theirs.wait() != 0
    answers(me, "mine")
    # That was for once: the next who comes by force stays.
    theirs = kit.virsh_console(libvirt, NAME, "--force")
    wait_waiting(daemon)
    theirs.answers("theirs-again")


def test_what_is_put_down_is_free(kit):
    libvirt = running(kit, remote=True)
    daemon = started(kit, libvirt.uri)
    me = watched(kit, daemon)
    assert charmux(kit, daemon, "down", NAME).returncode == 0
    wait_until(lambda: not libvirt.has_open(NAME), "libvirt to be free of us")
    theirs = kit.virsh_console(libvirt, NAME)
    theirs.answers("theirs")
    theirs.leave()
    assert charmux(kit, daemon, "reopen", NAME).returncode == 0
    wait_states(daemon, {NAME: "open"})
    answers(me, "mine")
