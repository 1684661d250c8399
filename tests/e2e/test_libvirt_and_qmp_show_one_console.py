# SPDX-License-Identifier: Apache-2.0
"""A libvirt guest has a QMP socket of its own for me, and charmuxd is told of both: it is one guest, libvirt's, whichever of
them was there first. The socket that libvirt has for itself is never touched."""

from support import LIVE, wait_until
from support.alpha import NAME
from support.domain_xml import Chardev
from support.found import numbers, wait_consoles, wait_states
from support.shell import answers, wait_booted, wait_booted_by_log


def started(kit, pattern):
    return kit.daemon("--libvirt", "qemu:///system", "--qmp", pattern, "--listen", "telnet:127.0.0.1,ports=7001-7099")


def define(kit, libvirt, **options):
    kit.path("qmp").mkdir(exist_ok=True)
    libvirt.define(NAME, [Chardev(log=kit.path("guest.log")), "pty"], qemu_args=["-qmp", f"unix:{kit.path('qmp')}/{NAME}.qmp,server=on,wait=off"],
                   **options)


def offered(daemon):
    return {name: each["state"] for name, each in daemon.consoles().items() if each["number"] and each["state"] != "gone"}


def test_a_guest_that_is_found_twice_is_there_once(kit):
    libvirt = kit.libvirtd()
    define(kit, libvirt)
    daemon = started(kit, kit.path("qmp/*.qmp"))
    off = wait_states(daemon, {NAME: "shut off", f"{NAME}.serial1": "shut off"})
    libvirt.start(NAME)
    me = kit.telnet(7001)
    wait_booted(me)
    answers(me, "mine")
    found = wait_states(daemon, {NAME: "open", f"{NAME}.serial1": "open"})
    assert numbers(found) == numbers(off)
    # Nobody has a pty of it twice.
    for number in (0, 1):
        assert daemon.process.open_files().count(libvirt.pty(NAME, number=number)) == 1
    libvirt.destroy(NAME)
    assert numbers(wait_states(daemon, {NAME: "shut off", f"{NAME}.serial1": "shut off"})) == numbers(off)


def test_it_is_libvirts_also_when_its_own_socket_was_there_first(kit):
    libvirt = kit.libvirtd()
    define(kit, libvirt)
    libvirt.start(NAME)
    libvirt.stop_libvirtd()
    daemon = started(kit, kit.path("qmp/*.qmp"))
    before = wait_consoles(daemon, lambda found: found.get(NAME, {}).get("state") == "open", "it to be found by QMP")
    me = kit.telnet(numbers(before)[NAME][1][0])
    me.wait_for(LIVE)
    libvirt.start_libvirtd()
    wait_until(lambda: f"{NAME}.serial1" in offered(daemon), lambda: f"libvirt's names: {daemon.consoles()}")
    after = wait_states(daemon, {NAME: "open", f"{NAME}.serial1": "open"})
    assert numbers(after)[NAME] == numbers(before)[NAME]
    wait_until(lambda: daemon.process.open_files().count(libvirt.pty(NAME)) == 1, "it to be opened once")
    wait_booted_by_log(kit.path("guest.log"))
    answers(me, "mine")
    # Shut off it is still there, as libvirt has it.
    libvirt.destroy(NAME)
    wait_states(daemon, {NAME: "shut off", f"{NAME}.serial1": "shut off"})


def test_libvirts_own_monitor_is_never_touched(kit):
    libvirt = kit.libvirtd()
    libvirt.run_guest(NAME, bootable=False)
    daemon = kit.daemon("--qmp", "/var/lib/libvirt/qemu/*/monitor.sock", "--listen", "telnet:127.0.0.1,ports=7001-7099")
    wait_until(lambda: any("use --libvirt" in each["reason"] for each in daemon.consoles().values()),
               lambda: f"it to be refused: {daemon.consoles()}")
    libvirt.restart()
    assert libvirt.qmp(NAME, '{"execute": "query-status"}')
