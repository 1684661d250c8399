# SPDX-License-Identifier: Apache-2.0
"""With virsh = "refuse" a console is charmuxd's alone: libvirt refuses every other session and says who has it, until I put
the device down. No lock outlives its reason."""

from support import wait_until
from support.alpha import NAME, charmux, has_open, running, started, wait_waiting, watched
from support.found import wait_states
from support.keys import press
from support.shell import answers


def test_libvirt_refuses_and_names_us(kit):
    libvirt = running(kit)
    daemon = started(kit, virsh="refuse")
    me, pty = watched(kit, daemon), libvirt.pty(NAME)
    assert int(libvirt.lock_file(pty).read_text()) == daemon.pid
    for options in ((), ("--force",)):
        assert f"held by process {daemon.pid}" in kit.virsh_console(libvirt, NAME, *options).refused()
    answers(me, "mine")
    assert b"in use" not in me.data
    assert daemon.stop() == 0
    assert not libvirt.lock_file(pty).exists()
    theirs = kit.virsh_console(libvirt, NAME)
    theirs.answers("theirs")


def test_who_puts_it_down_frees_it_for_virsh(kit):
    libvirt = running(kit)
    daemon = started(kit, virsh="refuse")
    me, pty = watched(kit, daemon), libvirt.pty(NAME)
    answers(me, "before")
    assert charmux(kit, daemon, "down", NAME).returncode == 0
    wait_until(lambda: not libvirt.lock_file(pty).exists() and not has_open(daemon, pty), "it to be free")
    theirs = kit.virsh_console(libvirt, NAME)
    theirs.answers("theirs")
    # Taken back while they are there: they are waited for.
    charmux(kit, daemon, "reopen", NAME)
    wait_waiting(daemon, "libvirt")
    theirs.answers("still-theirs")
    theirs.leave()
    wait_states(daemon, {NAME: "open"})
    assert int(libvirt.lock_file(pty).read_text()) == daemon.pid
    answers(me, "mine")
    assert f"held by process {daemon.pid}" in kit.virsh_console(libvirt, NAME).refused()


def test_the_keys_put_it_down_and_take_it_back(kit):
    libvirt = running(kit)
    daemon = started(kit, virsh="refuse")
    me, pty = watched(kit, daemon), libvirt.pty(NAME)
    answers(me, "before")
    press(me, b"d")
    me.wait_for(f"[charmux: {NAME} is put down; ^Eco opens it again]\r\n".encode())
    wait_until(lambda: not libvirt.lock_file(pty).exists() and not has_open(daemon, pty), "it to be free")
    theirs = kit.virsh_console(libvirt, NAME)
    theirs.answers("theirs")
    theirs.leave()
    press(me, b"o")
    me.wait_for(f"[charmux: {NAME} is back]\r\n".encode())
    assert int(libvirt.lock_file(pty).read_text()) == daemon.pid
    answers(me, "mine")


def test_who_was_there_first_is_waited_for_although_others_are_refused(kit):
    libvirt = running(kit)
    theirs = kit.virsh_console(libvirt, NAME).wait_connected(NAME)
    daemon = started(kit, virsh="refuse")
    wait_waiting(daemon, "libvirt")
    theirs.answers("theirs")
    theirs.leave()
    answers(watched(kit, daemon), "mine")
    assert f"held by process {daemon.pid}" in kit.virsh_console(libvirt, NAME).refused()


def test_virsh_start_with_console_is_first_and_is_waited_for(kit):
    """Whoever of the two is first has it; the other is refused or waits, and the guest runs in any case."""
    libvirt = kit.libvirtd()
    libvirt.define(NAME)
    daemon = started(kit, virsh="refuse")
    wait_states(daemon, {NAME: "shut off"})
    theirs = kit.virsh_on_terminal(libvirt, "start", "--domain", NAME, "--console")
    wait_until(lambda: theirs.exit_code is not None or b"charmux guest ready on ttyS0" in theirs.output, "virsh's fate")
    if theirs.exit_code is None:
        wait_waiting(daemon, "libvirt")
        theirs.leave()
    else:
        assert f"held by process {daemon.pid}".encode() in theirs.output
        if libvirt.state(NAME) == "paused":  # it starts the guest that way, and did not come to resume it
            libvirt.resume_guest(NAME)
    me = watched(kit, daemon)
    me.type(b"\r")
    me.wait_for(b"ttyS0# ")
    answers(me, "mine")


def test_a_lock_goes_with_its_pseudoterminal(kit):
    """The number is another guest's at once: a lock of ours that stayed would keep virsh away from that one."""
    libvirt = running(kit)
    daemon = started(kit, virsh="refuse")
    me, pty = watched(kit, daemon), libvirt.pty(NAME)
    libvirt.define("charmux-test-beta", bootable=False)
    wait_states(daemon, {NAME: "open", "charmux-test-beta": "shut off"})
    for _ in range(3):
        libvirt.destroy(NAME)
        me.wait_for(f"[charmux: {NAME} is shut off; waiting]\r\n".encode())
        wait_until(lambda: not libvirt.lock_file(pty).exists(), "the lock to go")
        libvirt.start("charmux-test-beta")
        wait_states(daemon, {NAME: "shut off", "charmux-test-beta": "open"})
        assert int(libvirt.lock_file(libvirt.pty("charmux-test-beta")).read_text()) == daemon.pid
        libvirt.destroy("charmux-test-beta")
        wait_states(daemon, {NAME: "shut off", "charmux-test-beta": "shut off"})
        assert not list(libvirt.lock_file(pty).parent.glob("LCK..*"))
        libvirt.start(NAME)
        wait_states(daemon, {NAME: "open", "charmux-test-beta": "shut off"})
        pty = libvirt.pty(NAME)


def test_the_lock_of_a_charmuxd_that_was_killed_stops_nobody(kit):
    libvirt = running(kit)
    daemon = started(kit, virsh="refuse")
    watched(kit, daemon)
    lock = libvirt.lock_file(libvirt.pty(NAME))
    daemon.kill()
    assert lock.exists()
    theirs = kit.virsh_console(libvirt, NAME)
    theirs.answers("theirs")
    theirs.leave()
    daemon = started(kit, virsh="refuse")
    answers(watched(kit, daemon), "mine")
    daemon.kill()
    daemon = started(kit, virsh="refuse")
    wait_until(lambda: lock.exists() and int(lock.read_text()) == daemon.pid, "the lock of the dead to be taken over")
