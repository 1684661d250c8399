# SPDX-License-Identifier: Apache-2.0
"""charmuxd is restarted while somebody else is on a guest's monitor. The guest runs, so it is not called shut off: its
consoles wait, each listed once, by the names they always had, and say why; when the other leaves they are open. What I
excepted stays out of the list and the log, though it cannot be asked for its name."""

import pytest
from support import LIVE, wait_until
from support.found import histories, numbers, says, wait_states


def started(kit, *more):
    return kit.daemon("--qmp", kit.path("*.qmp"), "--listen", "telnet:127.0.0.1,ports=7001-7009", *more)


def held(kit, guest):
    """Another client on that guest's monitor."""
    wait_until(lambda: not guest.monitored, "the monitor to be free")
    other = kit.raw(guest.path)
    other.wait_for(b'"QMP"')
    return other


@pytest.mark.parametrize("stem", ["alpha", "vm-7"], ids=["file-named-as-its-guest", "file-of-another-name"])
def test_a_known_guest_whose_monitor_is_busy_waits(kit, stem):
    path = kit.path(f"{stem}.qmp")
    guest = kit.fake_qmp().guest("alpha", path, chardevs={"ser0": f"{path}.ser0", "ser1": f"{path}.ser1"})
    daemon = started(kit)
    before = numbers(wait_states(daemon, {"alpha": "open", "alpha.ser1": "open"}))
    says(daemon, guest, "alpha", b"before\r\n")
    assert daemon.stop() == 0

    other = held(kit, guest)
    daemon = started(kit)
    wait_states(daemon, {"alpha": "waiting", "alpha.ser1": "waiting"})
    listed = daemon.api("/consoles")
    assert [(each["name"], each["state"], each["reason"]) for each in listed] == [
        ("alpha", "waiting", "monitor busy"), ("alpha.ser1", "waiting", "monitor busy")]
    assert numbers(daemon.consoles()) == before
    # Who comes now is let in, and is told that too.
    me = kit.telnet(7001)
    greeting = me.wait_for(LIVE)
    assert b"before\r\n" in greeting and b"shut off" not in greeting

    other.close()
    assert numbers(wait_states(daemon, {"alpha": "open", "alpha.ser1": "open"})) == before
    assert not [each for each in daemon.api("/consoles") if each["reason"] == "monitor busy"]
    says(daemon, guest, "alpha", b"after\r\n")
    me.wait_for(b"after\r\n")
    assert histories(daemon) == {"alpha": (0, b"before\r\nafter\r\n"), "alpha.ser1": (0, b"")}


def test_a_guest_that_ends_behind_a_busy_monitor_is_shut_off(kit):
    guest = kit.fake_qmp().guest("alpha", kit.path("alpha.qmp"))
    daemon = started(kit)
    wait_states(daemon, {"alpha": "open"})
    assert daemon.stop() == 0
    held(kit, guest)
    daemon = started(kit)
    wait_states(daemon, {"alpha": "waiting"})
    guest.stop()
    wait_states(daemon, {"alpha": "shut off"})


@pytest.mark.parametrize("prefix", ["", "hv7-"])
def test_what_is_excepted_is_so_behind_a_busy_monitor(kit, prefix):
    config, emulation = kit.path("charmux.toml"), kit.fake_qmp()
    config.write_text(f'''[[discover]]
qmp = "{kit.path('*.qmp')}"
prefix = "{prefix}"
except = ["{prefix}secret*"]
''')
    # `visible` is met after `secret`, so that both have been found busy when it has.
    others = [held(kit, emulation.guest(name, kit.path(f"{name}.qmp"))) for name in ("secret", "visible")]
    daemon = kit.daemon("--config", config)
    listed = []

    def sees_visible():
        listed[:] = daemon.api("/consoles")
        return any(each["reason"] == "monitor busy" and each["name"] == f"{prefix}visible" for each in listed)
    wait_until(sees_visible, lambda: f"the monitor that is shown: {listed}")
    assert [each["name"] for each in listed] == [f"{prefix}visible"]
    assert "secret" not in daemon.log()
    # Nor when it can be asked.
    for other in others:
        other.close()
    wait_states(daemon, {f"{prefix}visible": "open"})
    wait_until(lambda: emulation.guests["secret"].asked["query-chardev"] >= 2, "charmuxd to have looked at the other")
    assert not [each for each in daemon.api("/consoles") if "secret" in each["name"]]
