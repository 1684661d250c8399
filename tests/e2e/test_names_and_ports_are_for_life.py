# SPDX-License-Identifier: Apache-2.0
"""A terminal server has "port 7002: beta" painted on it. Guests end, come back in another order with other ptys, charmuxd is
killed and started anew: 7002 stays beta. Two guests of one name, a guest with two monitors, names that hold spaces,
control bytes and umlauts, pinned ports, a port that another program has, a full range: each is told apart and told."""

import socket

import pytest
from support.found import wait_consoles

RANGE = "telnet:127.0.0.1,ports=7001-7009"


def guest(kit, name, **options):
    """A guest that need not run for what is shown here."""
    options.setdefault("domain", name)
    return kit.guest({"ser0": "pty"}, name=f"dir-{name}", paused=True, monitor=kit.path(f"{name}.qmp"), **options)


def open_with(found, numbers):
    return all(name in found and found[name]["state"] == "open" and found[name]["number"] == number
               and found[name]["ports"] == [7000 + number] for name, number in numbers.items())


def test_a_number_and_its_port_survive_restarts_of_all(kit):
    daemon = kit.daemon("--qmp", kit.path("*.qmp"), "--listen", RANGE)
    first = guest(kit, "beta")
    wait_consoles(daemon, lambda found: open_with(found, {"beta": 1}), "beta")
    second = guest(kit, "alpha")
    wait_consoles(daemon, lambda found: open_with(found, {"beta": 1, "alpha": 2}), "both")
    first.quit()
    wait_consoles(daemon, lambda found: found["beta"]["state"] == "shut off" and found["beta"]["ports"] == [7001],
                  "beta to be shut off, its port open")
    daemon.kill()
    second.quit()
    daemon = kit.daemon("--qmp", kit.path("*.qmp"), "--listen", RANGE)
    wait_consoles(daemon, lambda found: [(found[n]["state"], found[n]["number"], found[n]["ports"]) for n in found] ==
                  [("shut off", 1, [7001]), ("shut off", 2, [7002])], "both to be remembered")
    # In another order, so that they get each other's ptys.
    kit.guest({"ser0": "pty"}, name="again-alpha", paused=True, domain="alpha", monitor=kit.path("alpha.qmp"))
    kit.guest({"ser0": "pty"}, name="again-beta", paused=True, domain="beta", monitor=kit.path("beta.qmp"))
    wait_consoles(daemon, lambda found: open_with(found, {"beta": 1, "alpha": 2}), "both to be back")


def test_a_guest_with_a_uuid_is_known_by_it_wherever_its_monitor_is(kit):
    daemon = kit.daemon("--qmp", kit.path("*.qmp"), "--listen", RANGE)
    uuid = "6f2c1d3e-0f1b-4a55-9d3e-2b7a5d0c1e11"
    before = guest(kit, "here", domain="alpha", uuid=uuid)
    guest(kit, "other")
    wait_consoles(daemon, lambda found: {"alpha", "other"} <= set(found), "both")
    number = daemon.consoles()["alpha"]["number"]
    before.quit()
    guest(kit, "elsewhere", domain="alpha", uuid=uuid)
    wait_consoles(daemon, lambda found: open_with(found, {"alpha": number}), "alpha with its number")


def test_two_guests_of_one_name_are_two_consoles(kit):
    daemon = kit.daemon("--qmp", kit.path("*.qmp"), "--listen", RANGE)
    guest(kit, "one", domain="twin")
    wait_consoles(daemon, lambda found: open_with(found, {"twin": 1}), "the first")
    guest(kit, "two", domain="twin")
    wait_consoles(daemon, lambda found: open_with(found, {"twin": 1, "twin~2": 2}), "the second")
    daemon.wait_log(r"twin~2")


def test_a_guest_with_two_monitors_is_one_console(kit):
    daemon = kit.daemon("--qmp", kit.path("*.qmp"), "--listen", RANGE)
    guest(kit, "one", domain="alpha", qemu_args=["-qmp", f"unix:{kit.path('two.qmp')},server=on,wait=off"])
    found = wait_consoles(daemon, lambda found: "alpha" in found and any("same guest" in each["reason"] for each in
                                                                              found.values()), "the second monitor's reason")
    assert [name for name in found if found[name]["number"]] == ["alpha"]


@pytest.mark.parametrize("domain, listed", [("with a space", "with a space"), ("bell\x07", "bell\x07"), ("schön", "schön")])
def test_a_name_may_hold_anything(kit, domain, listed):
    daemon = kit.daemon("--qmp", kit.path("*.qmp"), "--listen", RANGE, "--listen", "telnet:127.0.0.1:2300")
    guest(kit, "odd", domain=domain)
    wait_consoles(daemon, lambda found: open_with(found, {listed: 1}), "it")
    assert "\x07" not in daemon.log()
    person = kit.telnet(2300)
    person.wait_for(b"charmux> ")
    assert b"\x07" not in person.data
    person.type(b"1\r")
    person.wait_for(b"[charmux: live]\r\n")
    assert b"\x07" not in person.data
    shown = kit.run("charmux", "--socket", daemon.runtime_dir / "control.sock", "ls")
    assert shown.returncode == 0 and "\x07" not in shown.stdout
    assert domain.replace("\x07", r"\x07") in shown.stdout


def test_pinned_ports_stay_free_for_theirs(kit):
    config = kit.path("charmux.toml")
    config.write_text(f'''[[discover]]
qmp = "{kit.path('*.qmp')}"
prefix = "hv7-"
except = ["*-secret"]
[[match]]
console = "hv7-db"
port = 7001
[[listen]]
address = "telnet:127.0.0.1"
ports = "7001-7009"
''')
    daemon = kit.daemon("--config", config)
    guest(kit, "web")
    wait_consoles(daemon, lambda found: open_with(found, {"hv7-web": 2}), "web, at the second port")
    guest(kit, "secret", domain="top-secret")
    guest(kit, "db")
    found = wait_consoles(daemon, lambda found: open_with(found, {"hv7-web": 2, "hv7-db": 1}), "db, at the first")
    assert "hv7-top-secret" not in found


def test_a_port_that_another_program_has_is_told_and_taken_later(kit):
    with socket.create_server(("127.0.0.1", 7001)):
        daemon = kit.daemon("--qmp", kit.path("*.qmp"), "--listen", RANGE)
        guest(kit, "alpha")
        found = wait_consoles(daemon, lambda found: "alpha" in found and found["alpha"]["state"] == "open", "it")
        assert (found["alpha"]["ports"], found["alpha"]["reason"]) == ([], "port 7001 in use")
    wait_consoles(daemon, lambda found: open_with(found, {"alpha": 1}), "its port to be taken")


def test_a_full_range_uses_the_number_of_who_is_gone_longest(kit):
    daemon = kit.daemon("--qmp", kit.path("*.qmp"), "--listen", "telnet:127.0.0.1,ports=7001-7002")
    first = guest(kit, "first")
    wait_consoles(daemon, lambda found: open_with(found, {"first": 1}), "first")
    second = guest(kit, "second")
    wait_consoles(daemon, lambda found: open_with(found, {"second": 2}), "second")
    first.quit()
    wait_consoles(daemon, lambda found: found["first"]["state"] == "shut off", "first to be gone")
    second.quit()
    wait_consoles(daemon, lambda found: found["second"]["state"] == "shut off", "second to be gone")
    guest(kit, "third")
    found = wait_consoles(daemon, lambda found: open_with(found, {"third": 1}), "third with first's number")
    assert (found["first"]["number"], found["first"]["ports"]) == (None, [])
    daemon.wait_log(r"first")
    kit.guest({"ser0": "pty"}, name="dir-second-again", paused=True, domain="second", monitor=kit.path("second.qmp"))
    wait_consoles(daemon, lambda found: open_with(found, {"third": 1, "second": 2}), "second with its own")
    guest(kit, "fourth")
    found = wait_consoles(daemon, lambda found: "fourth" in found and found["fourth"]["state"] == "open", "fourth")
    assert (found["fourth"]["number"], found["fourth"]["ports"]) == (None, [])
    assert "no port" in found["fourth"]["reason"]


def test_a_broken_memory_is_set_aside_and_told(kit):
    daemon = kit.daemon("--qmp", kit.path("*.qmp"), "--listen", RANGE)
    guest(kit, "alpha")
    wait_consoles(daemon, lambda found: open_with(found, {"alpha": 1}), "it")
    assert daemon.stop() == 0
    (daemon.state_dir / "consoles.json").write_text("{ not JSON")
    daemon = kit.daemon("--qmp", kit.path("*.qmp"), "--listen", RANGE)
    daemon.wait_log(r"consoles\.json")
    assert [path.name for path in daemon.state_dir.glob("consoles.json.broken-*")]
    wait_consoles(daemon, lambda found: open_with(found, {"alpha": 1}), "it again")
