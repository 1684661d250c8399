# SPDX-License-Identifier: Apache-2.0
"""My colleagues go on using virsh console as they always did, before and after charmuxd has come. It is theirs as soon as
they ask for it and mine again when they leave, and nobody's input or output is torn between two."""

import os
import pathlib
import re
import signal

import pytest
from support import LIVE, Process, console_bytes, wait_until
from support.alpha import BACK, IN_USE, NAME, charmux, has_open, running, started, wait_waiting, watched
from support.found import wait_states
from support.shell import answers, wait_booted

MARK = re.compile(rb"\[charmux: not recorded \d\d:\d\d:\d\d - \d\d:\d\d:\d\d\]")


def test_virsh_console_has_it_as_long_as_it_likes(kit):
    libvirt = running(kit)
    daemon = started(kit)
    me, pty = watched(kit, daemon), libvirt.pty(NAME)
    answers(me, "before")
    # No lock is held, or virsh would not be let in.
    assert not libvirt.lock_file(pty).exists()

    theirs = kit.virsh_console(libvirt, NAME)
    me.wait_for(IN_USE)
    assert not has_open(daemon, pty)
    wait_waiting(daemon, "in use by a libvirt console")
    theirs.answers("theirs")
    me.type(b"echo not-now\r")  # has nowhere to go
    theirs.leave()
    me.wait_for(BACK)
    answers(me, "after")
    assert b"theirs-42" not in console_bytes(me.data)
    assert len(MARK.findall(me.data)) == 1 and me.data.index(IN_USE) < me.data.index(b"[charmux: not recorded ")
    assert not libvirt.lock_file(pty).exists()


def test_virsh_console_that_was_there_first_is_waited_for(kit):
    libvirt = running(kit)
    theirs = kit.virsh_console(libvirt, NAME).wait_connected(NAME)
    daemon = started(kit)
    wait_waiting(daemon, "in use by a libvirt console")
    me = kit.telnet(7001)
    me.wait_for(LIVE)
    theirs.answers("theirs")
    assert not has_open(daemon, libvirt.pty(NAME))
    theirs.leave()
    watched(kit, daemon)
    answers(me, "mine")
    assert b"theirs-42" not in me.data


def test_a_virsh_that_is_killed_leaves_it_free(kit):
    libvirt = running(kit)
    daemon = started(kit)
    me = watched(kit, daemon)
    theirs = kit.virsh_console(libvirt, NAME)
    me.wait_for(IN_USE)
    os.kill(theirs.pid, signal.SIGKILL)
    me.wait_for(BACK)
    answers(me, "after")


def test_one_virsh_after_the_other_by_force(kit):
    libvirt = running(kit)
    daemon = started(kit)
    me = watched(kit, daemon)
    first = kit.virsh_console(libvirt, NAME)
    me.wait_for(IN_USE)
    first.answers("first")
    assert "Active console session exists" in kit.virsh_console(libvirt, NAME).refused()
    second = kit.virsh_console(libvirt, NAME, "--force")
    first.wait()
    second.answers("second")
    second.leave()
    me.wait_for(lambda data: data.rpartition(BACK)[1] and b"in use" not in data.rpartition(BACK)[2])
    wait_states(daemon, {NAME: "open"})
    answers(me, "mine")
    for word in (b"first-42", b"second-42"):
        assert word not in me.data


def test_virsh_start_with_console_sees_the_guest_boot(kit):
    libvirt = kit.libvirtd()
    libvirt.define(NAME)
    daemon = started(kit)
    wait_states(daemon, {NAME: "shut off"})
    me = kit.telnet(7001)
    me.wait_for(LIVE)
    theirs = kit.virsh_on_terminal(libvirt, "start", "--domain", NAME, "--console")
    # The firmware and the kernel's first words, too: charmuxd has taken none of them.
    theirs.wait_for(b"Linux version")
    theirs.wait_for(b"charmux guest ready on ttyS0")
    theirs.answers("theirs")
    wait_waiting(daemon, "in use by a libvirt console")
    theirs.leave()
    wait_states(daemon, {NAME: "open"})
    answers(me, "mine")
    assert b"theirs-42" not in console_bytes(me.data)


def test_each_console_of_a_guest_is_yielded_by_itself(kit):
    libvirt = kit.libvirtd()
    libvirt.run_guest(NAME, ["pty", "pty"], bootable=False)
    daemon = started(kit)
    wait_states(daemon, {NAME: "open", f"{NAME}.serial1": "open"})
    theirs = kit.virsh_console(libvirt, NAME, "--devname", "serial1")
    wait_states(daemon, {NAME: "open", f"{NAME}.serial1": "waiting"})
    theirs.leave()
    wait_states(daemon, {NAME: "open", f"{NAME}.serial1": "open"})


def test_a_guest_that_ends_under_virsh_is_shut_off(kit):
    libvirt = running(kit)
    daemon = started(kit)
    me = watched(kit, daemon)
    theirs = kit.virsh_console(libvirt, NAME)
    me.wait_for(IN_USE)
    libvirt.destroy(NAME)
    me.wait_for(f"[charmux: {NAME} is shut off; waiting]\r\n".encode())
    theirs.wait()
    libvirt.start(NAME)
    me.wait_for(BACK)
    wait_booted(me)


@pytest.mark.parametrize("virsh", ["yield", "refuse"])
def test_a_lock_of_the_dead_stops_nobody(kit, virsh):
    libvirt = running(kit)
    lock = libvirt.lock_file(libvirt.pty(NAME))
    with Process("gone", ["true"], kit.path("gone.stderr")) as gone:
        gone.wait()
    lock.write_text(f"{gone.pid:10d}\n")
    daemon = started(kit, virsh=virsh)
    answers(watched(kit, daemon), "mine")


@pytest.mark.parametrize("virsh", ["yield", "refuse"])
def test_a_libvirtd_that_dies_with_its_lock_does_not_keep_it(kit, virsh):
    libvirt = running(kit)
    theirs = kit.virsh_console(libvirt, NAME).wait_connected(NAME)
    lock = libvirt.lock_file(libvirt.pty(NAME))
    daemon = started(kit, virsh=virsh)
    wait_waiting(daemon)
    libvirt.stop_libvirtd(signal.SIGKILL)
    os.kill(theirs.pid, signal.SIGKILL)
    theirs.wait()
    assert lock.exists()
    libvirt.start_libvirtd()
    answers(watched(kit, daemon), "mine")


def test_another_programs_lock_is_waited_for_too(kit):
    libvirt = running(kit)
    lock = libvirt.lock_file(libvirt.pty(NAME))
    with Process("holder", ["sleep", "infinity"], kit.path("holder.stderr")) as holder:
        lock.write_text(f"{holder.pid:10d}\n")
        daemon = started(kit)
        wait_waiting(daemon)
        assert not has_open(daemon, libvirt.pty(NAME))
    answers(watched(kit, daemon), "mine")


def test_reopen_by_force_throws_virsh_out(kit):
    libvirt = running(kit)
    daemon = started(kit)
    me = watched(kit, daemon)
    theirs = kit.virsh_console(libvirt, NAME)
    me.wait_for(IN_USE)
    theirs.answers("theirs")
    # Without force it is theirs.
    charmux(kit, daemon, "reopen", NAME)
    theirs.answers("still-theirs")
    assert charmux(kit, daemon, "reopen", NAME, "--force").returncode == 0
    me.wait_for(BACK)
    assert theirs.wait() != 0
    answers(me, "mine")


def reads_beside_us(kit, pty):
    """Somebody in a shell of their own who knows the path and not libvirt; None of their bytes are ours any more."""
    reader = kit.on_terminal("cat", pty)
    wait_until(lambda: pty in [os.readlink(fd) for fd in pathlib.Path(f"/proc/{reader.pid}/fd").iterdir()], "cat at the pty")
    return reader


def test_who_goes_round_libvirt_is_named(kit):
    """A second reader takes bytes at random; nothing can stop it, but it can be said who it is."""
    libvirt = running(kit)
    pty = libvirt.pty(NAME)
    reader = reads_beside_us(kit, pty)
    daemon = started(kit)
    said = daemon.wait_log(rf".*{NAME}.*\b{reader.pid}\b.*").group(0)
    assert "cat" in said and pty in said
    assert str(libvirt.qemu_pid(NAME)) not in said


def test_one_who_comes_later_is_named(kit):
    libvirt = running(kit)
    daemon = started(kit)
    me = watched(kit, daemon)
    reader = reads_beside_us(kit, libvirt.pty(NAME))

    def said():
        me.type(b"\r")
        return re.search(rf".*{NAME}.*\b{reader.pid}\b.*", daemon.log())
    assert "cat" in wait_until(said, lambda: f"a word of cat {reader.pid}: {daemon.log()}").group(0)
