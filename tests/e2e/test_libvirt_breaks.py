# SPDX-License-Identifier: Apache-2.0
"""A kernel of a libvirt guest hangs, and somebody wants its SysRq help: a break reaches it through QEMU's monitor, by way of
libvirt. The first one taints the guest, which the log says; who forbids that is told so, and a virtio console has none."""

import pytest
from support import LIVE
from support.alpha import NAME, charmux, running, watched
from support.found import wait_states
from support.shell import answers, wait_booted

BREAK = 243
HELP = b"sysrq: HELP : "


def started(kit, libvirt, monitor="auto"):
    kit.path("charmux.toml").write_text(f'[[discover]]\nlibvirt = "{libvirt.uri}"\nqemu_monitor = "{monitor}"\n')
    return kit.daemon("--config", kit.path("charmux.toml"), "--listen", "telnet:127.0.0.1,ports=7001-7099")


def monitor_taints(libvirt):
    return [text for text in libvirt.taints(NAME) if "monitor" in text]


@pytest.mark.parametrize("remote", [False, True], ids=["here", "there"])
def test_a_break_is_sysrq_and_taints_the_guest(kit, remote):
    libvirt = running(kit, remote=remote)
    daemon = started(kit, libvirt)
    me = watched(kit, daemon)
    answers(me, "mine")
    assert not monitor_taints(libvirt)
    assert "taint" not in daemon.log()
    me.command(BREAK)
    me.type(b"h")
    me.wait_for(HELP)
    assert monitor_taints(libvirt)
    daemon.wait_log(rf"{NAME}.*taint")

    sent = charmux(kit, daemon, "break", NAME)
    assert (sent.returncode, sent.stdout, sent.stderr) == (0, "", "")
    me.type(b"h")
    me.wait_for(lambda data: data.count(HELP) == 2)
    assert daemon.log().count("taint") == 1
    assert b"no break" not in me.data


def test_who_forbids_the_monitor_is_told_so(kit):
    libvirt = running(kit)
    daemon = started(kit, libvirt, "never")
    me = watched(kit, daemon)
    me.command(BREAK)
    me.wait_for(b"[charmux: no break: ")
    me.wait_for(b"qemu_monitor")
    refused = charmux(kit, daemon, "break", NAME)
    assert refused.returncode != 0 and "no break" in refused.stderr and "qemu_monitor" in refused.stderr
    assert not monitor_taints(libvirt)
    me.type(b"h\r")
    me.wait_for(b"h: not found")
    answers(me, "mine")
    assert HELP not in me.data


def test_a_virtio_console_has_none(kit):
    libvirt = kit.libvirtd()
    libvirt.define(NAME, ["pty"], ["pty"])
    daemon = started(kit, libvirt)
    wait_states(daemon, {NAME: "shut off", f"{NAME}.console0": "shut off"})
    libvirt.start(NAME)
    wait_states(daemon, {NAME: "open", f"{NAME}.console0": "open"})
    me = kit.telnet(7002)
    me.wait_for(LIVE)
    wait_booted(me)
    me.command(BREAK)
    me.wait_for(b"[charmux: no break: virtio consoles have none]\r\n")
    assert "no break: virtio consoles have none" in charmux(kit, daemon, "break", f"{NAME}.console0").stderr
    assert not monitor_taints(libvirt)


def test_a_guest_that_is_off_has_none(kit):
    libvirt = kit.libvirtd()
    libvirt.define(NAME)
    daemon = started(kit, libvirt)
    wait_states(daemon, {NAME: "shut off"})
    assert "no break: its guest is not running" in charmux(kit, daemon, "break", NAME).stderr
