# SPDX-License-Identifier: Apache-2.0
"""A hypervisor comes up and starts twenty guests at once: each is at its own port from its first line to its prompt, and
nobody reads a line of another."""

import concurrent.futures
import re

from support import LIVE
from support.found import history, numbers, wait_states
from support.shell import answers, booted

NAMES = [f"charmux-test-{n:02}" for n in range(20)]
PATIENCE = 400  # for twenty boots under emulation on two cores


def test_twenty_guests_boot_at_once(kit):
    libvirt = kit.libvirtd()
    libvirt.define_all(NAMES)
    daemon = kit.daemon("--libvirt", "qemu:///system", "--listen", "telnet:127.0.0.1,ports=7001-7099")
    found = wait_states(daemon, {name: "shut off" for name in NAMES})
    clients = {}
    for name, (_, [port]) in numbers(found).items():
        clients[name] = kit.telnet(port)
        clients[name].wait_for(LIVE)
    # virsh is given each guest's start by one of its own, as libvirt-guests does.
    with concurrent.futures.ThreadPoolExecutor(len(NAMES)) as pool:
        list(pool.map(libvirt.start, NAMES))
    assert numbers(wait_states(daemon, {name: "open" for name in NAMES})) == numbers(found)
    for name, client in clients.items():
        client.wait_for(booted, PATIENCE)
        answers(client, name)
    for name in NAMES:
        said = set(re.findall(rb"(charmux-test-\d\d)-42", history(daemon, name)[1]))
        assert said == {name.encode()}
        assert b"Linux version" in clients[name].data
