# SPDX-License-Identifier: Apache-2.0
"""I copied zeta's definition for beta and forgot to give it a UUID of its own, so both guests say the same one. Each still
is a console of its own, with its number and its history, whichever of them runs when charmuxd looks: none turns into the
other when that ends, or when charmuxd is started anew while only one is there."""

from support.found import histories, numbers, says, wait_states

UUID = "6f2c1d3e-0f1b-4a55-9d3e-2b7a5d0c1e11"


def started(kit):
    return kit.daemon("--qmp", kit.path("*.qmp"), "--listen", "telnet:127.0.0.1,ports=7001-7009")


def clone(kit, emulation, name, ports=1):
    chardevs = {f"ser{n}": str(kit.path(f"{name}.ser{n}")) for n in range(ports)}
    return emulation.guest(name, kit.path(f"{name}.qmp"), uuid=UUID, chardevs=chardevs)


def two_clones(kit):
    """Both run; zeta came first and is number 1, though a list of files begins with beta. Each has said who it is."""
    emulation, daemon = kit.fake_qmp(), started(kit)
    zeta = clone(kit, emulation, "zeta")
    wait_states(daemon, {"zeta": "open"})
    beta = clone(kit, emulation, "beta")
    found = wait_states(daemon, {"zeta": "open", "beta": "open"})
    assert numbers(found) == {"zeta": (1, [7001]), "beta": (2, [7002])}
    says(daemon, zeta, "zeta", b"I am zeta, the first\r\n")
    says(daemon, beta, "beta", b"beta I am\r\n")
    assert histories(daemon) == {"zeta": (0, b"I am zeta, the first\r\n"), "beta": (0, b"beta I am\r\n")}
    return daemon, zeta, beta


def test_one_of_two_clones_ends_and_the_other_is_paused_and_continued(kit):
    daemon, zeta, beta = two_clones(kit)
    zeta.stop()
    before = wait_states(daemon, {"zeta": "shut off", "beta": "open"})
    assert numbers(before) == {"zeta": (1, [7001]), "beta": (2, [7002])}
    watching_zeta, watching_beta = kit.telnet(7001), kit.telnet(7002)
    watching_zeta.wait_for(b"shut off")
    beta.event("STOP")
    watching_beta.wait_for(b"[charmux: beta is paused]\r\n")
    beta.event("RESUME")
    watching_beta.wait_for(b"[charmux: beta runs again]\r\n")
    says(daemon, beta, "beta", b"still beta\r\n")
    assert numbers(wait_states(daemon, {"zeta": "shut off", "beta": "open"})) == numbers(before)
    assert histories(daemon) == {"zeta": (0, b"I am zeta, the first\r\n"), "beta": (0, b"beta I am\r\nstill beta\r\n")}
    assert beta.chardevs["ser0"].connections == 1

    zeta.start()
    watching_zeta.wait_for(b"[charmux: zeta is back]\r\n")
    says(daemon, zeta, "zeta", b"zeta again\r\n")
    assert numbers(wait_states(daemon, {"zeta": "open", "beta": "open"})) == numbers(before)
    assert histories(daemon) == {"zeta": (0, b"I am zeta, the first\r\nzeta again\r\n"),
                                 "beta": (0, b"beta I am\r\nstill beta\r\n")}
    assert b"zeta" not in watching_beta.data


def test_charmuxd_is_restarted_while_only_the_second_of_two_clones_runs(kit):
    daemon, zeta, beta = two_clones(kit)
    before, kept = numbers(daemon.consoles()), histories(daemon)
    zeta.stop()
    wait_states(daemon, {"zeta": "shut off", "beta": "open"})
    assert daemon.stop() == 0
    daemon = started(kit)
    assert numbers(wait_states(daemon, {"zeta": "shut off", "beta": "open"})) == before
    assert histories(daemon) == kept
    says(daemon, beta, "beta", b"still beta\r\n")
    kept["beta"] = (0, kept["beta"][1] + b"still beta\r\n")
    assert histories(daemon) == kept

    zeta.start()
    assert numbers(wait_states(daemon, {"zeta": "open", "beta": "open"})) == before
    says(daemon, zeta, "zeta", b"zeta again\r\n")
    kept["zeta"] = (0, kept["zeta"][1] + b"zeta again\r\n")
    assert histories(daemon) == kept


def test_charmuxd_is_killed_and_finds_both_clones_at_once(kit):
    """It then looks at beta first, although zeta was."""
    daemon, zeta, beta = two_clones(kit)
    before, kept = numbers(daemon.consoles()), histories(daemon)
    for _ in range(2):
        daemon.kill()
        daemon = started(kit)
        assert numbers(wait_states(daemon, {"zeta": "open", "beta": "open"})) == before
        says(daemon, zeta, "zeta", b"zeta again\r\n")
        says(daemon, beta, "beta", b"still beta\r\n")
        kept = {"zeta": (0, kept["zeta"][1] + b"zeta again\r\n"), "beta": (0, kept["beta"][1] + b"still beta\r\n")}
        assert histories(daemon) == kept


def test_the_second_ports_of_clones_are_not_mixed_either(kit):
    emulation, daemon = kit.fake_qmp(), started(kit)
    zeta = clone(kit, emulation, "zeta", ports=2)
    wait_states(daemon, {"zeta": "open", "zeta.ser1": "open"})
    beta = clone(kit, emulation, "beta", ports=2)
    names = {"zeta": (zeta, "ser0"), "zeta.ser1": (zeta, "ser1"), "beta": (beta, "ser0"), "beta.ser1": (beta, "ser1")}
    before = numbers(wait_states(daemon, dict.fromkeys(names, "open")))
    assert before == {"zeta": (1, [7001]), "zeta.ser1": (2, [7002]), "beta": (3, [7003]), "beta.ser1": (4, [7004])}
    for name, (guest, label) in names.items():
        says(daemon, guest, name, f"I am {name}\r\n".encode(), label)
    kept = {name: (0, f"I am {name}\r\n".encode()) for name in names}
    assert histories(daemon) == kept

    zeta.stop()
    off = {"zeta": "shut off", "zeta.ser1": "shut off", "beta": "open", "beta.ser1": "open"}
    wait_states(daemon, off)
    daemon.kill()
    daemon = started(kit)
    assert numbers(wait_states(daemon, off)) == before
    assert histories(daemon) == kept
    zeta.start()
    assert numbers(wait_states(daemon, dict.fromkeys(names, "open"))) == before
    for name, (guest, label) in names.items():
        says(daemon, guest, name, f"still {name}\r\n".encode(), label)
    assert histories(daemon) == {name: (0, f"I am {name}\r\nstill {name}\r\n".encode()) for name in names}
