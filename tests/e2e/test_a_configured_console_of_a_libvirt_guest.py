# SPDX-License-Identifier: Apache-2.0
"""I want one console of one guest under a name of my own: `libvirt:DOMAIN/ALIAS`. It is opened as it would be if charmuxd
had found it by itself, follows its guest, and is there whether or not the others are."""

import pytest
from support import LIVE, wait_until
from support.alpha import NAME, running
from support.domain_xml import Chardev
from support.found import wait_consoles, wait_states
from support.shell import answers, wait_booted


def started(kit, address, *args):
    return kit.daemon("--console", f"vm={address}", *args, "--listen", "telnet:127.0.0.1:7001,console=vm")


@pytest.mark.parametrize("remote", [False, True], ids=["here", "there"])
def test_it_follows_its_guest(kit, remote):
    libvirt = kit.libvirtd(remote=remote)
    libvirt.define(NAME)
    daemon = started(kit, f"libvirt:{NAME},uri={libvirt.uri}")
    wait_states(daemon, {"vm": "shut off"})
    me = kit.telnet(7001)
    me.wait_for(LIVE)
    libvirt.start(NAME)
    wait_booted(me)
    answers(me, "once")
    libvirt.destroy(NAME)
    me.wait_for(b"[charmux: vm is shut off; waiting]\r\n")
    libvirt.start(NAME)
    wait_booted(me, 2)
    answers(me, "again")
    me.command(243)
    me.type(b"h")
    me.wait_for(b"sysrq: HELP : ")


@pytest.mark.parametrize("alias", ["serial1", "ua-side", "side"])
def test_it_is_that_device(kit, alias):
    libvirt = kit.libvirtd()
    libvirt.run_guest(NAME, ["pty", "pty", Chardev(alias="ua-side")], bootable=False)
    daemon = started(kit, f"libvirt:{NAME}/{alias}")
    wait_states(daemon, {"vm": "open"})
    number = 1 if alias == "serial1" else 2
    assert [path for path in daemon.process.open_files() if path.startswith("/dev/pts/")] == [
        libvirt.pty(NAME, number=number)]


def test_it_yields_to_virsh_too(kit):
    libvirt = running(kit)
    daemon = started(kit, f"libvirt:{NAME}")
    wait_states(daemon, {"vm": "open"})
    me = kit.telnet(7001)
    me.wait_for(LIVE)
    theirs = kit.virsh_console(libvirt, NAME)
    me.wait_for(b"[charmux: vm is in use by a libvirt console; waiting]\r\n")
    theirs.answers("theirs")
    theirs.leave()
    me.wait_for(b"[charmux: vm is back]\r\n")
    answers(me, "mine")


def test_what_is_not_there_is_said_and_waited_for(kit):
    libvirt = kit.libvirtd()
    daemon = started(kit, f"libvirt:{NAME}/serial1")
    wait_consoles(daemon, lambda found: "no such domain" in found["vm"]["reason"], "it to be said what is missing")
    libvirt.run_guest(NAME, bootable=False)
    wait_consoles(daemon, lambda found: "no such domain" not in found["vm"]["reason"] and
                  "no such" in found["vm"]["reason"], "it to be said what is missing")
    libvirt.destroy(NAME)
    libvirt.undefine(NAME)
    libvirt.run_guest(NAME, ["pty", "pty"], bootable=False)
    wait_states(daemon, {"vm": "open"})


def test_with_discovery_beside_it_it_is_one_console(kit):
    libvirt = kit.libvirtd()
    libvirt.run_guest(NAME, ["pty", "pty"], bootable=False)
    daemon = started(kit, f"libvirt:{NAME}", "--libvirt", "qemu:///system")
    wait_states(daemon, {"vm": "open", f"{NAME}.serial1": "open"})
    wait_until(lambda: "vm" in daemon.consoles().get(NAME, {}).get("reason", ""), lambda: f"its fate: {daemon.consoles()}")
    assert daemon.process.open_files().count(libvirt.pty(NAME)) == 1
