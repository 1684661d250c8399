# SPDX-License-Identifier: Apache-2.0
"""I start charmuxd with a glob and a range of ports and nothing else: guests that run and guests that come are there by
name, each console at its own port, and stay there: while their guest is off, under another pty, and after charmuxd was
killed."""

import contextlib
import os

from support import LIVE, wait_until


def started(kit, **options):
    return kit.daemon("--qmp", kit.path("qemu") / "*.qmp", "--listen", "telnet:127.0.0.1,ports=7001-7099", **options)


def machine(kit, domain, serials, consoles=None, **options):
    """A guest that charmuxd finds. The same domain again is the same machine, switched on again."""
    kit.path("qemu").mkdir(exist_ok=True)
    return kit.guest(serials, consoles, name=domain, domain=domain, monitor=kit.path("qemu") / f"{domain}.qmp", **options)


def wait_open(daemon, *names):
    """Until these are there and open; returns their numbers and ports by name."""
    wait_until(lambda: set(names) <= {name for name, each in daemon.consoles().items() if each["state"] == "open"},
               lambda: f"{names} to be open: {daemon.consoles()}")
    return places(daemon)


def places(daemon):
    """Numbers and ports by name, of those that are consoles."""
    return {name: (each["number"], each["ports"]) for name, each in daemon.consoles().items()
            if each["state"] != "refused"}


def test_guests_that_run_and_guests_that_come_have_names_and_ports(kit):
    alpha = machine(kit, "alpha", {"first": "pty", "aux": "unix"}, {"virtio": "tcp"}, paused=True)
    elsewhere = kit.guest({"serial0": "unix"}, name="elsewhere", domain="elsewhere", monitor=kit.path("elsewhere.qmp"),
                          paused=True)
    daemon = started(kit)
    found = wait_open(daemon, "alpha", "alpha.aux", "alpha.virtio")
    assert found == {"alpha": (1, [7001]), "alpha.aux": (2, [7002]), "alpha.virtio": (3, [7003])}

    machine(kit, "beta", {"serial0": "unix"}, paused=True)
    assert wait_open(daemon, "beta") == {**found, "beta": (4, [7004])}
    backends = {name: each["backend"] for name, each in daemon.consoles().items()}
    for name, label in {"alpha": "first", "alpha.aux": "aux", "alpha.virtio": "virtio"}.items():
        assert backends[name] == alpha.address(label)
    # What the glob does not match is not touched.
    assert not elsewhere.taken("serial0", daemon.process)

    mine = kit.telnet(7002)
    mine.wait_for(LIVE)
    assert b"[charmux: alpha.aux, 1 watching, you type; ^Ec? helps; never heard]\r\n" in mine.data
    alpha.resume()
    alpha.wait_ready("aux")
    mine.type(b"echo on-$((6 * 7))-$(tty)\r")
    mine.wait_for(b"on-42-/dev/ttyS1\r\n")


def test_a_guest_that_is_switched_off_and_on_keeps_its_viewers_though_its_pty_is_anothers_now(kit):
    daemon = started(kit)
    alpha = machine(kit, "alpha", {"serial0": "pty"})
    before = wait_open(daemon, "alpha")
    me = kit.telnet(7001)
    me.wait_for(LIVE)
    alpha.wait_ready("serial0")
    me.type(b"echo first-$((6 * 7))\r")
    me.wait_for(b"first-42\r\n")
    was_at = alpha.address("serial0")

    alpha.kill()
    me.wait_for(b"[charmux: alpha is shut off; waiting]\r\n")
    off = daemon.consoles()["alpha"]
    assert (off["state"], off["number"], off["ports"], off["viewers"]) == ("shut off", 1, [7001], 1)
    with contextlib.ExitStack() as kept:
        def take():
            """The pty of alpha's number, for a stranger."""
            master, slave = os.openpty()
            kept.callback(os.close, master)
            kept.callback(os.close, slave)
            return master if f"pty:{os.ttyname(slave)}" == was_at else None
        stranger = wait_until(take, f"{was_at} to be free")
        os.write(stranger, b"a stranger's secret\r\n")
        alpha = machine(kit, "alpha", {"serial0": "pty"})
        assert alpha.address("serial0") != was_at
        me.wait_for(b"[charmux: alpha is back]\r\n")
        assert wait_open(daemon, "alpha") == before
        assert daemon.consoles()["alpha"]["backend"] == alpha.address("serial0")
        alpha.wait_ready("serial0")
        me.type(b"echo again-$((6 * 7))\r")
        me.wait_for(b"again-42\r\n")
        assert b"secret" not in me.data
        assert was_at.removeprefix("pty:") not in daemon.process.open_files()


def test_numbers_names_and_history_outlive_a_killed_charmuxd(kit):
    daemon = started(kit)
    beta = machine(kit, "beta", {"serial0": "unix"}, paused=True)
    wait_open(daemon, "beta")
    alpha = machine(kit, "alpha", {"serial0": "pty"}, uuid="d9f41b7e-54d1-4a9c-9d2e-0b5d3e1a7c11")
    before = wait_open(daemon, "alpha", "beta")
    assert before == {"beta": (1, [7001]), "alpha": (2, [7002])}
    me = kit.telnet(7002)
    alpha.wait_ready("serial0")
    me.type(b"echo before-$((6 * 7))\r")
    me.wait_for(b"before-42\r\n")

    daemon.kill()
    beta.quit()
    daemon = started(kit)
    assert wait_open(daemon, "alpha") == before
    assert daemon.consoles()["beta"]["state"] == "shut off"
    again = kit.telnet(7002)
    assert b"before-42\r\n" in again.wait_for(LIVE)
    # The port of the one that is off accepts, and its viewer waits.
    waiting = kit.telnet(7001)
    waiting.wait_for(LIVE)
    assert b"[charmux: beta, 1 watching, you type; ^Ec? helps; shut off]\r\n" in waiting.data
    machine(kit, "beta", {"serial0": "unix"}, paused=True)
    waiting.wait_for(b"[charmux: beta is back]\r\n")
    assert wait_open(daemon, "alpha", "beta") == before
