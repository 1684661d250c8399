# SPDX-License-Identifier: Apache-2.0
"""libvirt has many types of character device. Each one of a guest is read and typed at, or followed read-only, or listed
with the reason why it cannot be: whatever I have, I never read that it "is not using a PTY"."""

import os
import pathlib
import re

import pytest
from support import LIVE, wait_until
from support.domain_xml import Chardev, of_path, tcp, udp, unix
from support.found import numbers, wait_consoles, wait_states
from support.shell import answers

NAME = "charmux-test-alpha"


def started(kit, *args):
    return kit.daemon("--libvirt", "qemu:///system", *args, "--listen", "telnet:127.0.0.1,ports=7001-7099")


def viewer(kit, found, name):
    client = kit.telnet(numbers(found)[name][1][0])
    client.wait_for(LIVE)
    return client


def monitor_taints(libvirt):
    return [text for text in libvirt.taints(NAME) if "monitor" in text]


def test_streams_and_sockets_are_read_and_typed_at(kit):
    libvirt = kit.libvirtd()
    libvirt.define(NAME, ["pty", tcp(5001), tcp(5002, protocol="telnet"), unix(kit.path("serial.sock"))], ["pty"])
    daemon = started(kit)
    names = [NAME, *(f"{NAME}.serial{n}" for n in (1, 2, 3)), f"{NAME}.console0"]
    wait_states(daemon, {name: "shut off" for name in names})
    libvirt.start(NAME)
    found = wait_states(daemon, {name: "open" for name in names})
    assert [found[name]["backend"] for name in names[1:4]] == [
        "tcp:127.0.0.1:5001", "telnet:127.0.0.1:5002", f"unix:{kit.path('serial.sock')}"]
    for name, tty in zip(names, ["ttyS0", "ttyS1", "ttyS2", "ttyS3", "hvc0"]):
        client = viewer(kit, found, name)
        client.wait_for(f"{tty}# ".encode())
        answers(client, "mine")
    assert not monitor_taints(libvirt)


def test_a_telnet_chardev_is_not_sent_what_it_would_type(kit):
    """It speaks telnet: a 255 that I type arrives once, and no command of ours as text."""
    libvirt = kit.libvirtd()
    libvirt.define(NAME, [tcp(5002, protocol="telnet")])
    daemon = started(kit)
    wait_states(daemon, {NAME: "shut off"})
    libvirt.start(NAME)
    client = viewer(kit, wait_states(daemon, {NAME: "open"}), NAME)
    client.wait_for(b"ttyS0# ")
    client.type(b"stty raw; head -c 5 | od -An -tx1; stty sane\r")
    client.wait_for(b"stty sane\r\n")
    client.type(b"a\xff\xffbc")
    client.wait_for(b"61 ff ff 62 63")


def test_datagrams_pipes_and_files(kit):
    kit.path("console.log").write_text("from an earlier life\n")
    for name in ("fifo.in", "fifo.out"):
        os.mkfifo(kit.path(name))
    libvirt = kit.libvirtd()
    libvirt.define(NAME, [of_path("file", kit.path("console.log")), udp(6001, 6002), of_path("pipe", kit.path("fifo"))])
    daemon = started(kit)
    names = [NAME, f"{NAME}.serial1", f"{NAME}.serial2"]
    libvirt.start(NAME)
    found = wait_states(daemon, {name: "open" for name in names})
    assert found[NAME]["backend"] == f"file:{kit.path('console.log')}"
    assert found[f"{NAME}.serial2"]["backend"] == f"pipe:{kit.path('fifo')}"

    reader = viewer(kit, found, NAME)
    reader.wait_for(b"charmux guest ready on ttyS0")
    reader.type(b"x")
    reader.wait_for(b"[charmux: read-only")
    for name, tty in zip(names[1:], ["ttyS1", "ttyS2"]):
        client = viewer(kit, found, name)
        client.wait_for(f"{tty}# ".encode())
        answers(client, "mine")


def test_a_port_that_only_qemu_knows_is_asked_for_and_that_is_said(kit):
    libvirt = kit.libvirtd()
    libvirt.define(NAME, [tcp(0)])
    daemon = started(kit)
    wait_states(daemon, {NAME: "shut off"})
    libvirt.start(NAME)
    client = viewer(kit, wait_states(daemon, {NAME: "open"}), NAME)
    client.wait_for(b"ttyS0# ")
    answers(client, "mine")
    assert monitor_taints(libvirt)
    daemon.wait_log(rf"{NAME}.*taint")
    # It is another port each time.
    libvirt.destroy(NAME)
    client.wait_for(f"[charmux: {NAME} is shut off; waiting]".encode())
    libvirt.start(NAME)
    client.wait_for(f"[charmux: {NAME} is back]".encode())
    client.wait_for(lambda data: data.count(b"charmux guest ready on ttyS0") == 2)


def test_where_qemu_is_never_to_be_asked_it_is_said_what_for(kit):
    kit.path("charmux.toml").write_text('[[discover]]\nlibvirt = "qemu:///system"\nqemu_monitor = "never"\n')
    libvirt = kit.libvirtd()
    libvirt.run_guest(NAME, [tcp(0), "pty"], bootable=False)
    daemon = kit.daemon("--config", kit.path("charmux.toml"), "--listen", "telnet:127.0.0.1,ports=7001-7099")
    found = wait_consoles(daemon, lambda found: found.get(f"{NAME}.serial1", {}).get("state") == "open" and
                          found.get(NAME, {}).get("state") == "refused", "the other to be open, and this one refused")
    assert "qemu_monitor" in found[NAME]["reason"]
    assert not monitor_taints(libvirt)


REFUSED = {
    "null": ("null", "null"),
    "vc": ("vc", "vc"),
    "stdio": ("stdio", "stdio"),
    "dbus": (Chardev("dbus", "<source channel='org.charmux.0'/>"), "(?i)d-?bus"),
    "qemu-vdagent": ("qemu-vdagent", "vdagent|agent"),
    "unix that calls": (Chardev("unix", "<source mode='connect' path='/run/nobody'><reconnect enabled='yes' timeout='1'/>"
                                        "</source>"), "calls a server"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_a_console_is_listed_with_the_reason(kit, kind):
    chardev, reason = REFUSED[kind]
    libvirt = kit.libvirtd()
    libvirt.run_guest(NAME, [chardev, "pty"], bootable=False)
    daemon = started(kit)
    found = wait_consoles(daemon, lambda found: found.get(f"{NAME}.serial1", {}).get("state") == "open", "the other to be open")
    # Its name passes to no other.
    assert found[NAME]["state"] == "refused" and found[NAME]["ports"] == []
    assert re.search(reason, found[NAME]["reason"]), found[NAME]
    assert "is not using a PTY" not in daemon.log()


def test_a_device_that_qemu_has_for_itself_is_left_to_it(kit):
    master = kit.pty_chardev()
    path = master.address.removeprefix("pty:")
    libvirt = kit.libvirtd()
    libvirt.run_guest(NAME, [of_path("dev", path), "pty"], bootable=False)
    daemon = started(kit)
    found = wait_consoles(daemon, lambda found: found.get(f"{NAME}.serial1", {}).get("state") == "open", "the other to be open")
    assert found[NAME]["state"] == "refused" and found[NAME]["reason"]
    assert path not in daemon.process.open_files()


def test_channels_are_no_consoles(kit):
    agent = Chardev("unix", "<source mode='bind'/>", target="<target type='virtio' name='org.qemu.guest_agent.0'/>")
    libvirt = kit.libvirtd()
    libvirt.run_guest(NAME, ["pty"], channels=[agent, unix(kit.path("lab.sock")), "pty"], bootable=False)
    daemon = started(kit)
    found = wait_states(daemon, {NAME: "open"})
    others = {name: each for name, each in found.items() if name != NAME}
    assert len(others) == 3
    assert all(each["state"] == "refused" and each["reason"] and not each["number"] for each in others.values())
    assert any("agent" in each["reason"] for each in others.values())
    assert any("org.charmux." in each["reason"] for each in others.values())
    # Nobody but QEMU is at any of their sockets.
    sockets = pathlib.Path("/proc/net/unix").read_text().splitlines()
    assert sum(str(kit.path("lab.sock")) in line for line in sockets) == 1


@pytest.mark.parametrize("ask", ["auto", "never"])
def test_a_chardev_that_calls_us_is_a_console_of_the_file(kit, ask):
    """A guest that connects to a server of ours is that configured console, and its own name leads there."""
    kit.path("charmux.toml").write_text(f'[[discover]]\nlibvirt = "qemu:///system"\nqemu_monitor = "{ask}"\n')
    daemon = kit.daemon("--config", kit.path("charmux.toml"), "--console", "vm=tcp-listen:127.0.0.1:4555",
                        "--listen", "telnet:127.0.0.1,ports=7001-7099")
    libvirt = kit.libvirtd()
    libvirt.run_guest(NAME, [tcp(4555, mode="connect")])
    wait_until(lambda: daemon.consoles()["vm"]["state"] == "open", "it to connect")
    client = viewer(kit, daemon.consoles(), "vm")
    client.wait_for(b"ttyS0# ")
    answers(client, "mine")
    wait_until(lambda: "vm" in daemon.consoles().get(NAME, {}).get("reason", ""), lambda: f"its fate: {daemon.consoles()}")
