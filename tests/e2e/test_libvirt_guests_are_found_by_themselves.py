# SPDX-License-Identifier: Apache-2.0
"""My guests run under libvirt. I start charmuxd, say nothing or `--libvirt qemu:///system`, and each of them has its name,
number and port from the moment I define it: I can sit there before it runs, see it boot, reboot, end and start again, and
the port closes when I undefine it."""

import pytest
from support import LIVE, wait_until
from support.found import history, numbers, wait_consoles, wait_states
from support.shell import answers, wait_booted

NAME = "charmux-test-alpha"
ODD_NAMES = ["charmux-test a guest, with commas", "charmux-test-\"quoted\" 'twice'", "charmux-test-žluťoučký-客人", "charmux-test-100%~2"]


def started(kit, *args, **options):
    return kit.daemon(*(args or ("--libvirt", "qemu:///system")), "--listen", "telnet:127.0.0.1,ports=7001-7099", **options)


def is_closed(kit, port):
    """Whether nobody listens there."""
    try:
        kit.raw(port).close()
    except ConnectionRefusedError:
        return True
    return False


@pytest.mark.parametrize("args", [("--libvirt", "qemu:///system"), ("--log-level", "info")], ids=["named", "by default"])
def test_a_guest_is_followed_through_its_life(kit, args):
    libvirt = kit.libvirtd()
    daemon = started(kit, *args)
    libvirt.define(NAME)
    found = wait_states(daemon, {NAME: "shut off"})
    assert numbers(found) == {NAME: (1, [7001])}
    me = kit.telnet(7001)
    me.wait_for(LIVE)
    assert f"[charmux: {NAME}, 1 watching, you type; ^Ec? helps; shut off]\r\n".encode() in me.data

    libvirt.start(NAME)
    me.wait_for(f"[charmux: {NAME} is back]\r\n".encode())
    wait_booted(me)
    answers(me, "once")
    assert daemon.consoles()[NAME]["backend"] == f"pty:{libvirt.pty(NAME)}"

    me.type(b"reboot -f\r")
    me.wait_for(f"[charmux: {NAME} was reset]\r\n".encode())
    wait_booted(me, 2)
    libvirt.reset(NAME)
    me.wait_for(lambda data: data.count(f"[charmux: {NAME} was reset]\r\n".encode()) == 2)
    wait_booted(me, 3)
    answers(me, "rebooted")

    libvirt.destroy(NAME)
    me.wait_for(f"[charmux: {NAME} is shut off; waiting]\r\n".encode())
    assert numbers(wait_states(daemon, {NAME: "shut off"})) == {NAME: (1, [7001])}
    libvirt.start(NAME)
    wait_booted(me, 4)
    answers(me, "again")
    assert numbers(wait_states(daemon, {NAME: "open"})) == {NAME: (1, [7001])}

    libvirt.destroy(NAME)
    libvirt.undefine(NAME)
    wait_until(lambda: is_closed(kit, 7001), lambda: f"port 7001 to close: {daemon.consoles()}")
    assert daemon.consoles().get(NAME, {"state": "gone"})["state"] == "gone"
    assert libvirt.run_virsh("list", "--all").stdout.strip() == ""


def test_guests_that_run_already_are_there_at_once(kit):
    libvirt = kit.libvirtd()
    libvirt.run_guest(NAME, bootable=False)
    libvirt.define("charmux-test-beta", bootable=False)
    daemon = started(kit)
    wait_states(daemon, {NAME: "open", "charmux-test-beta": "shut off"})
    # No question was asked of its QEMU.
    assert not [text for text in libvirt.taints(NAME) if "monitor" in text]


def test_whatever_it_is_called(kit):
    libvirt = kit.libvirtd()
    daemon = started(kit)
    for name in ODD_NAMES:
        libvirt.define(name, bootable=False)
    found = wait_states(daemon, {name: "shut off" for name in ODD_NAMES})
    for name, (_, [port]) in numbers(found).items():
        viewer = kit.telnet(port)
        viewer.wait_for(LIVE)
        assert f"[charmux: {name}, 1 watching".encode() in viewer.data
    for name in ODD_NAMES[:2]:
        libvirt.start(name)
    expected = {name: "open" if name in ODD_NAMES[:2] else "shut off" for name in ODD_NAMES}
    assert numbers(wait_states(daemon, expected)) == numbers(found)
    shown = kit.run("charmux", "--socket", daemon.runtime_dir / "control.sock", "ls", env={"LC_ALL": "C.UTF-8"})
    for name in ODD_NAMES:
        assert name in shown.stdout


def test_a_renamed_guest_keeps_its_number_and_history(kit):
    libvirt = kit.libvirtd()
    libvirt.define("charmux-test-other", bootable=False)
    daemon = started(kit)
    wait_states(daemon, {"charmux-test-other": "shut off"})
    libvirt.run_guest(NAME)
    wait_states(daemon, {"charmux-test-other": "shut off", NAME: "open"})
    me = kit.telnet(7002)
    wait_booted(me)
    answers(me, "before")
    libvirt.destroy(NAME)
    wait_states(daemon, {"charmux-test-other": "shut off", NAME: "shut off"})

    libvirt.rename(NAME, "charmux-test-renamed")
    found = wait_states(daemon, {"charmux-test-other": "shut off", "charmux-test-renamed": "shut off"})
    assert numbers(found)["charmux-test-renamed"] == (2, [7002])
    assert b"\nbefore-42\r\n" in history(daemon, "charmux-test-renamed")[1]
    late = kit.telnet(7002)
    late.wait_for(LIVE)
    assert b"[charmux: charmux-test-renamed, " in late.data and b"\nbefore-42\r\n" in late.data
    libvirt.start("charmux-test-renamed")
    wait_booted(late, 2)


def test_one_that_is_made_anew_under_its_name_inherits(kit):
    libvirt = kit.libvirtd()
    libvirt.define("charmux-test-other", bootable=False)
    libvirt.define(NAME, uuid="d9f41b7e-54d1-4a9c-9d2e-0b5d3e1a7c11")
    daemon = started(kit)
    before = numbers(wait_states(daemon, {"charmux-test-other": "shut off", NAME: "shut off"}))
    port = before[NAME][1][0]
    libvirt.start(NAME)
    me = kit.telnet(port)
    wait_booted(me)
    answers(me, "before")
    libvirt.destroy(NAME)
    libvirt.undefine(NAME)
    wait_until(lambda: is_closed(kit, port), lambda: f"port {port} to close: {daemon.consoles()}")

    libvirt.define(NAME, uuid="0b3c51f8-9f4a-4f43-8a52-6b7a2e5f9d22", bootable=False)
    found = wait_states(daemon, {"charmux-test-other": "shut off", NAME: "shut off"})
    assert numbers(found) == before
    assert b"\nbefore-42\r\n" in history(daemon, NAME)[1]


def test_a_transient_guest_is_there_as_long_as_it_runs(kit):
    libvirt = kit.libvirtd()
    daemon = started(kit)
    libvirt.create(NAME, bootable=False)
    assert numbers(wait_states(daemon, {NAME: "open"})) == {NAME: (1, [7001])}
    libvirt.destroy(NAME)
    wait_until(lambda: is_closed(kit, 7001), lambda: f"port 7001 to close: {daemon.consoles()}")
    libvirt.create(NAME, bootable=False)
    found = wait_consoles(daemon, lambda found: found.get(NAME, {}).get("state") == "open", "the guest to be back")
    assert numbers(found) == {NAME: (1, [7001])}


def test_a_charmuxd_that_is_killed_finds_all_again(kit):
    libvirt = kit.libvirtd()
    libvirt.define("charmux-test-beta", bootable=False)
    daemon = started(kit)
    wait_states(daemon, {"charmux-test-beta": "shut off"})
    libvirt.run_guest(NAME)
    before = numbers(wait_states(daemon, {NAME: "open", "charmux-test-beta": "shut off"}))
    assert before == {"charmux-test-beta": (1, [7001]), NAME: (2, [7002])}
    me = kit.telnet(7002)
    wait_booted(me)
    answers(me, "before")

    daemon.kill()
    libvirt.undefine("charmux-test-beta")
    daemon = started(kit)
    found = wait_consoles(daemon, lambda found: found.get(NAME, {}).get("state") == "open", "the guest to be open")
    assert numbers(found)[NAME] == before[NAME]
    again = kit.telnet(7002)
    assert b"\nbefore-42\r\n" in again.wait_for(LIVE)
    answers(again, "after")
    # Who was undefined meanwhile gets no port back.
    wait_until(lambda: is_closed(kit, 7001), lambda: f"port 7001 to close: {daemon.consoles()}")


def test_a_libvirtd_that_comes_later_is_found(kit):
    """No daemon, no socket: charmuxd runs, says so once, and finds the guests when there is one."""
    daemon = started(kit)
    daemon.wait_log(r"qemu:///system: ")
    libvirt = kit.libvirtd()
    libvirt.define(NAME, bootable=False)
    wait_states(daemon, {NAME: "shut off"})
