# SPDX-License-Identifier: Apache-2.0
"""My guests are on several hosts. Each host's have a prefix; a console of another host is had through its libvirt, and what
lies at the same path here is never touched. A host that does not answer is nobody's trouble but its own guests'."""

import pathlib

from support import LIVE, wait_until
from support.alpha import NAME, running, started, watched
from support.domain_xml import Chardev, of_path, tcp, unix
from support.found import numbers, wait_consoles, wait_states
from support.shell import answers, wait_booted

HERE, THERE = f"here-{NAME}", f"there-{NAME}"


def two_hosts(kit, *uris, **options):
    """A charmuxd for several libvirts, each (prefix, URI)."""
    kit.path("charmux.toml").write_text("".join(f'[[discover]]\nlibvirt = "{uri}"\nprefix = "{prefix}"\n'
                                                for prefix, uri in uris))
    return kit.daemon("--config", kit.path("charmux.toml"), "--listen", "telnet:127.0.0.1,ports=7001-7099", **options)


def test_a_console_is_had_through_libvirt_and_never_at_its_path(kit):
    libvirt = running(kit, remote=True)
    # Each pseudoterminal of that host has a namesake here.
    decoys = [kit.pty_chardev() for _ in range(4)]
    assert f"pty:{libvirt.pty(NAME)}" in [decoy.address for decoy in decoys]
    daemon = started(kit, libvirt.uri)
    me = watched(kit, daemon)
    answers(me, "mine")
    assert not [path for path in daemon.process.open_files() if path.startswith("/dev/pts/")]
    assert not any(decoy.received for decoy in decoys)
    # Much at once, in order and whole.
    me.type(b"seq 1 3000\r")
    me.wait_for(b"\n" + b"\r\n".join(str(n).encode() for n in range(1, 3001)) + b"\r\n")

    libvirt.destroy(NAME)
    me.wait_for(f"[charmux: {NAME} is shut off; waiting]\r\n".encode())
    libvirt.start(NAME)
    me.wait_for(f"[charmux: {NAME} is back]\r\n".encode())
    wait_booted(me)
    answers(me, "again")


def test_a_restart_of_that_libvirtd_is_survived(kit):
    libvirt = running(kit, remote=True)
    daemon = started(kit, libvirt.uri)
    me = watched(kit, daemon)
    answers(me, "before")
    libvirt.restart()
    me.wait_for(b"[charmux: not recorded ")
    wait_states(daemon, {NAME: "open"})
    answers(me, "after")
    assert me.data.count(LIVE) == 1


def test_what_libvirt_cannot_carry_is_not_looked_for_here(kit):
    libvirt = kit.libvirtd(remote=True)
    kit.path("console.log").write_text("of this host\n")
    libvirt.run_guest(NAME, ["pty", unix("/run/serial.sock"), of_path("file", kit.path("console.log")), tcp(5001)],
                      bootable=False)
    decoy = kit.unix_chardev("decoy.sock")
    pathlib.Path("/run/serial.sock").symlink_to(decoy.address.removeprefix("unix:"))
    daemon = started(kit, libvirt.uri)
    found = wait_consoles(daemon, lambda found: found.get(NAME, {}).get("state") == "open", "the first to be open")
    for n in (1, 2):
        each = found[f"{NAME}.serial{n}"]
        assert each["state"] == "refused" and "host" in each["reason"], each
    assert str(kit.path("console.log")) not in daemon.process.open_files()
    assert "is not using a PTY" not in str(found)


def test_two_hosts_guests_of_the_same_name_are_two(kit):
    here, there = kit.libvirtd(), kit.libvirtd(name="there", remote=True)
    for libvirt in (here, there):
        libvirt.define(NAME)
    daemon = two_hosts(kit, ("here-", here.uri), ("there-", there.uri))
    off = wait_states(daemon, {HERE: "shut off", THERE: "shut off"})
    ports = {name: place[1][0] for name, place in numbers(off).items()}
    mine, theirs = kit.telnet(ports[HERE]), kit.telnet(ports[THERE])
    here.start(NAME)
    wait_booted(mine)
    there.start(NAME)
    wait_booted(theirs)
    answers(mine, "here")
    answers(theirs, "there")
    found = wait_states(daemon, {HERE: "open", THERE: "open"})
    assert found[HERE]["backend"] == f"pty:{here.pty(NAME)}" and found[THERE]["backend"] != found[HERE]["backend"]
    there.destroy(NAME)
    theirs.wait_for(f"[charmux: {THERE} is shut off; waiting]\r\n".encode())
    answers(mine, "still-here")
    assert b"there-42" not in mine.data


def test_one_that_never_answers_delays_nobody(kit):
    silent = kit.tcp_chardev(port=16600)  # accepts, and says nothing
    here = kit.libvirtd()
    here.run_guest(NAME, [Chardev(log=kit.path("guest.log"))])
    daemon = two_hosts(kit, ("silent-", "qemu+tcp://127.0.0.1:16600/system"), ("here-", here.uri),
                       ("gone-", "qemu+tcp://127.0.0.1:16601/system"))
    wait_consoles(daemon, lambda found: found.get(HERE, {}).get("state") == "open", "the healthy host's guest")
    daemon.wait_log(r"qemu\+tcp://127\.0\.0\.1:16601/system")
    me = kit.telnet(7001)
    me.wait_for(LIVE)
    here.destroy(NAME)
    me.wait_for(f"[charmux: {HERE} is shut off; waiting]\r\n".encode())
    here.start(NAME)
    wait_booted(me)
    answers(me, "mine")
    daemon.wait_log(r"no answer from qemu\+tcp://127\.0\.0\.1:16600/system")
    silent.accept()
    # Nor does it delay the end.
    assert daemon.stop(seconds=5) == 0


def test_one_that_falls_silent_is_lost_and_found_again(kit):
    here, there = kit.libvirtd(), kit.libvirtd(name="there", remote=True)
    for libvirt in (here, there):
        libvirt.run_guest(NAME, bootable=False)
    daemon = two_hosts(kit, ("here-", here.uri), ("there-", there.uri))
    wait_states(daemon, {HERE: "open", THERE: "open"})
    there.pause()
    here.destroy(NAME)
    wait_consoles(daemon, lambda found: found[HERE]["state"] == "shut off", "the other host's guest to end")
    here.start(NAME)
    wait_consoles(daemon, lambda found: found[HERE]["state"] == "open", "the other host's guest to start")
    # Nobody hangs up: that it is gone shows when it answers no question.
    wait_consoles(daemon, lambda found: found[THERE]["state"] != "open", "it to be lost")
    there.resume()
    wait_until(lambda: daemon.consoles()[THERE]["state"] == "open", lambda: f"it to be found again: {daemon.consoles()}")
