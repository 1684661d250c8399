# SPDX-License-Identifier: Apache-2.0
"""Guests of two places, prod and test, each with its prefix: an alpha that ends in prod and an alpha that starts in test
have nothing to do with each other. But when prod's alpha is defined anew, under a new UUID, it is the same machine to those
who watch it: same number, same port, its history goes on, and the log says so."""

from support import LIVE
from support.found import histories, numbers, says, wait_states

OLD, NEW, OTHER = (f"6f2c1d3e-0f1b-4a55-9d3e-2b7a5d0c1e{n}" for n in (11, 22, 33))


def started(kit):
    config = kit.path("charmux.toml")
    config.write_text("".join(f'[[discover]]\nqmp = "{kit.path(place)}/*.qmp"\nprefix = "{place}-"\n'
                              for place in ("prod", "test")) + '[[listen]]\naddress = "telnet:127.0.0.1"\nports = "7001-7009"\n')
    return kit.daemon("--config", config)


def alpha(kit, emulation, place, uuid):
    kit.path(place).mkdir(exist_ok=True)
    return emulation.guest("alpha", kit.path(place) / "alpha.qmp", uuid=uuid)


def test_an_alpha_of_another_place_inherits_nothing(kit):
    emulation, daemon = kit.fake_qmp(), started(kit)
    prods = alpha(kit, emulation, "prod", OLD)
    wait_states(daemon, {"prod-alpha": "open"})
    says(daemon, prods, "prod-alpha", b"prod's secret\r\n")
    prods.stop()
    wait_states(daemon, {"prod-alpha": "shut off"})

    tests = alpha(kit, emulation, "test", OTHER)
    found = wait_states(daemon, {"prod-alpha": "shut off", "test-alpha": "open"})
    assert numbers(found) == {"prod-alpha": (1, [7001]), "test-alpha": (2, [7002])}
    assert histories(daemon) == {"prod-alpha": (0, b"prod's secret\r\n"), "test-alpha": (0, b"")}
    says(daemon, tests, "test-alpha", b"a test\r\n")
    someone = kit.telnet(7002)
    assert b"secret" not in someone.wait_for(LIVE)

    prods.start()
    assert numbers(wait_states(daemon, {"prod-alpha": "open", "test-alpha": "open"})) == numbers(found)
    says(daemon, prods, "prod-alpha", b"prod again\r\n")
    assert histories(daemon) == {"prod-alpha": (0, b"prod's secret\r\nprod again\r\n"), "test-alpha": (0, b"a test\r\n")}


def test_the_places_are_told_apart_after_a_restart_of_charmuxd_too(kit):
    emulation, daemon = kit.fake_qmp(), started(kit)
    prods = alpha(kit, emulation, "prod", OLD)
    wait_states(daemon, {"prod-alpha": "open"})
    says(daemon, prods, "prod-alpha", b"prod's secret\r\n")
    assert daemon.stop() == 0
    prods.stop()
    alpha(kit, emulation, "test", OTHER)
    daemon = started(kit)
    found = wait_states(daemon, {"prod-alpha": "shut off", "test-alpha": "open"})
    assert numbers(found) == {"prod-alpha": (1, [7001]), "test-alpha": (2, [7002])}
    assert histories(daemon) == {"prod-alpha": (0, b"prod's secret\r\n"), "test-alpha": (0, b"")}


def test_a_guest_that_is_defined_anew_inherits_and_the_log_says_so(kit):
    emulation, daemon = kit.fake_qmp(), started(kit)
    first = alpha(kit, emulation, "prod", OLD)
    wait_states(daemon, {"prod-alpha": "open"})
    says(daemon, first, "prod-alpha", b"before\r\n")
    me = kit.telnet(7001)
    me.wait_for(LIVE)
    first.stop()
    me.wait_for(b"[charmux: prod-alpha is shut off; waiting]\r\n")
    assert OLD not in daemon.log() and NEW not in daemon.log()

    second = alpha(kit, emulation, "prod", NEW)
    me.wait_for(b"[charmux: prod-alpha is back]\r\n")
    assert numbers(wait_states(daemon, {"prod-alpha": "open"})) == {"prod-alpha": (1, [7001])}
    says(daemon, second, "prod-alpha", b"after\r\n")
    assert histories(daemon) == {"prod-alpha": (0, b"before\r\nafter\r\n")}
    me.wait_for(b"after\r\n")
    # Who reads the log can tell that it is not the one that was.
    daemon.wait_log(rf"console prod-alpha: .*({OLD}|{NEW})\b", seconds=10)
