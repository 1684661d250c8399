# SPDX-License-Identifier: Apache-2.0
"""A guest has several consoles, some of which I named, and I plug one in and pull it out while it runs: each is a console
of its own, under a name that says which it is, and one that returns is what it was."""

from support import LIVE, wait_until
from support.domain_xml import PCI_SERIAL, VIRTIO_CONSOLE, Chardev
from support.found import numbers, wait_states
from support.shell import answers, wait_booted

NAME = "charmux-test-alpha"


def started(kit):
    return kit.daemon("--libvirt", "qemu:///system", "--listen", "telnet:127.0.0.1,ports=7001-7099")


def test_each_has_its_name_and_its_place(kit):
    libvirt = kit.libvirtd()
    libvirt.define(NAME, ["pty", "pty", Chardev(alias="ua-modem")], ["pty", Chardev(alias="ua-side")], parallels=["pty"])
    daemon = started(kit)
    # libvirt's first <console> is its first <serial> once more, shut off or not. So the virtio consoles begin at 0.
    assert len(libvirt.xml(NAME).findall("devices/console")) == 3
    names = [NAME, f"{NAME}.serial1", f"{NAME}.modem", f"{NAME}.console0", f"{NAME}.side", f"{NAME}.parallel0"]
    off = wait_states(daemon, {name: "shut off" for name in names})
    libvirt.start(NAME)
    found = wait_states(daemon, {name: "open" for name in names})
    assert numbers(found) == numbers(off)
    ptys = [*(libvirt.pty(NAME, "serial", n) for n in range(3)), *(libvirt.pty(NAME, "console", n) for n in (1, 2)),
            libvirt.pty(NAME, "parallel")]
    assert [found[name]["backend"] for name in names] == [f"pty:{path}" for path in ptys]
    assert sorted(path for path in daemon.process.open_files() if path.startswith("/dev/pts/")) == sorted(ptys)

    for name, tty in zip(names, ["ttyS0", "ttyS1", "ttyS2", "hvc0", "hvc1"]):
        client = kit.telnet(numbers(found)[name][1][0])
        client.wait_for(LIVE)
        client.wait_for(f"{tty}# ".encode())
        client.type(b"echo here:$(tty)\r")
        client.wait_for(f"\nhere:/dev/{tty}\r\n".encode())


def test_a_guest_without_serial_ports_has_its_virtio_console_by_its_name(kit):
    libvirt = kit.libvirtd()
    libvirt.run_guest(NAME, [], ["pty", "pty"], cmdline="console=hvc0")
    daemon = started(kit)
    found = wait_states(daemon, {NAME: "open", f"{NAME}.console1": "open"})
    assert found[NAME]["backend"] == f"pty:{libvirt.pty(NAME, 'console')}"


def test_one_is_plugged_in_and_pulled_out_and_plugged_in_again(kit):
    libvirt = kit.libvirtd()
    libvirt.run_guest(NAME, devices="<controller type='virtio-serial'/>")
    daemon = started(kit)
    wait_states(daemon, {NAME: "open"})
    me = kit.telnet(7001)
    me.type(b"\r")
    wait_booted(me)

    console = Chardev(alias="ua-extra").xml("console", VIRTIO_CONSOLE)
    serial = Chardev(alias="ua-serial").xml("serial", PCI_SERIAL)
    libvirt.attach(NAME, console)
    libvirt.attach(NAME, serial)
    found = wait_states(daemon, {NAME: "open", f"{NAME}.extra": "open", f"{NAME}.serial": "open"})
    places = numbers(found)
    extra = kit.telnet(places[f"{NAME}.extra"][1][0])
    extra.wait_for(LIVE)
    me.type(b"while ! echo from-the-guest >/dev/hvc0; do sleep 1; done\r")
    extra.wait_for(b"from-the-guest\r\n")

    libvirt.detach(NAME, "ua-extra")
    libvirt.detach(NAME, "ua-serial")
    wait_until(lambda: {name for name, each in daemon.consoles().items() if each["state"] == "open"} == {NAME},
               lambda: f"both to go: {daemon.consoles()}")
    assert sum(path.startswith("/dev/pts/") for path in daemon.process.open_files()) == 1
    answers(me, "meanwhile")

    libvirt.attach(NAME, console)
    libvirt.attach(NAME, serial)
    assert numbers(wait_states(daemon, {NAME: "open", f"{NAME}.extra": "open", f"{NAME}.serial": "open"})) == places


def test_a_change_of_the_definition_is_followed(kit):
    libvirt = kit.libvirtd()
    libvirt.define(NAME, ["pty"], uuid="d9f41b7e-54d1-4a9c-9d2e-0b5d3e1a7c11", bootable=False)
    daemon = started(kit)
    before = wait_states(daemon, {NAME: "shut off"})
    libvirt.define(NAME, ["pty", "pty"], uuid="d9f41b7e-54d1-4a9c-9d2e-0b5d3e1a7c11", bootable=False)
    after = wait_states(daemon, {NAME: "shut off", f"{NAME}.serial1": "shut off"})
    assert numbers(after)[NAME] == numbers(before)[NAME]
    # While it runs, what counts is what it has, not what it will have next time.
    libvirt.start(NAME)
    wait_states(daemon, {NAME: "open", f"{NAME}.serial1": "open"})
    libvirt.define(NAME, ["pty"], uuid="d9f41b7e-54d1-4a9c-9d2e-0b5d3e1a7c11", bootable=False)
    libvirt.define("charmux-test-later", ["pty"], bootable=False)
    wait_states(daemon, {NAME: "open", f"{NAME}.serial1": "open", "charmux-test-later": "shut off"})
