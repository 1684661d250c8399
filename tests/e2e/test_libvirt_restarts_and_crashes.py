# SPDX-License-Identifier: Apache-2.0
"""libvirtd is restarted or dies; QEMU dies; a guest is saved and restored; two guests change their pseudoterminals. I stay
at my console, see what is my guest's and nothing of another's, and of libvirtd nothing at all."""

import re
import signal

import pytest
from support import LIVE, notices, wait_until
from support.domain_xml import Chardev
from support.found import history, numbers, wait_states
from support.shell import answers, booted, wait_booted

ALPHA, BETA = "charmux-test-alpha", "charmux-test-beta"


def started(kit):
    return kit.daemon("--libvirt", "qemu:///system", "--listen", "telnet:127.0.0.1,ports=7001-7099")


def told(client):
    """What it was told since it is live."""
    return notices(client.data.partition(LIVE)[2])


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_a_restart_of_libvirtd_is_noticed_by_nobody(kit, end):
    libvirt = kit.libvirtd()
    libvirt.define(BETA, bootable=False)
    libvirt.define(ALPHA)
    daemon = started(kit)
    wait_states(daemon, {ALPHA: "shut off", BETA: "shut off"})
    libvirt.start(ALPHA)
    before = numbers(wait_states(daemon, {ALPHA: "open", BETA: "shut off"}))
    me, waiting = (kit.telnet(before[name][1][0]) for name in (ALPHA, BETA))
    wait_booted(me)
    waiting.wait_for(LIVE)
    already = len(told(me))

    libvirt.stop_libvirtd(end)
    daemon.wait_log(r"qemu:///system: (?!.*\bready\b)")
    answers(me, "without-libvirtd")
    assert daemon.consoles()[ALPHA]["state"] == "open"
    libvirt.start_libvirtd()
    # What happens from now on is heard again: a guest that starts, and one that did while nobody looked.
    libvirt.start(BETA)
    waiting.wait_for(f"[charmux: {BETA} is back]\r\n".encode())
    answers(me, "with-another")
    assert told(me)[already:] == []
    assert numbers(wait_states(daemon, {ALPHA: "open", BETA: "open"})) == before


def test_what_happened_while_libvirtd_was_away_is_seen_afterwards(kit):
    libvirt = kit.libvirtd()
    libvirt.run_guest(ALPHA, bootable=False)
    libvirt.define(BETA, bootable=False)
    daemon = started(kit)
    wait_states(daemon, {ALPHA: "open", BETA: "shut off"})
    me = kit.telnet(numbers(daemon.consoles())[ALPHA][1][0])
    me.wait_for(LIVE)
    # charmuxd hears nothing of what comes now.
    daemon.process.signal(signal.SIGSTOP)
    libvirt.restart(signal.SIGKILL)
    libvirt.destroy(ALPHA)
    libvirt.undefine(BETA)
    libvirt.define("charmux-test-new", bootable=False)
    libvirt.restart()
    daemon.process.signal(signal.SIGCONT)
    wait_until(lambda: {name: each["state"] for name, each in daemon.consoles().items() if each["state"] != "gone"} == {
        ALPHA: "shut off", "charmux-test-new": "shut off"}, lambda: f"what is: {daemon.consoles()}")
    me.wait_for(f"[charmux: {ALPHA} is shut off; waiting]\r\n".encode())


def test_a_qemu_that_is_killed_is_shut_off_and_comes_back(kit):
    libvirt = kit.libvirtd()
    libvirt.define(ALPHA)
    daemon = started(kit)
    wait_states(daemon, {ALPHA: "shut off"})
    libvirt.start(ALPHA)
    me = kit.telnet(7001)
    wait_booted(me)
    libvirt.kill_qemu(ALPHA)
    me.wait_for(f"[charmux: {ALPHA} is shut off; waiting]\r\n".encode())
    wait_states(daemon, {ALPHA: "shut off"})
    libvirt.start(ALPHA)
    me.wait_for(f"[charmux: {ALPHA} is back]\r\n".encode())
    wait_booted(me, 2)
    answers(me, "again")


def test_a_guest_is_saved_and_goes_on_where_it_was(kit):
    libvirt = kit.libvirtd()
    libvirt.define(ALPHA)
    daemon = started(kit)
    wait_states(daemon, {ALPHA: "shut off"})
    libvirt.start(ALPHA)
    me = kit.telnet(7001)
    wait_booted(me)
    answers(me, "before")
    me.type(b"kept=$((100 + 23))\r")
    answers(me, "typed")
    libvirt.managed_save(ALPHA)
    me.wait_for(f"[charmux: {ALPHA} is shut off; waiting]\r\n".encode())
    wait_states(daemon, {ALPHA: "shut off"})
    libvirt.start(ALPHA)
    me.wait_for(f"[charmux: {ALPHA} is back]\r\n".encode())
    me.type(b"\recho still-$kept\r")
    me.wait_for(b"\nstill-123\r\n")
    assert not booted(me.data, 2)


def test_suspended_and_resumed(kit):
    libvirt = kit.libvirtd()
    libvirt.run_guest(ALPHA, bootable=False)
    daemon = started(kit)
    wait_states(daemon, {ALPHA: "open"})
    me = kit.telnet(7001)
    me.wait_for(LIVE)
    libvirt.suspend(ALPHA)
    me.wait_for(f"[charmux: {ALPHA} is paused]\r\n".encode())
    libvirt.resume_guest(ALPHA)
    me.wait_for(f"[charmux: {ALPHA} runs again]\r\n".encode())


def test_two_guests_that_swap_their_pseudoterminals_keep_their_own(kit):
    libvirt = kit.libvirtd()
    logs = {name: kit.path(f"{name}.log") for name in (ALPHA, BETA)}
    for name, log in logs.items():
        libvirt.define(name, [Chardev(log=log)])
    daemon = started(kit)
    ports = {name: place[1][0] for name, place in numbers(wait_states(daemon, {ALPHA: "shut off", BETA: "shut off"})).items()}
    clients = {name: kit.telnet(ports[name]) for name in (ALPHA, BETA)}

    def life(number, *order):
        for name in order:
            libvirt.start(name)
        wait_states(daemon, {ALPHA: "open", BETA: "open"})
        for name in order:
            wait_booted(clients[name], number)
            answers(clients[name], f"{name}-life{number}")
        return {name: libvirt.pty(name) for name in order}

    first = life(1, ALPHA, BETA)
    # Both are gone before charmuxd has looked; the numbers are free at once, and go to the other.
    daemon.process.signal(signal.SIGSTOP)
    for name in (ALPHA, BETA):
        libvirt.destroy(name)
    daemon.process.signal(signal.SIGCONT)
    for name, client in clients.items():
        client.wait_for(f"[charmux: {name} is shut off; waiting]\r\n".encode())
    second = life(2, BETA, ALPHA)
    assert (second[ALPHA], second[BETA]) == (first[BETA], first[ALPHA])

    found = daemon.consoles()
    for name, other in ((ALPHA, BETA), (BETA, ALPHA)):
        assert found[name]["backend"] == f"pty:{second[name]}"
        kept = history(daemon, name)[1]
        for text in (kept, clients[name].data):
            assert f"{name}-life1-42".encode() in text and f"{name}-life2-42".encode() in text
            assert other.encode() not in re.sub(rb"\[charmux: [^\]]*\]", b"", text)


def test_a_swap_while_charmuxd_is_stopped(kit):
    """All that it knows when it goes on is wrong: the pty it has is the other's by then."""
    libvirt = kit.libvirtd()
    for name in (ALPHA, BETA):
        libvirt.define(name)
    daemon = started(kit)
    ports = {name: place[1][0] for name, place in numbers(wait_states(daemon, {ALPHA: "shut off", BETA: "shut off"})).items()}
    clients = {name: kit.telnet(ports[name]) for name in (ALPHA, BETA)}
    for name in (ALPHA, BETA):
        libvirt.start(name)
    for name, client in clients.items():
        wait_booted(client)
        answers(client, f"{name}-one")
    first = {name: libvirt.pty(name) for name in (ALPHA, BETA)}
    daemon.process.signal(signal.SIGSTOP)
    for name in (ALPHA, BETA):
        libvirt.destroy(name)
    # Its descriptors keep the old numbers taken, so both get new ones.
    for name in (BETA, ALPHA):
        libvirt.start(name)
    assert not {libvirt.pty(name) for name in (ALPHA, BETA)} & set(first.values())
    daemon.process.signal(signal.SIGCONT)
    for name, client in clients.items():
        client.wait_for(f"[charmux: {name} is back]\r\n".encode())
        wait_booted(client, 2)
        answers(client, f"{name}-two")
    for name, other in ((ALPHA, BETA), (BETA, ALPHA)):
        assert other.encode() not in re.sub(rb"\[charmux: [^\]]*\]", b"", history(daemon, name)[1])
