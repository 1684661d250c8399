# SPDX-License-Identifier: Apache-2.0
"""A hypervisor has 500 guests, most of them off: each has its console, number and port moments after charmuxd has come, and
what changes is seen as quickly as if there were one."""

import re
import time

from support.alpha import NAME
from support.found import numbers, wait_consoles, wait_states

MANY = [f"charmux-test-{n:03}" for n in range(500)]


def test_many_domains(kit):
    libvirt = kit.libvirtd()
    libvirt.define_all(MANY, bootable=False)
    for name in MANY[:2]:
        libvirt.start(name)
    began = time.monotonic()
    daemon = kit.daemon("--libvirt", "qemu:///system", "--listen", "telnet:127.0.0.1,ports=7001-7999")
    states = {name: "open" if name in MANY[:2] else "shut off" for name in MANY}
    found = wait_states(daemon, states)
    print(f"{len(MANY)} domains were known {time.monotonic() - began:.2f} s after charmuxd was started")
    assert not re.search(r"^<4>", daemon.log(), re.MULTILINE), "to be off is nothing to be warned of"
    assert sorted(number for number, _ in numbers(found).values()) == list(range(1, 501))

    libvirt.define(NAME, bootable=False)
    wait_consoles(daemon, lambda found: found.get(NAME, {}).get("state") == "shut off", "the new one")
    libvirt.start(NAME)
    wait_consoles(daemon, lambda found: found[NAME]["state"] == "open", "it to run")
    libvirt.restart()
    libvirt.destroy(MANY[0])
    wait_states(daemon, {**states, MANY[0]: "shut off", NAME: "open"})
